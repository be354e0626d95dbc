//! Writes what [`Script::parse`](crate::Script::parse) reads.

use serde_json::{Map, Value, json};

/// How long a list may be that is written on one line, in characters.
const LINE: usize = 80;

/// A step: its key, such as `me(alice)`, and its value.
pub type Step = (String, Value);

/// A file with one conversation, whose users and groups are listed if there are any.
#[must_use]
pub fn script(
    name: &str,
    users: Map<String, Value>,
    groups: Map<String, Value>,
    steps: &[Step],
) -> String {
    let mut text = String::new();
    for (key, map) in [("users", users), ("groups", groups)] {
        if !map.is_empty() {
            text.push_str(&format!("{key}:"));
            push_value(&mut text, &Value::Object(map), 2);
            text.push('\n');
        }
    }
    text.push_str(&format!(
        "convos:\n  - name: {}\n    steps:\n",
        scalar(name)
    ));
    if steps.is_empty() {
        text.truncate(text.len() - 1);
        text.push_str(" []\n");
    }
    for step in steps {
        text.push_str(&self::step(step, 6));
        text.push('\n');
    }
    text
}

/// A step as an item of the list of steps, whose dash has this column (from 0), without a line break at
/// its end.
#[must_use]
pub fn step((key, value): &Step, column: usize) -> String {
    let mut text = format!("{}- {}:", " ".repeat(column), scalar(key));
    push_value(&mut text, value, column + 4);
    text
}

/// A message of the bot's, as `bot` lists it.
#[must_use]
pub fn message(message: &Value) -> Value {
    let is_text = message["type"] == "text" && message.as_object().is_some_and(|it| it.len() == 2);
    match message["text"].as_str() {
        Some(text) if is_text && !text.starts_with(['!', '?']) && !text.is_empty() => text.into(),
        _ => message.clone(),
    }
}

/// An item of a list over several lines, whose text begins in this column (from 0), or of a list on one line
/// (`None`). Without a dash before it.
#[must_use]
pub fn item(value: &Value, column: Option<usize>) -> String {
    let Some(column) = column else {
        return flow(value);
    };
    let mut text = String::new();
    push_block(&mut text, value, column);
    text
}

/// A list behind its key, on one line if that is short, or else below the key with its dashes in this column
/// (from 0).
#[must_use]
pub fn list(items: &[Value], column: usize) -> String {
    let mut text = String::new();
    push_value(&mut text, &items.into(), column);
    text
}

/// Adds a value behind a key and its colon.
fn push_value(text: &mut String, value: &Value, column: usize) {
    let is_short = match value {
        Value::Array(items) => items.iter().all(|item| !is_collection(item)),
        Value::Object(map) => map.is_empty(),
        _ => true,
    };
    let on_one_line = flow(value);
    if is_short && (on_one_line.chars().count() <= LINE || !is_collection(value)) {
        text.push(' ');
        text.push_str(&on_one_line);
    } else {
        text.push('\n');
        text.push_str(&" ".repeat(column));
        push_block(text, value, column);
    }
}

/// Adds a value over several lines, of which the first one begins in this column already.
fn push_block(text: &mut String, value: &Value, column: usize) {
    let next = |text: &mut String, index: usize| {
        if index > 0 {
            text.push('\n');
            text.push_str(&" ".repeat(column));
        }
    };
    match value {
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                next(text, index);
                text.push_str("- ");
                push_block(text, item, column + 2);
            }
        }
        Value::Object(map) if !map.is_empty() => {
            for (index, (key, value)) in in_order(map).enumerate() {
                next(text, index);
                text.push_str(&scalar(key));
                text.push(':');
                push_value(text, value, column + 2);
            }
        }
        _ => text.push_str(&flow(value)),
    }
}

/// A value on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(map) => {
            let entries =
                in_order(map).map(|(key, value)| format!("{}: {}", scalar(key), flow(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Null => String::from("null"),
        other => other.to_string(),
    }
}

/// The type of a message, an action or a component says what the rest is, so it comes first.
fn in_order(map: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    let (first, rest): (Vec<_>, Vec<_>) = map.iter().partition(|(key, _)| *key == "type");
    first.into_iter().chain(rest)
}

fn is_collection(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => false,
    }
}

/// A text, in quotes unless YAML reads it as it is.
fn scalar(text: &str) -> String {
    let is_mark =
        |c: char| c.is_control() || matches!(c, '\u{feff}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let begins_well = text.starts_with(|c: char| c.is_alphabetic() || c == '/' || c == '¥');
    let is_word = !matches!(
        text.to_ascii_lowercase().as_str(),
        "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n"
    );
    let is_plain = begins_well
        && is_word
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.contains([',', '[', ']', '{', '}', '"'])
        && !text.contains(is_mark);
    if is_plain {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if is_mark(c) => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A sticker, as `me` lists it.
#[must_use]
pub fn sticker(package: &str, id: &str) -> Value {
    json!({ "sticker": format!("{package}/{id}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::Node;

    #[test]
    fn what_is_written_is_read() {
        let values = [
            json!("hi"),
            json!("!no"),
            json!("?"),
            json!("1"),
            json!("true"),
            json!(""),
            json!("a: b"),
            json!("a #b"),
            json!("line\nbreak\t\u{7}\u{2028}\"\\"),
            json!("日本語 🤨"),
            json!("- x"),
            json!("*a"),
            json!(1.5),
            json!(-3),
            json!(null),
            json!(true),
            json!([]),
            json!({}),
            json!([[1, [2]], {"a": []}]),
            json!({"type": "flex", "contents": {"body": [{"text": "a, b"}, {}], "z": {"y": {"x": [1, "2"]}}}}),
            json!(["a".repeat(100), "b: c"]),
            json!({"key: x": 1, "": "y"}),
        ];
        for value in values {
            let text = item(&value, Some(0));
            assert_eq!(Node::parse(&text).unwrap().to_json(), value, "{text}");
            assert_eq!(
                Node::parse(&flow(&value)).unwrap().to_json(),
                value,
                "{text}"
            );
            let step = super::step(&(String::from("bot(in team)"), json!([value])), 4);
            let read = Node::parse(&step).unwrap().to_json();
            assert_eq!(read, json!([{"bot(in team)": [value]}]), "{step}");
        }
    }

    #[test]
    fn a_file_is_for_people() {
        let users = Map::from_iter([(String::from("alice"), json!({"displayName": "Alice"}))]);
        let steps = [
            (String::from("me"), json!(["hi", "you"])),
            (
                String::from("bot"),
                json!([{"altText": "Menu", "type": "flex", "contents": {"size": "nano"}}]),
            ),
            (String::from("clock"), json!("1h 30m")),
        ];
        let text = script("a chat", users, Map::new(), &steps);
        let expected = "\
users:
  alice:
    displayName: Alice
convos:
  - name: a chat
    steps:
      - me: [hi, you]
      - bot:
          - type: flex
            altText: Menu
            contents:
              size: nano
      - clock: \"1h 30m\"
";
        // A duration begins with a digit.
        assert_eq!(text, expected);
        crate::Script::parse(&text).unwrap();
    }

    #[test]
    fn a_message_is_its_text_where_that_says_all() {
        assert_eq!(message(&json!({"type": "text", "text": "hi"})), json!("hi"));
        for all in [
            json!({"type": "text", "text": "!hi"}),
            json!({"type": "text", "text": "hi", "quickReply": {}}),
            json!({"type": "sticker", "text": "x"}),
        ] {
            assert_eq!(message(&all), all);
        }
    }
}
