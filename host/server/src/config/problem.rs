//! What is wrong with a configuration: all of it at once, each with its place and its remedy.

use std::fmt;
use std::path::PathBuf;

/// Why a configuration can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("cannot read the configuration file {}", .0.display())]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// All that is wrong with it, a line each.
    #[error("{}", lines(.0))]
    Problems(Vec<Problem>),
}

/// The most problems that are told at a time: a page or two. They may all have one cause.
pub(super) const PROBLEMS: usize = 100;

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The configuration file, or one that it includes.
    pub file: PathBuf,
    /// Where it is.
    pub place: Place,
    /// The key as the file has it, such as `channels[0].plugin`; empty when the file is not TOML.
    pub key: String,
    /// The channel's id, where it is one's.
    pub channel: Option<String>,
    /// What is wrong, and what to do.
    pub what: String,
    /// The line as it could be.
    pub example: Option<&'static str>,
    /// Whether the file is right, and what it refers to is not: of a channel, that costs only the
    /// channel.
    pub is_reference: bool,
}

/// What is wrong with one key of a document.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct DocumentProblem {
    /// The key, such as `limits.memory_mib`.
    pub(crate) key: String,
    /// What is wrong, and what to do.
    pub(crate) what: String,
}

/// Where a value comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Place {
    /// A line of the file, counted from 1.
    Line(usize),
    /// An environment variable that overrides it.
    Variable(String),
}

impl Place {
    /// The line; what is not in the file comes first.
    #[must_use]
    pub fn line(&self) -> usize {
        match self {
            Self::Line(line) => *line,
            Self::Variable(_) => 0,
        }
    }
}

/// One line: the file, the place, the key, what is wrong, and an example.
impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.file.display())?;
        match &self.place {
            Place::Line(line) => write!(formatter, ":{line}")?,
            Place::Variable(name) => write!(formatter, ": environment variable {name}")?,
        }
        if !self.key.is_empty() {
            write!(formatter, ": {}", self.key)?;
        }
        if let Some(channel) = &self.channel {
            write!(formatter, " (channel {channel:?})")?;
        }
        write!(formatter, ": {}", self.what)?;
        match self.example {
            Some(example) => write!(formatter, "; for example: {example}"),
            None => Ok(()),
        }
    }
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
    match lines.len() {
        1 => lines.concat(),
        count => format!("{count} problems\n{}", lines.join("\n")),
    }
}
