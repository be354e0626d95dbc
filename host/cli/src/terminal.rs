//! Text of others on the operator's terminal.
//!
//! What plugins and users write may hold control characters, which would move the cursor, change
//! colours or the title, or pass for what the command itself says.

/// The text in one line, with what a terminal would act upon escaped.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if is_active(character) {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

/// At most so many characters of it, and a sign if that is not all.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    if text.chars().nth(limit).is_none() {
        return text.to_owned();
    }
    let kept = text.chars().take(limit.saturating_sub(1));
    kept.chain(['…']).collect()
}

/// JSON that means the same, without what a terminal would act upon. Only line breaks stay, between
/// its values.
pub(crate) fn json(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    let mut units = [0; 2];
    for character in json.chars() {
        match character {
            '\n' | '\t' => safe.push(character),
            '\r' => safe.push(' '),
            // Only a text can hold it.
            _ if is_active(character) => {
                for unit in character.encode_utf16(&mut units) {
                    safe.push_str(&format!("\\u{unit:04x}"));
                }
            }
            _ => safe.push(character),
        }
    }
    safe
}

/// JSON over several lines, each with the indentation. Every value stays as it was written.
pub(crate) fn pretty_json(json: &str, indentation: &str) -> String {
    let mut pretty = String::from(indentation);
    let mut depth = 0;
    let mut in_text = false;
    let mut is_escaped = false;
    let mut rest = json.chars().peekable();
    let line = |pretty: &mut String, depth: usize| {
        pretty.push('\n');
        pretty.push_str(indentation);
        pretty.push_str(&"  ".repeat(depth));
    };
    while let Some(character) = rest.next() {
        if in_text {
            pretty.push(character);
            in_text = is_escaped || character != '"';
            is_escaped = !is_escaped && character == '\\';
            continue;
        }
        match character {
            '"' => {
                in_text = true;
                pretty.push(character);
            }
            '{' | '[' => {
                pretty.push(character);
                while rest.next_if(char::is_ascii_whitespace).is_some() {}
                match rest.next_if(|next| matches!(next, '}' | ']')) {
                    Some(end) => pretty.push(end),
                    None => {
                        depth += 1;
                        line(&mut pretty, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut pretty, depth);
                pretty.push(character);
            }
            ',' => {
                pretty.push(character);
                line(&mut pretty, depth);
            }
            ':' => pretty.push_str(": "),
            _ if character.is_ascii_whitespace() => {}
            _ => pretty.push(character),
        }
    }
    self::json(&pretty)
}

/// Control characters, separators of lines, and what turns the direction of writing.
fn is_active(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_upon_the_terminal() {
        let text = "a\x1b[2Jb\nc\u{9b}31m\u{202e}d 日本語 é";
        let expected = r"a\u{1b}[2Jb\nc\u{9b}31m\u{202e}d 日本語 é";
        assert_eq!(one_line(text), expected);
    }

    #[test]
    fn json_means_the_same() {
        let text = "\u{9b}31m\u{7f}\u{2028}ok";
        let json_text = format!("{{\"a\":\n\"{text}\"}}");
        let safe = json(&json_text);
        assert_eq!(safe, "{\"a\":\n\"\\u009b31m\\u007f\\u2028ok\"}");
        let value: serde_json::Value = serde_json::from_str(&safe).unwrap();
        assert_eq!(value["a"], text);
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(cut("日本語", 3), "日本語");
        assert_eq!(cut("日本語だ", 3), "日本…");
        assert_eq!(cut("", 3), "");
    }

    #[test]
    fn pretty_json_keeps_order_and_values() {
        let json = r#"{"z": 1.50,"a":[ ],"t":"{\"x\":\\","l":[1,{"b":{}}] }"#;
        let expected = r#"
  {
    "z": 1.50,
    "a": [],
    "t": "{\"x\":\\",
    "l": [
      1,
      {
        "b": {}
      }
    ]
  }"#;
        assert_eq!(format!("\n{}", pretty_json(json, "  ")), expected);
    }
}
