//! Reads a configuration file as it is written, with what the environment overrides.

use std::env;
use std::fs;
use std::path::Path;

use toml::{Table, Value};

use super::checker::Checker;
use super::diagnostic::Diagnostic;
use super::file::File;
use super::include;
use super::overrides::{self, Override};
use super::problem::{ConfigError, PROBLEMS};
use super::source::Source;
use super::text::add_text;

/// Reads a file and those that it includes. What is wrong with some of it is reported, and the rest can be
/// checked.
pub(super) fn read(file: &Path) -> Result<(Checker, File), ConfigError> {
    let text = fs::read_to_string(file)
        .map_err(|error| ConfigError::Unreadable(file.to_owned(), error))?;
    let mut source = Source::default();
    let mut table = add_text(&mut source, file, &text, 0).map_err(ConfigError::Problems)?;
    let mut wrong = Vec::new();
    // Before the included files: their channels have no numbers that stay.
    for Override { variable, key } in overrides::apply(&mut table, env::vars_os()) {
        match key {
            Ok(key) => source.overridden(key, variable),
            Err(what) => wrong.push((variable, what)),
        }
    }
    let not_included = include::add_included(&mut source, &mut table);
    let checker = Checker::new(source, ids(&table));
    for problem in not_included {
        checker.add(problem);
    }
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
