//! What a message is expected to be like.

use std::fmt;

use serde_json::Value;

/// Stands for any number of elements in a list of a pattern.
const REST: &str = "...";

/// What a message, or a call, is expected to be like.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// A text message with this text, in which `*` stands for any text.
    Text(String),
    /// JSON that has at least this. A `null` is not there; a list has as many elements, unless one is
    /// `"..."`, which stands for any others; in a text, `*` stands for any text.
    Json(Value),
}

/// Where something is not as expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The place in the JSON, such as `contents.body.contents[0].text`; empty for the whole.
    pub path: String,
    /// What was expected there, or `None` if nothing was.
    pub expected: Option<Value>,
    /// What is there.
    pub actual: Option<Value>,
}

impl Pattern {
    /// Whether it is so.
    #[must_use]
    pub fn matches(&self, actual: &Value) -> bool {
        self.differences(actual).is_empty()
    }

    /// Where it is not so.
    #[must_use]
    pub fn differences(&self, actual: &Value) -> Vec<Difference> {
        let mut found = Vec::new();
        match self {
            Self::Text(text) => {
                let is_text = matches!(actual["type"].as_str(), Some("text" | "textV2"));
                let said = actual["text"].as_str().filter(|_| is_text);
                if !said.is_some_and(|said| text_matches(text, said)) {
                    found.push(Difference {
                        path: String::new(),
                        expected: Some(text.as_str().into()),
                        actual: Some(said.map_or_else(|| actual.clone(), Value::from)),
                    });
                }
            }
            Self::Json(expected) => compare(expected, Some(actual), "", &mut found),
        }
        found
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => formatter.write_str(text),
            Self::Json(value) => write!(formatter, "{value}"),
        }
    }
}

fn compare(expected: &Value, actual: Option<&Value>, path: &str, found: &mut Vec<Difference>) {
    let is_so = match (expected, actual) {
        (Value::Null, None | Some(Value::Null)) => true,
        (Value::String(expected), Some(Value::String(actual))) => text_matches(expected, actual),
        (Value::Number(expected), Some(Value::Number(actual))) => {
            expected == actual || expected.as_f64() == actual.as_f64()
        }
        (Value::Object(expected), Some(Value::Object(actual))) => {
            for (key, expected) in expected {
                let path = match path {
                    "" => key.clone(),
                    _ => format!("{path}.{key}"),
                };
                compare(expected, actual.get(key), &path, found);
            }
            return;
        }
        (Value::Array(expected), Some(Value::Array(actual))) => {
            return compare_lists(expected, actual, path, found);
        }
        (expected, Some(actual)) => expected == actual,
        (_, None) => false,
    };
    if !is_so {
        found.push(Difference {
            path: path.to_owned(),
            expected: Some(expected.clone()),
            actual: actual.cloned(),
        });
    }
}

fn compare_lists(expected: &[Value], actual: &[Value], path: &str, found: &mut Vec<Difference>) {
    if expected.iter().any(|it| it == REST) {
        if !fits(expected, actual) {
            found.push(Difference {
                path: path.to_owned(),
                expected: Some(expected.into()),
                actual: Some(actual.into()),
            });
        }
        return;
    }
    for index in 0..expected.len().max(actual.len()) {
        let path = format!("{path}[{index}]");
        match (expected.get(index), actual.get(index)) {
            (Some(expected), actual) => compare(expected, actual, &path, found),
            (None, actual) => found.push(Difference {
                path,
                expected: None,
                actual: actual.cloned(),
            }),
        }
    }
}

/// Whether a list is so, where `"..."` stands for any number of elements.
fn fits(expected: &[Value], actual: &[Value]) -> bool {
    sequence(
        expected,
        actual,
        |it| it == REST,
        |expected, actual| {
            let mut found = Vec::new();
            compare(expected, Some(actual), "", &mut found);
            found.is_empty()
        },
    )
}

