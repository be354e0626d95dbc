//! A YAML document as a tree in which every node knows where it is.
//!
//! Anchors, aliases and tags are refused: a test reads the same for who does not know them, and no
//! document is larger than its text.

use std::ops::Range;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span};
use serde_json::{Map, Number, Value};

use crate::error::{Place, ScriptError};

/// How deep a document may be: 64 levels. A Flex Message of LINE's is not half as deep.
const DEPTH: usize = 64;

/// A node of the tree.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) place: Place,
    /// Its bytes in the text, without what comes after it.
    pub(crate) span: Range<usize>,
    pub(crate) kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Scalar {
        text: String,
        /// Without quotes, so that it may be a number.
        is_plain: bool,
    },
    List {
        items: Vec<Node>,
        is_flow: bool,
    },
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// The one document of a text.
    pub(crate) fn parse(text: &str) -> Result<Self, ScriptError> {
        let mut reader = Reader {
            events: Parser::new_from_str(text),
            bytes: text.char_indices().map(|(at, _)| at).collect(),
            text,
        };
        let mut document = None;
        loop {
            let (event, span) = reader.next()?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(_) if document.is_some() => {
                    let problem = "there is a second document; leave `---` out";
                    return Err(ScriptError::new(place(span.start), problem));
                }
                Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd => {}
                event => document = Some(reader.node(event, span, 0)?),
            }
        }
        document.ok_or_else(|| ScriptError::new(Place { line: 1, column: 1 }, "the file is empty"))
    }

    pub(crate) fn error(&self, problem: impl Into<String>) -> ScriptError {
        ScriptError::new(self.place, problem)
    }

    /// The text of a scalar, whatever it looks like.
    pub(crate) fn text(&self, what: &str) -> Result<&str, ScriptError> {
        match &self.kind {
            Kind::Scalar { text, .. } if !self.is_null() => Ok(text),
            _ => Err(self.error(format!("{what} is a text"))),
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        match &self.kind {
            Kind::Scalar { text, is_plain } => {
                *is_plain && matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL")
            }
            Kind::List { .. } | Kind::Map(_) => false,
        }
    }

    pub(crate) fn map(&self, what: &str) -> Result<&[(Self, Self)], ScriptError> {
        match &self.kind {
            Kind::Map(entries) => Ok(entries),
            _ => Err(self.error(format!("{what} is a map of keys and values"))),
        }
    }

    /// The items of a list; of what is no list, itself.
    pub(crate) fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List { items, .. } => items,
            Kind::Scalar { .. } if self.is_null() => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// The texts of a list, or the one that stands alone.
    pub(crate) fn texts(&self, what: &str) -> Result<Vec<String>, ScriptError> {
        let texts = self.items().iter().map(|item| item.text(what));
        texts.map(|text| text.map(str::to_owned)).collect()
    }

    /// As JSON, by the core schema of YAML 1.2.
    pub(crate) fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Scalar { text, is_plain } => match is_plain {
                true => plain(text),
                false => text.as_str().into(),
            },
            Kind::List { items, .. } => items.iter().map(Self::to_json).collect(),
            Kind::Map(entries) => {
                let entries = entries.iter().filter_map(|(key, value)| match &key.kind {
                    Kind::Scalar { text, .. } => Some((text.clone(), value.to_json())),
                    _ => None,
                });
                Value::Object(entries.collect::<Map<_, _>>())
            }
        }
    }
}

