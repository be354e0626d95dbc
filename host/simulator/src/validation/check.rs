//! Checks JSON against tables of fields and limits.

use serde_json::{Map, Value};
use unicode_segmentation::UnicodeSegmentation as _;

use super::detail::{Detail, Invalid};
use super::dialect::{Dialect, Problem};

/// What a value must be.
#[derive(Clone, Copy)]
pub(super) enum Check {
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
    /// At most so many grapheme clusters, in which LINE counts some texts (same page).
    Graphemes(usize),
    /// At most so many of the allowed characters.
    Pattern {
        max: usize,
        allows: fn(char) -> bool,
    },
    /// A text that this can read.
    Written(fn(&str) -> Result<(), Problem>),
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
    /// An object, whatever is in it.
    AnyObject,
    Object(&'static Shape),
    Union(&'static Union),
}

/// A property of an object.
#[derive(Clone, Copy)]
pub(super) struct Field {
    name: &'static str,
    required: bool,
    check: Check,
}

/// The properties of an object.
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
    dialect: Dialect,
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

/// A property that is there. LINE takes `null` as if it were not: SDKs write it for what is not set.
pub(super) fn given<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !value.is_null())
}

/// A property that is a text; else the empty one.
pub(super) fn text<'a>(object: &'a Map<String, Value>, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The items of a property that is a list.
pub(super) fn items<'a>(
    object: &'a Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'a Value> + use<'a> {
    let list = object.get(name).and_then(Value::as_array);
    list.into_iter().flatten()
}

impl Check {
    /// A list of objects, whatever is in them.
    pub(super) const LIST_OF_OBJECTS: Self = Self::List {
        min: 0,
        max: usize::MAX,
        of: &Self::AnyObject,
    };

    pub(super) fn check(&self, value: &Value, at: &Path, found: &mut Vec<Detail>) {
        if let Err(problem) = self.find(value, at, found) {
            found.push(at.detail(problem));
        }
    }

