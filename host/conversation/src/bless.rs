//! Rewrites what a file expects to what the bot says. All else of the file stays as it is, comments too.

use std::ops::Range;

use botbox_script::{Expected, Presence, Step, write};
use serde_json::Value;

/// Changes of a file's text.
pub(crate) struct Bless {
    text: String,
    edits: Vec<(Range<usize>, String)>,
}

impl Bless {
    pub(crate) fn new(text: String) -> Self {
        Self {
            text,
            edits: Vec::new(),
        }
    }

    /// Has a `bot` step expect these messages. `span` is its list's.
    pub(crate) fn expect(
        &mut self,
        step: &Step,
        span: &Range<usize>,
        is_block: bool,
        expected: &[Expected],
        messages: &[Value],
    ) {
        let is_plain = expected.iter().all(|it| it.presence == Presence::Required);
        let fits = |it: &Value| is_block || it.is_string();
        if is_plain && expected.len() == messages.len() && messages.iter().all(fits) {
            // The others stay as they are.
            for (expected, message) in expected.iter().zip(messages) {
                let column = is_block.then_some(expected.place.column - 1);
                if !expected.pattern.matches(message) && !is_text(expected, message) {
                    self.edits
                        .push((expected.span.clone(), write::item(message, column)));
                }
            }
            return;
        }
        if is_block {
            let list = write::item(&messages.into(), Some(self.column(span.start)));
            self.edits.push((span.clone(), list));
            return;
        }
        // Behind the colon, where the list may also begin on a line of its own.
        let before = self.text[..span.start].trim_end_matches(' ').len();
        let list = write::list(messages, step.place.column + 1);
        self.edits.push((before..span.end, list));
    }

    /// Adds a step behind another one; false where there is no place for it, as in a list on one line.
    pub(crate) fn insert(&mut self, behind: &Step, step: &write::Step) -> bool {
        let begin = self.text[..behind.span.start]
            .rfind('\n')
            .map_or(0, |at| at + 1);
        let before = &self.text[begin..behind.span.start];
        if before.trim() != "-" {
            return false;
        }
        let dash = before.len() - before.trim_start().len();
        let rest = &self.text[behind.span.end..];
        let end = behind.span.end + rest.find('\n').unwrap_or(rest.len());
        self.edits
            .push((end..end, format!("\n{}", write::step(step, dash))));
        true
    }

    /// How many places are changed.
    pub(crate) fn count(&self) -> usize {
        self.edits.len()
    }

    /// The changed text.
    pub(crate) fn text(mut self) -> String {
        // From the end, so that places stay true; those at one place in the order in which they came.
        self.edits.sort_by_key(|(span, _)| span.start);
        for (span, text) in self.edits.into_iter().rev() {
            self.text.replace_range(span, &text);
        }
        self.text
    }

    /// The column of a byte, in characters from 0.
    fn column(&self, byte: usize) -> usize {
        let begin = self.text[..byte].rfind('\n').map_or(0, |at| at + 1);
        self.text[begin..byte].chars().count()
    }
}

/// Whether a message that is written as its text alone is as expected.
fn is_text(expected: &Expected, message: &Value) -> bool {
    let Some(text) = message.as_str() else {
        return false;
    };
    let message = serde_json::json!({ "type": "text", "text": text });
    expected.pattern.matches(&message)
}

#[cfg(test)]
mod tests {
    use botbox_script::{Script, StepKind};
    use serde_json::json;

    use super::*;

    const FILE: &str = "\
# about it
convos:
  - name: x  # a name
    steps:
      - me: [hi]  # says hi
      - bot:  # and hears
          - same  # stays
          - type: flex  # goes
            altText: a
      - bot: [old]
      - bot: plain  # stays, too
      - me: bye
";

    fn blessed(messages: &[&[Value]]) -> String {
        let script = Script::parse(FILE).unwrap();
        let mut bless = Bless::new(FILE.to_owned());
        let mut messages = messages.iter();
        for step in &script.convos[0].steps {
            if let StepKind::Bot {
                expected,
                span,
                is_block,
                ..
            } = &step.kind
            {
                bless.expect(step, span, *is_block, expected, messages.next().unwrap());
            }
        }
        let step = (String::from("bot"), json!(["see you"]));
        assert!(bless.insert(script.convos[0].steps.last().unwrap(), &step));
        let text = bless.text();
        Script::parse(&text).unwrap();
        text
    }

    #[test]
    fn only_what_differs_is_changed() {
        let flex = json!({"type": "flex", "altText": "b"});
        let text = blessed(&[
            &[json!("same"), flex],
            &[json!("new, newer")],
            &[json!("plain")],
        ]);
        let expected = FILE
            .replace(
                "type: flex  # goes\n            altText: a",
                "type: flex\n            altText: b",
            )
            .replace("[old]", "[\"new, newer\"]")
            .replace("me: bye\n", "me: bye\n      - bot: [see you]\n");
        assert_eq!(text, expected);
    }

    #[test]
    fn more_or_fewer_messages_make_another_list() {
        let sticker = json!({"type": "sticker", "packageId": "1"});
        let text = blessed(&[&[json!("a")], &[json!("b"), sticker], &[]]);
        let expected = FILE
            .replace(
                "- same  # stays\n          - type: flex  # goes\n            altText: a",
                "- a",
            )
            .replace(
                " [old]",
                "\n          - b\n          - type: sticker\n            packageId: \"1\"",
            )
            .replace("bot: plain", "bot: []")
            .replace("me: bye\n", "me: bye\n      - bot: [see you]\n");
        assert_eq!(text, expected);
    }
}
