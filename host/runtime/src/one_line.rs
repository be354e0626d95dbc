//! A plugin's text as one line of the host's.

use std::fmt::Write;

/// The longest line that is kept, in bytes as they are shown. Enough for a stack trace.
pub(crate) const LINE_LIMIT: usize = 4 << 10;

/// A plugin's text in one line of about `limit` bytes at most, so that it can't pass for lines of
/// the host: blanks stand for its line breaks, and `\u{fffd}` for other control characters. Escapes
/// would be escaped once more where the log is JSON.
pub(crate) fn one_line(text: &str, limit: usize) -> String {
    let text = text.trim_end();
    let mut line = String::with_capacity(text.len().min(limit));
    for (at, character) in text.char_indices() {
        if line.len() >= limit {
            let cut = text.len() - at;
            // Writing to a string does not fail.
            let _ = write!(line, " … ({cut} bytes cut)");
            break;
        }
        line.push(match character {
            '\n' | '\r' | '\t' => ' ',
            control if control.is_control() => char::REPLACEMENT_CHARACTER,
            other => other,
        });
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plugin_cannot_fake_lines() {
        assert_eq!(
            one_line("a\n2026 INFO b\r\u{1b}[31m", LINE_LIMIT),
            "a 2026 INFO b \u{fffd}[31m"
        );
        assert_eq!(one_line("日本語 plain", LINE_LIMIT), "日本語 plain");
    }

    #[test]
    fn a_long_line_is_cut() {
        for long in ["あ".repeat(LINE_LIMIT), "\u{1b}".repeat(LINE_LIMIT)] {
            let shown = one_line(&long, LINE_LIMIT);
            assert!(shown.len() < LINE_LIMIT + 100, "{}", shown.len());
            assert!(shown.ends_with("bytes cut)"));
        }
    }
}