/// Whether a text is so, where `*` stands for any text.
fn text_matches(expected: &str, actual: &str) -> bool {
    if expected == actual {
        return true;
    }
    let (expected, actual): (Vec<_>, Vec<_>) =
        (expected.chars().collect(), actual.chars().collect());
    sequence(
        &expected,
        &actual,
        |it| *it == '*',
        |expected, actual| expected == actual,
    )
}

/// Whether elements are those of a pattern, in which a wildcard stands for any number of them. It looks
/// back to the last wildcard only, so that its time is bounded by the product of the lengths.
fn sequence<E, A>(
    expected: &[E],
    actual: &[A],
    is_wildcard: impl Fn(&E) -> bool,
    is_so: impl Fn(&E, &A) -> bool,
) -> bool {
    let (mut at, mut reached) = (0, 0);
    let mut last: Option<(usize, usize)> = None;
    while reached < actual.len() {
        match expected.get(at) {
            Some(it) if is_wildcard(it) => {
                last = Some((at, reached));
                at += 1;
            }
            Some(it) if is_so(it, &actual[reached]) => {
                at += 1;
                reached += 1;
            }
            _ => {
                let Some((wildcard, from)) = last else {
                    return false;
                };
                last = Some((wildcard, from + 1));
                at = wildcard + 1;
                reached = from + 1;
            }
        }
    }
    expected[at..].iter().all(is_wildcard)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(expected: Value, actual: Value) -> Vec<String> {
        let differences = Pattern::Json(expected).differences(&actual);
        differences.into_iter().map(|it| it.path).collect()
    }

    #[test]
    fn a_text_stands_for_text_messages() {
        let text = |text: &str| Pattern::Text(text.to_owned());
        assert!(text("hi").matches(&json!({"type": "text", "text": "hi", "quoteToken": "q"})));
        assert!(text("Welcome {m}!").matches(&json!({"type": "textV2", "text": "Welcome {m}!"})));
        assert!(!text("hi").matches(&json!({"type": "text", "text": "hi!"})));
        assert!(!text("*").matches(&json!({"type": "sticker"})));
    }

    #[test]
    fn stars_stand_for_any_text() {
        for (pattern, text, is_so) in [
            ("*", "", true),
            ("a*", "abc", true),
            ("*c*", "abc", true),
            ("a*b*c", "a--b--bc", true),
            ("a*b", "abc", false),
            ("2 * 3", "2 * 3", true),
            ("", "a", false),
            ("日*", "日本", true),
        ] {
            assert_eq!(text_matches(pattern, text), is_so, "{pattern} {text}");
        }
        // No pattern takes long.
        assert!(!text_matches(&"a*".repeat(200), &"b".repeat(5_000)));
    }

    #[test]
    fn json_has_at_least_what_is_expected() {
        let actual = json!({"type": "flex", "contents": {"body": {"contents": [
            {"type": "text", "text": "Total", "size": "xl"}, {"type": "text", "text": "¥900"}]}}});
        assert!(paths(json!({"type": "flex"}), actual.clone()).is_empty());
        let second =
            json!({"contents": {"body": {"contents": [{"text": "T*"}, {"text": "¥800"}]}}});
        assert_eq!(
            paths(second, actual.clone()),
            ["contents.body.contents[1].text"]
        );
        let fewer = json!({"contents": {"body": {"contents": [{"text": "Total"}]}}});
        assert_eq!(paths(fewer, actual.clone()), ["contents.body.contents[1]"]);
        let some = json!({"contents": {"body": {"contents": ["...", {"text": "¥900"}]}}});
        assert!(paths(some, actual.clone()).is_empty());
        let none = json!({"contents": {"body": {"contents": ["...", {"text": "Tax"}, "..."]}}});
        assert_eq!(paths(none, actual.clone()), ["contents.body.contents"]);
        assert_eq!(
            paths(json!({"altText": null, "type": null}), actual),
            ["type"]
        );
        assert!(paths(json!({"n": 1}), json!({"n": 1.0})).is_empty());
    }
}
