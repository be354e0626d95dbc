//! Checks JSON against tables of fields and limits.

use serde_json::{Map, Value};

use super::detail::Detail;

/// What a value must be.
#[derive(Clone, Copy)]
pub(super) enum Check {
    Anything,
    Boolean,
    Number,
    /// A whole number of at least this.
    Whole(i64),
    /// A whole number between these, both included.
    Range(i64, i64),
    /// A whole number from 1 to this, or -1 for any number.
    Count(i64),
    /// At most so many UTF-16 code units (LINE documentation, "Character counting in a text").
    Text(usize),
    /// At most so many characters. LINE counts grapheme clusters here; a cluster of several
    /// characters, such as a family of emoji, counts as several in the simulator.
    Label(usize),
    /// At most so many of the allowed characters.
    Pattern {
        max: usize,
        allows: fn(char) -> bool,
    },
    /// `#RRGGBB` or `#RRGGBBAA`.
    Color,
    /// An HTTPS URL of at most so many characters.
    Https(usize),
    /// A URI that a user can open, of at most so many characters.
    Link(usize),
    OneOf(&'static [&'static str]),
    List {
        min: usize,
        max: usize,
        of: &'static Check,
    },
    Object(&'static Shape),
    Union(&'static Union),
    /// A Flex container or component, whose errors are reported by JSON pointers from here.
    Flex(&'static Union),
}

/// A property of an object.
#[derive(Clone, Copy)]
pub(super) struct Field {
    name: &'static str,
    required: bool,
    check: Check,
}

/// The properties of an object. Others are ignored, as at LINE.
pub(super) struct Shape {
    fields: &'static [Field],
    rule: Option<Rule>,
}

/// What holds between the properties of an object.
pub(super) type Rule = fn(&Map<String, Value>, &Path, &mut Vec<Detail>);

/// Objects that are told apart by their `type`.
pub(super) struct Union {
    /// What they all have.
    pub(super) common: &'static [Field],
    /// What each type has of its own, in groups that unions share.
    pub(super) kinds: &'static [&'static [(&'static str, Shape)]],
}

/// Where a value is in the request.
pub(super) struct Path {
    text: String,
    /// Whether it is written as a JSON pointer, and else as `messages[0].text`.
    pointer: bool,
}

pub(super) const fn required(name: &'static str, check: Check) -> Field {
    Field {
        name,
        required: true,
        check,
    }
}

pub(super) const fn optional(name: &'static str, check: Check) -> Field {
    Field {
        name,
        required: false,
        check,
    }
}

impl Check {
    pub(super) fn check(&self, value: &Value, at: &Path, found: &mut Vec<Detail>) {
        match *self {
            Self::Anything => {}
            Self::Boolean => expect(value.is_boolean(), "Must be a boolean", at, found),
            Self::Number => expect(value.is_number(), "Must be a number", at, found),
            Self::Whole(min) => {
                let enough = value.as_i64().is_some_and(|number| number >= min);
                expect(
                    enough,
                    &format!("Must be a whole number of at least {min}"),
                    at,
                    found,
                );
            }
            Self::Range(min, max) => {
                let within = value.as_i64().is_some_and(|n| (min..=max).contains(&n));
                let message = format!("Must be a whole number between {min} and {max}");
                expect(within, &message, at, found);
            }
            Self::Count(max) => {
                let counts = |n: i64| n == -1 || (1..=max).contains(&n);
                let message = format!("Must be -1 or a whole number between 1 and {max}");
                expect(value.as_i64().is_some_and(counts), &message, at, found);
            }
            Self::Text(max) => {
                with_text(value, at, found, |t| between(t.encode_utf16().count(), max));
            }
            Self::Label(max) => with_text(value, at, found, |t| between(t.chars().count(), max)),
            Self::Pattern { max, allows } => with_text(value, at, found, |text| {
                between(text.chars().count(), max)?;
                holds(
                    text.chars().all(allows),
                    "Contains characters that are not allowed",
                )
            }),
            Self::Color => with_text(value, at, found, |text| {
                holds(
                    is_color(text),
                    "Must be a color such as #RRGGBB or #RRGGBBAA",
                )
            }),
            Self::Https(max) => with_text(value, at, found, |text| {
                between(text.chars().count(), max)?;
                holds(is_uri(text, &["https"]), "Must be a valid HTTPS URL")
            }),
            Self::Link(max) => with_text(value, at, found, |text| {
                between(text.chars().count(), max)?;
                let known = is_uri(text, &["http", "https", "line", "tel"]);
                holds(known, "Must be a valid http, https, line or tel URI")
            }),
            Self::OneOf(values) => {
                let known = value.as_str().is_some_and(|text| values.contains(&text));
                expect(known, &one_of(values), at, found);
            }
            Self::List { min, max, of } => check_list(value, (min, max), of, at, found),
            Self::Object(shape) => {
                with_object(value, at, found, |object, found| {
                    shape.check(object, at, found);
                });
            }
            Self::Union(union) => {
                with_object(value, at, found, |object, found| {
                    union.check(object, at, found);
                });
            }
            Self::Flex(union) => {
                let at = Path::pointer();
                with_object(value, &at, found, |object, found| {
                    union.check(object, &at, found);
                });
            }
        }
    }
}

impl Shape {
    pub(super) const fn new(fields: &'static [Field]) -> Self {
        Self { fields, rule: None }
    }

    pub(super) const fn with_rule(fields: &'static [Field], rule: Rule) -> Self {
        Self {
            fields,
            rule: Some(rule),
        }
    }

    fn check(&self, object: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
        check_fields(self.fields, object, at, found);
        if let Some(rule) = self.rule {
            rule(object, at, found);
        }
    }
}

impl Union {
    fn check(&self, object: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
        let kinds = || self.kinds.iter().copied().flatten();
        let given = object.get("type").and_then(Value::as_str);
        let Some((_, shape)) = kinds().find(|(kind, _)| Some(*kind) == given) else {
            let known: Vec<_> = kinds().map(|(kind, _)| *kind).collect();
            found.push(at.property("type").detail(one_of(&known)));
            return;
        };
        check_fields(self.common, object, at, found);
        shape.check(object, at, found);
    }
}

impl Path {
    pub(super) fn root() -> Self {
        Self {
            text: String::new(),
            pointer: false,
        }
    }

    fn pointer() -> Self {
        Self {
            text: String::new(),
            pointer: true,
        }
    }

    pub(super) fn property(&self, name: &str) -> Self {
        let separator = if self.pointer {
            "/"
        } else if self.text.is_empty() {
            ""
        } else {
            "."
        };
        Self {
            text: format!("{}{separator}{name}", self.text),
            pointer: self.pointer,
        }
    }

    pub(super) fn item(&self, index: usize) -> Self {
        if self.pointer {
            return self.property(&index.to_string());
        }
        Self {
            text: format!("{}[{index}]", self.text),
            pointer: false,
        }
    }

    pub(super) fn detail(&self, message: impl Into<String>) -> Detail {
        Detail {
            message: message.into(),
            property: self.text.clone(),
        }
    }
}

fn check_fields(fields: &[Field], object: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    for field in fields {
        let at = at.property(field.name);
        match object.get(field.name).filter(|value| !value.is_null()) {
            Some(value) if field.required && value.as_str() == Some("") => {
                found.push(at.detail("May not be empty"));
            }
            Some(value) => field.check.check(value, &at, found),
            None if field.required => found.push(at.detail("May not be empty")),
            None => {}
        }
    }
}

fn check_list(
    value: &Value,
    (min, max): (usize, usize),
    of: &Check,
    at: &Path,
    found: &mut Vec<Detail>,
) {
    let Some(items) = value.as_array() else {
        found.push(at.detail("Must be an array"));
        return;
    };
    if !(min..=max).contains(&items.len()) {
        found.push(at.detail(format!("Size must be between {min} and {max}")));
        return;
    }
    for (index, item) in items.iter().enumerate() {
        of.check(item, &at.item(index), found);
    }
}

fn expect(holds: bool, message: &str, at: &Path, found: &mut Vec<Detail>) {
    if !holds {
        found.push(at.detail(message));
    }
}

fn with_text(
    value: &Value,
    at: &Path,
    found: &mut Vec<Detail>,
    check: impl Fn(&str) -> Result<(), String>,
) {
    let checked = value
        .as_str()
        .ok_or("Must be a string".to_owned())
        .and_then(check);
    if let Err(message) = checked {
        found.push(at.detail(message));
    }
}

fn with_object(
    value: &Value,
    at: &Path,
    found: &mut Vec<Detail>,
    check: impl Fn(&Map<String, Value>, &mut Vec<Detail>),
) {
    match value.as_object() {
        Some(object) => check(object, found),
        None => found.push(at.detail("Must be an object")),
    }
}

fn holds(holds: bool, message: &str) -> Result<(), String> {
    if holds {
        Ok(())
    } else {
        Err(message.to_owned())
    }
}

fn between(length: usize, max: usize) -> Result<(), String> {
    holds(
        length <= max,
        &format!("Length must be between 0 and {max}"),
    )
}

fn one_of(values: &[&str]) -> String {
    format!(
        "Must be one of the following values: [{}]",
        values.join(", ")
    )
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|digits| {
        matches!(digits.len(), 6 | 8) && digits.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

/// Whether `text` is a URI with one of `schemes`, percent-encoded as LINE asks.
fn is_uri(text: &str, schemes: &[&str]) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let encoded = rest.bytes().all(|b| b.is_ascii_graphic());
    let known = schemes
        .iter()
        .any(|known| known.eq_ignore_ascii_case(scheme));
    let whole = scheme.eq_ignore_ascii_case("tel")
        || rest.strip_prefix("//").is_some_and(|r| !r.is_empty());
    encoded && known && whole
}

/// What is wrong with a request of this shape.
pub(super) fn find_errors(shape: &'static Shape, request: &Value) -> Vec<Detail> {
    let mut found = Vec::new();
    Check::Object(shape).check(request, &Path::root(), &mut found);
    found
}