struct Reader<'a> {
    events: Parser<'a, saphyr_parser::StrInput<'a>>,
    /// Where each character begins.
    bytes: Vec<usize>,
    text: &'a str,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), ScriptError> {
        match self.events.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => {
                let problem = format!("this is no YAML: {}", error.info());
                Err(ScriptError::new(place(*error.marker()), problem))
            }
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, ScriptError> {
        let refuse = |problem: &str| Err(ScriptError::new(place(span.start), problem));
        if depth > DEPTH {
            return refuse(&format!("this is more than {DEPTH} levels deep"));
        }
        let start = self.byte(span.start);
        let (anchor, tag) = match &event {
            Event::Scalar(_, _, anchor, tag) => (*anchor, tag),
            Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag) => (*anchor, tag),
            _ => (1, &None),
        };
        if tag.is_some() {
            return refuse(
                "a text that begins with `!` needs quotes: \"!…\"; there are no tags here",
            );
        }
        if anchor != 0 {
            return refuse(
                "anchors and aliases are not understood: write it again, or quote a text that begins with `&` or `*`",
            );
        }
        let (kind, end) = match event {
            Event::Scalar(text, style, ..) => {
                let kind = Kind::Scalar {
                    text: text.into_owned(),
                    is_plain: style == ScalarStyle::Plain,
                };
                (kind, self.byte(span.end))
            }
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                let is_flow = !span.is_empty();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, span) => {
                            let end = self.end_of(is_flow, &span, items.last(), start);
                            break (Kind::List { items, is_flow }, end);
                        }
                        (event, span) => items.push(self.node(event, span, depth + 1)?),
                    }
                }
            }
            Event::MappingStart(..) => {
                let mut entries: Vec<(Node, Node)> = Vec::new();
                let is_flow = !span.is_empty();
                loop {
                    match self.next()? {
                        (Event::MappingEnd, span) => {
                            let last = entries.last().map(|(_, value)| value);
                            let end = self.end_of(is_flow, &span, last, start);
                            break (Kind::Map(entries), end);
                        }
                        (event, span) => {
                            let key = self.node(event, span, depth + 1)?;
                            let name = key.text("a key")?;
                            let is_there = |(it, _): &(Node, Node)| matches!(&it.kind, Kind::Scalar { text, .. } if text == name);
                            if entries.iter().any(is_there) {
                                return Err(key.error(format!("`{name}` is there twice")));
                            }
                            let (event, span) = self.next()?;
                            entries.push((key, self.node(event, span, depth + 1)?));
                        }
                    }
                }
            }
            _ => return refuse("a value is missing here"),
        };
        Ok(Node {
            place: place(span.start),
            span: start..self.trimmed(start, end),
            kind,
        })
    }

    /// A flow collection ends with its bracket, a block one with its last node.
    fn end_of(&self, is_flow: bool, bracket: &Span, last: Option<&Node>, start: usize) -> usize {
        match (is_flow, last) {
            (true, _) => self.byte(bracket.start) + 1,
            (false, Some(last)) => last.span.end,
            (false, None) => start,
        }
    }

    fn byte(&self, marker: Marker) -> usize {
        let byte = self.bytes.get(marker.index());
        byte.copied().unwrap_or(self.text.len())
    }

    fn trimmed(&self, start: usize, end: usize) -> usize {
        start + self.text[start..end.max(start)].trim_end().len()
    }
}

fn place(marker: Marker) -> Place {
    Place {
        line: marker.line(),
        column: marker.col() + 1,
    }
}

/// What a scalar without quotes is (YAML 1.2, "Core schema").
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        let unsigned = text.strip_prefix('+').unwrap_or(text);
        if let Ok(number) = unsigned.parse::<i64>() {
            return number.into();
        }
        let is_decimal = unsigned
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
        let number = unsigned.parse().ok().and_then(Number::from_f64);
        if let Some(number) = number.filter(|_| is_decimal) {
            return number.into();
        }
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn json_of(text: &str) -> Value {
        Node::parse(text).unwrap().to_json()
    }

    #[test]
    fn scalars_are_what_yaml_says() {
        let text = "[a, 'b', \"1\", 1, -2.5, ~, true, 0x1f, 1e3, 007, 11537/52002734, ?x]";
        let expected = json!([
            "a",
            "b",
            "1",
            1,
            -2.5,
            null,
            true,
            "0x1f",
            1000.0,
            7,
            "11537/52002734",
            "?x"
        ]);
        assert_eq!(json_of(text), expected);
        assert_eq!(
            json_of("a: |\n  x\n  y\nb: {c: [1]}"),
            json!({"a": "x\ny\n", "b": {"c": [1]}})
        );
    }

    #[test]
    fn nodes_know_their_text() {
        let text = "é: [ü, {b: c}]  # comment\nlist:\n  - one  # 1\n  - two: 2\n\n# end\n";
        let node = Node::parse(text).unwrap();
        let entries = node.map("").unwrap();
        let of = |node: &Node| &text[node.span.clone()];
        assert_eq!(of(&entries[0].1), "[ü, {b: c}]");
        assert_eq!(of(&entries[1].1), "- one  # 1\n  - two: 2");
        let items = entries[1].1.items();
        assert_eq!((of(&items[0]), of(&items[1])), ("one", "two: 2"));
        assert_eq!(items[1].place.to_string(), "4:5");
    }

    #[test]
    fn what_is_no_plain_yaml_has_a_place() {
        for (text, place, problem) in [
            ("", "1:1", "empty"),
            ("a:\n  - !no\n", "2:5", "needs quotes"),
            ("a: &x 1\n", "1:4", "anchors"),
            ("a: 1\nb: *x\n", "2:4", ""),
            ("a: 1\na: 2\n", "2:1", "`a` is there twice"),
            ("a: [1\n", "2:1", "no YAML"),
            ("a: 1\n---\nb: 2\n", "2:1", "second document"),
        ] {
            let error = Node::parse(text).unwrap_err();
            assert!(error.problem.contains(problem), "{text:?}: {error}");
            assert_eq!(error.place.to_string(), place, "{text:?}: {error}");
        }
        let deep = "[".repeat(100) + &"]".repeat(100);
        assert!(Node::parse(&deep).unwrap_err().problem.contains("levels"));
    }
}
