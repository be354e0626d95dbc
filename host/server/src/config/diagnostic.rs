//! Makes serde's errors into advice in an operator's words.
//!
//! serde tells the known keys in its message only. `serde_ignored` would tell the unknown ones alone, and
//! a schema would describe the file a second time; so the message is taken apart, which tests hold to.

use serde_path_to_error::{Path, Segment};
use toml::{Table, Value};

use super::examples;

/// What serde stops at.
pub(super) struct Diagnostic {
    /// The key that it is about.
    pub(super) key: String,
    /// What is wrong, and what to do.
    pub(super) what: String,
    path: Vec<Step>,
    is_missing: bool,
}

/// A step of the way to a value.
#[derive(Clone, PartialEq)]
enum Step {
    Key(String),
    Index(usize),
}

impl Diagnostic {
    /// Names the key that an error is about. For an unknown key, the nearest known one.
    pub(super) fn new(error: &serde_path_to_error::Error<toml::de::Error>) -> Self {
        let mut path = steps(error.path());
        let message = error.inner().message();
        let (what, is_missing) = if let Some((unknown, known)) = unknown_field(message) {
            let unknown = Step::Key(unknown.to_owned());
            let name = unknown.name();
            if path.last() != Some(&unknown) {
                path.push(unknown);
            }
            (format!("unknown key; {}", advice(&name, &known)), false)
        } else if let Some(field) = between(message, "missing field `", "`") {
            path.push(Step::Key(field.to_owned()));
            (String::from("it is missing"), true)
        } else {
            (explanation(message), false)
        };
        Self {
            key: key(&path),
            what,
            path,
            is_missing,
        }
    }

    /// Replaces what is wrong by something valid, so that serde reads on. Returns whether it could.
    pub(super) fn repair(&self, table: &mut Table) -> bool {
        let Some((last, way)) = self.path.split_last() else {
            return false;
        };
        let mut value = None;
        for step in way {
            value = match (step, value) {
                (Step::Key(key), None) => table.get_mut(key),
                (Step::Key(key), Some(value)) => Value::get_mut(value, key.as_str()),
                (Step::Index(index), Some(value)) => Value::get_mut(value, *index),
                (Step::Index(_), None) => None,
            };
            if value.is_none() {
                return false;
            }
        }
        let table = match value {
            None => table,
            Some(Value::Table(table)) => table,
            Some(Value::Array(list)) => {
                // What follows keeps its number.
                let Step::Index(index) = last else {
                    return false;
                };
                return match list.get_mut(*index) {
                    Some(element) => {
                        *element = Value::String(String::from("reply"));
                        true
                    }
                    None => false,
                };
            }
            Some(_) => return false,
        };
        let Step::Key(name) = last else {
            return false;
        };
        match self
            .is_missing
            .then(|| examples::value(&self.key))
            .flatten()
        {
            Some(value) => table.insert(name.clone(), value).is_none(),
            None => table.remove(name).is_some(),
        }
    }
}

impl Step {
    fn name(&self) -> String {
        match self {
            Self::Key(key) => key.clone(),
            Self::Index(index) => index.to_string(),
        }
    }
}

fn steps(path: &Path) -> Vec<Step> {
    let step = |segment: &Segment| match segment {
        Segment::Map { key } => Some(Step::Key(key.clone())),
        Segment::Seq { index } => Some(Step::Index(*index)),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    path.iter().filter_map(step).collect()
}

fn key(path: &[Step]) -> String {
    let mut key = String::new();
    for step in path {
        match step {
            Step::Index(index) => key.push_str(&format!("[{index}]")),
            Step::Key(name) if key.is_empty() => key.push_str(name),
            Step::Key(name) => {
                key.push('.');
                key.push_str(name);
            }
        }
    }
    key
}

/// What was found and what was expected, by the names of TOML instead of Rust's, and without the
/// value: it may be a secret.
fn explanation(message: &str) -> String {
    let expected = message.rsplit_once(", expected ").map(|(_, it)| it.trim());
    let (Some(found), Some(expected)) = (found(message), expected) else {
        if message.contains("invalid socket address") {
            return String::from("give an address and a port");
        }
        return message.to_owned();
    };
    let expected = match expected {
        "u32" | "u64" | "usize" => "a whole number from 0",
        "i32" | "i64" => "a whole number",
        "a string" | "path string" | "string" => "a text in quotes",
        "a sequence" => "a list in brackets",
        "a map" => "a table",
        "a boolean" => "true or false",
        other if other.starts_with("struct ") => "a table",
        other => other,
    };
    format!("give {expected}; it is {found}")
}

fn found(message: &str) -> Option<&'static str> {
    let rest = message.strip_prefix("invalid ")?;
    let rest = rest
        .strip_prefix("type: ")
        .or_else(|| rest.strip_prefix("value: "))?;
    if message.starts_with("invalid value: integer") {
        return Some("below it, or too large");
    }
    let kinds = [
        ("string", "a text"),
        ("integer", "a whole number"),
        ("floating point", "a number with a fraction"),
        ("boolean", "true or false"),
        ("sequence", "a list"),
        ("map", "a table"),
        ("datetime", "a date"),
    ];
    let kind = kinds.iter().find(|(kind, _)| rest.starts_with(kind));
    kind.map(|(_, name)| *name)
}

/// The parts of serde's message, which is the only place where it names the known fields:
/// "unknown field `a`, expected one of `b`, `c`".
fn unknown_field(message: &str) -> Option<(&str, Vec<&str>)> {
    let rest = message.strip_prefix("unknown field ")?;
    let mut quoted = rest.split('`').skip(1).step_by(2);
    Some((quoted.next()?, quoted.collect()))
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(before)?;
    rest.split_once(after).map(|(it, _)| it)
}

fn advice(unknown: &str, known: &[&str]) -> String {
    let nearest = known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(unknown, known), known))
        .min()
        .filter(|(distance, known)| *distance <= known.len() / 3 + 1);
    match nearest {
        Some((_, known)) => format!("did you mean `{known}`?"),
        None => {
            let known: Vec<_> = known.iter().map(|known| format!("`{known}`")).collect();
            format!("the known ones are {}", known.join(", "))
        }
    }
}
