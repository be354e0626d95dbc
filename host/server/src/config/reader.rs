//! Reads a configuration file as it is written, with what the environment overrides.

use std::env;
use std::fs;
use std::path::Path;

use toml::de::DeTable;
use toml::{Table, Value};

use super::checker::Checker;
use super::diagnostic::Diagnostic;
use super::file::File;
use super::overrides::{self, Override};
use super::problem::{ConfigError, PROBLEMS, Place, Problem};
use super::source::{Lines, Source};

/// Reads a file. What is wrong with some of it is reported, and the rest can be checked.
pub(super) fn read(file: &Path) -> Result<(Checker, File), ConfigError> {
    let text = fs::read_to_string(file)
        .map_err(|error| ConfigError::Unreadable(file.to_owned(), error))?;
    let (parsed, errors) = DeTable::parse_recoverable(&text);
    if !errors.is_empty() {
        let problems = errors.iter().take(PROBLEMS);
        let problems = problems.map(|error| not_toml(file, &text, error)).collect();
        return Err(ConfigError::Problems(problems));
    }
    let mut source = Source::new(file, &text, parsed.get_ref());
    let mut table = toml::from_str(&text)
        .map_err(|error| ConfigError::Problems(vec![not_toml(file, &text, &error)]))?;
    let mut wrong = Vec::new();
    for Override { variable, key } in overrides::apply(&mut table, env::vars_os()) {
        match key {
            Ok(key) => source.overridden(key, variable),
            Err(what) => wrong.push((variable, what)),
        }
    }
    let checker = Checker::new(source, ids(&table));
    for (variable, what) in wrong {
        checker.error(format!("environment variable {variable}"), what);
    }
    match parse(&checker, table) {
        Some(parsed) => Ok((checker, parsed)),
        None => Err(ConfigError::Problems(checker.finish().0)),
    }
}

/// The ids of the channels, where there are any.
fn ids(table: &Table) -> Vec<Option<String>> {
    let channels = table.get("channels").and_then(Value::as_array);
    let id = |channel: &Value| channel.get("id").and_then(Value::as_str).map(String::from);
    channels.into_iter().flatten().map(id).collect()
}

/// Whatever serde stops at is reported and repaired, until it does not stop any more.
fn parse(checker: &Checker, mut table: Table) -> Option<File> {
    for _ in 0..PROBLEMS {
        let value = Value::Table(table.clone());
        let diagnostic = match serde_path_to_error::deserialize(value) {
            Ok(file) => return Some(file),
            Err(error) => Diagnostic::new(&error),
        };
        checker.error(diagnostic.key.clone(), diagnostic.what.clone());
        if !diagnostic.repair(&mut table) {
            break;
        }
    }
    None
}

/// Says where, but does not show the line: it may hold a secret.
fn not_toml(file: &Path, text: &str, error: &toml::de::Error) -> Problem {
    let start = error.span().map_or(0, |span| span.start);
    Problem {
        file: file.to_owned(),
        place: Place::Line(Lines::of(text).at(start)),
        key: String::new(),
        channel: None,
        what: format!("it is not valid TOML: {}", error.message()),
        example: None,
        is_reference: false,
    }
}
