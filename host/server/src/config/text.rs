//! Reads the text of one file of the configuration.

use std::path::Path;

use toml::Table;
use toml::de::DeTable;

use super::problem::{PROBLEMS, Place, Problem};
use super::source::{Lines, Source};

/// What a file says, whose channels come after `channels_before` others; or why it is not TOML.
pub(super) fn add_text(
    source: &mut Source,
    file: &Path,
    text: &str,
    channels_before: usize,
) -> Result<Table, Vec<Problem>> {
    let (parsed, errors) = DeTable::parse_recoverable(text);
    let mut problems: Vec<_> = errors.iter().take(PROBLEMS).collect();
    let error = match toml::from_str(text) {
        Ok(table) if problems.is_empty() => {
            source.add(file, text, parsed.get_ref(), channels_before);
            return Ok(table);
        }
        Ok(_) => None,
        Err(error) => Some(error),
    };
    source.add_unread(file, channels_before);
    if problems.is_empty() {
        problems.extend(&error);
    }
    let problems = problems.into_iter();
    Err(problems.map(|error| not_toml(file, text, error)).collect())
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