    /// What is wrong with the value itself. What is wrong inside of it goes to `found`.
    fn find(&self, value: &Value, at: &Path, found: &mut Vec<Detail>) -> Result<(), Problem> {
        match *self {
            Self::Boolean => holds(value.is_boolean(), "Must be a boolean"),
            Self::Number => holds(value.is_number(), "Must be a number"),
            Self::Whole(min) => match value.as_i64() {
                Some(number) if number >= min => Ok(()),
                Some(_) => Err(Problem::Below(min)),
                None => Err(format!("Must be a whole number of at least {min}").into()),
            },
            Self::Range(min, max) => {
                let within = value.as_i64().is_some_and(|n| (min..=max).contains(&n));
                holds(within, &format!("Must be between {min} and {max}"))
            }
            Self::Count(max) => {
                let counts = |n: i64| n == -1 || (1..=max).contains(&n);
                let words = format!("Must be -1 or a whole number between 1 and {max}");
                holds(value.as_i64().is_some_and(counts), &words)
            }
            Self::Text(max) => {
                let text = as_text(value, at)?;
                limit(text.encode_utf16().count(), max)
            }
            Self::Graphemes(max) => {
                let text = as_text(value, at)?;
                limit(graphemes(text), max)
            }
            Self::Pattern { max, allows } => {
                let text = as_text(value, at)?;
                limit(text.chars().count(), max)?;
                let allowed = text.chars().all(allows);
                holds(allowed, "Contains characters that are not allowed")
            }
            Self::Written(read) => read(as_text(value, at)?),
            Self::Color => {
                let known = is_color(as_text(value, at)?);
                holds(known, "Must be a color such as #RRGGBB or #RRGGBBAA")
            }
            Self::Https(max) => {
                let text = as_text(value, at)?;
                limit(text.chars().count(), max)?;
                check_uri(text, &["https"], "HTTPS URL")
            }
            Self::Link(max) => {
                let text = as_text(value, at)?;
                limit(text.chars().count(), max)?;
                let schemes = ["http", "https", "line", "tel"];
                check_uri(text, &schemes, "http, https, line or tel URI")
            }
            Self::OneOf(values) => match value.as_str() {
                Some(text) if values.contains(&text) => Ok(()),
                _ => Err(Problem::NotOneOf(values.to_vec())),
            },
            Self::List { min, max, of } => {
                let items = value.as_array();
                let items = items.ok_or("Must be an array")?;
                let words = format!("Size must be between {min} and {max}");
                holds((min..=max).contains(&items.len()), &words)?;
                for (index, item) in items.iter().enumerate() {
                    of.check(item, &at.item(index), found);
                }
                Ok(())
            }
            Self::AnyObject => as_object(value).map(|_| ()),
            Self::Object(shape) => {
                let object = as_object(value)?;
                let known = || shape.fields.iter().map(|field| field.name);
                refuse_unknown(object, known, at, found);
                shape.check(object, at, found);
                Ok(())
            }
            Self::Union(union) => union.find(as_object(value)?, at, found),
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

    /// What is wrong with a request of this shape.
    pub(super) fn check_request(&self, request: &Value, dialect: Dialect) -> Result<(), Invalid> {
        let (at, mut found) = (Path::root(dialect), Vec::new());
        match request.as_object() {
            Some(object) => self.check(object, &at, &mut found),
            None => found.push(at.detail("Must be an object")),
        }
        Invalid::unless_empty(found)
    }

    fn check(&self, object: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
        check_fields(self.fields, object, at, found);
        if let Some(rule) = self.rule {
            rule(object, at, found);
        }
    }
}

impl Union {
    fn find(
        &self,
        object: &Map<String, Value>,
        at: &Path,
        found: &mut Vec<Detail>,
    ) -> Result<(), Problem> {
        let kinds = || self.kinds.iter().copied().flatten();
        let Some(kind) = given(object, "type") else {
            found.push(at.property("type").detail(Problem::Missing));
            return Ok(());
        };
        let Some((_, shape)) = kinds().find(|(known, _)| kind == known) else {
            let problem = Problem::NotOneOf(kinds().map(|(kind, _)| *kind).collect());
            // LINE's Flex validator refuses the component, not its type.
            if at.dialect == Dialect::Flex && !at.text.is_empty() {
                return Err(problem);
            }
            found.push(at.property("type").detail(problem));
            return Ok(());
        };
        let fields = || self.common.iter().chain(shape.fields);
        let known = || fields().map(|field| field.name).chain(["type"]);
        refuse_unknown(object, known, at, found);
        check_fields(self.common, object, at, found);
        shape.check(object, at, found);
        Ok(())
    }
}

impl Path {
    pub(super) fn root(dialect: Dialect) -> Self {
        Self::new("", dialect)
    }

    pub(super) fn new(text: &str, dialect: Dialect) -> Self {
        Self {
            text: text.to_owned(),
            dialect,
        }
    }

    pub(super) fn property(&self, name: &str) -> Self {
        Self {
            text: self.dialect.property(&self.text, name),
            dialect: self.dialect,
        }
    }

    pub(super) fn item(&self, index: usize) -> Self {
        Self {
            text: self.dialect.item(&self.text, index),
            dialect: self.dialect,
        }
    }

    pub(super) fn detail(&self, problem: impl Into<Problem>) -> Detail {
        let root = self.dialect == Dialect::Flex && self.text.is_empty();
        let property = if root { "/" } else { &self.text };
        Detail::new(property, self.dialect.words(problem.into()))
    }
}

fn check_fields(fields: &[Field], object: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    for field in fields {
        let at = at.property(field.name);
        match given(object, field.name) {
            Some(value) if field.required && value == "" => found.push(at.detail(Problem::Empty)),
            Some(value) => field.check.check(value, &at, found),
            None if field.required => found.push(at.detail(Problem::Missing)),
            None => {}
        }
    }
}

/// Elsewhere than in Flex messages LINE does not mind what it does not know.
fn refuse_unknown<I: Iterator<Item = &'static str>>(
    object: &Map<String, Value>,
    known: impl Fn() -> I,
    at: &Path,
    found: &mut Vec<Detail>,
) {
    if at.dialect != Dialect::Flex {
        return;
    }
    for (name, value) in object {
        if !value.is_null() && !known().any(|known| known == name) {
            found.push(at.property(name).detail(Problem::Unknown));
        }
    }
}

/// A text. Inside of messages LINE takes no empty one, even where it takes none at all.
fn as_text<'a>(value: &'a Value, at: &Path) -> Result<&'a str, Problem> {
    let text = value.as_str();
    let text = text.ok_or("Must be a string")?;
    let strict = matches!(at.dialect, Dialect::Message | Dialect::Flex);
    if strict && text.is_empty() {
        return Err(Problem::Empty);
    }
    Ok(text)
}

fn as_object(value: &Value) -> Result<&Map<String, Value>, Problem> {
    value.as_object().ok_or("Must be an object".into())
}

fn holds(holds: bool, words: &str) -> Result<(), Problem> {
    if holds { Ok(()) } else { Err(words.into()) }
}

fn limit(length: usize, max: usize) -> Result<(), Problem> {
    if length <= max {
        Ok(())
    } else {
        Err(Problem::TooLong(max))
    }
}

/// How many characters a user sees.
pub(super) fn graphemes(text: &str) -> usize {
    text.graphemes(true).count()
}

/// Whether a character can stand in names and keys.
pub(super) fn is_word_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|digits| {
        matches!(digits.len(), 6 | 8) && digits.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

/// Checks that `text` is a URI with one of `schemes`, percent-encoded as LINE asks.
fn check_uri(text: &str, schemes: &[&str], allowed: &'static str) -> Result<(), Problem> {
    let (scheme, rest) = text.split_once(':').ok_or(Problem::Uri(allowed))?;
    let encoded = rest.bytes().all(|b| b.is_ascii_graphic());
    let known = schemes
        .iter()
        .any(|known| known.eq_ignore_ascii_case(scheme));
    let whole = scheme.eq_ignore_ascii_case("tel")
        || rest.strip_prefix("//").is_some_and(|r| !r.is_empty());
    if encoded && known && whole {
        Ok(())
    } else {
        Err(Problem::Uri(allowed))
    }
}
