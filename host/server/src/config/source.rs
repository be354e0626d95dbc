//! Where the keys of a configuration are: the files and their lines, and the environment variables that
//! override some.
//!
//! The channels of all files are one list, in which those of the configuration file come first. So a key names
//! the same thing wherever it was written; people are told the key as the file has it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::problem::{Place, Problem};

/// Where the keys are.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// The configuration file, and those that it includes.
    files: Vec<SourceFile>,
    /// The variables, by the keys that they set.
    variables: HashMap<String, String>,
}

#[derive(Debug)]
struct SourceFile {
    path: PathBuf,
    /// How many channels there are in the files before it.
    channels_before: usize,
    /// By key as the file has it, such as `channels[0].plugin`.
    lines: HashMap<String, usize>,
}

impl Source {
    /// Adds a file, whose channels come after `channels_before` others.
    pub(super) fn add(
        &mut self,
        path: &Path,
        text: &str,
        table: &DeTable<'_>,
        channels_before: usize,
    ) {
        let mut file = SourceFile {
            path: path.to_owned(),
            channels_before,
            lines: HashMap::new(),
        };
        file.add_table(&Lines::of(text), "", table);
        self.files.push(file);
    }

    /// Adds a file that says nothing which can be read.
    pub(super) fn add_unread(&mut self, path: &Path, channels_before: usize) {
        self.files.push(SourceFile {
            path: path.to_owned(),
            channels_before,
            lines: HashMap::new(),
        });
    }

    /// An environment variable sets a key.
    pub(super) fn overridden(&mut self, key: String, variable: String) {
        self.variables.insert(key, variable);
    }

    /// The configuration file.
    pub(super) fn file(&self) -> &Path {
        self.files.first().map_or(Path::new(""), |it| &it.path)
    }

    /// The folder that a path is relative to which a key names: its file's, or the configuration file's where a
    /// variable sets it.
    pub(super) fn folder(&self, key: &str) -> &Path {
        let file = match (self.variable(key), self.file_of(key)) {
            (None, Some(file)) => &file.path,
            _ => self.file(),
        };
        file.parent().unwrap_or(Path::new("."))
    }

    /// Where a key is, in words: `channels/shop.toml:3`.
    pub(super) fn at(&self, key: &str) -> String {
        let problem = self.problem(key, String::new());
        match problem.place {
            Place::Line(line) => format!("{}:{line}", problem.file.display()),
            Place::Variable(name) => format!("the environment variable {name}"),
        }
    }

    /// What is wrong with what a key refers to.
    pub(super) fn problem(&self, key: &str, what: String) -> Problem {
        let mut problem = match self.file_of(key) {
            Some(file) => file.problem(&file.own_key(key), what),
            None => SourceFile::nowhere().problem(key, what),
        };
        if let Some(variable) = self.variable(key) {
            problem.file = self.file().to_owned();
            problem.place = Place::Variable(variable.clone());
        }
        problem
    }

    /// What is wrong with a key of the file that was added last, though another one may have it, too.
    pub(super) fn problem_of_last(&self, key: &str, what: String) -> Problem {
        let last = self.files.last();
        let problem = last.map(|file| file.problem(key, what.clone()));
        problem.unwrap_or_else(|| self.problem(key, what))
    }

    /// Puts problems into the order of the files and of their lines.
    pub(super) fn sort(&self, problems: &mut [Problem]) {
        let file = |it: &Problem| self.files.iter().position(|file| file.path == it.file);
        problems.sort_by_key(|it| (file(it), it.place.line()));
    }

    /// The variable that sets a key, or a table that the key is in.
    fn variable(&self, key: &str) -> Option<&String> {
        ways_up(key).find_map(|key| self.variables.get(key))
    }

    /// The file that has a key, or else the table that it would be in.
    fn file_of(&self, key: &str) -> Option<&SourceFile> {
        if let Some((number, _)) = channel_number(key) {
            let mut files = self.files.iter().rev();
            return files.find(|it| it.channels_before <= number);
        }
        let having = |key| self.files.iter().find(|it| it.lines.contains_key(key));
        ways_up(key).find_map(having).or(self.files.first())
    }
}

impl SourceFile {
    /// Of documents that are in no file.
    fn nowhere() -> Self {
        Self {
            path: PathBuf::new(),
            channels_before: 0,
            lines: HashMap::new(),
        }
    }

    /// A key as this file has it, where its first channel has the number 0.
    fn own_key(&self, key: &str) -> String {
        match channel_number(key) {
            Some((number, rest)) => format!("channels[{}]{rest}", number - self.channels_before),
            None => key.to_owned(),
        }
    }

    fn problem(&self, key: &str, what: String) -> Problem {
        let line = ways_up(key).find_map(|key| self.lines.get(key));
        Problem {
            file: self.path.clone(),
            place: Place::Line(line.copied().unwrap_or(1)),
            key: key.to_owned(),
            channel: None,
            what,
            example: None,
            is_reference: true,
        }
    }

    fn add_table(&mut self, lines: &Lines, path: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            let path = match path {
                "" => name.get_ref().to_string(),
                path => format!("{path}.{}", name.get_ref()),
            };
            self.lines.insert(path.clone(), lines.at(name.span().start));
            self.add_value(lines, &path, value.get_ref());
        }
    }

    fn add_value(&mut self, lines: &Lines, path: &str, value: &DeValue<'_>) {
        if let Some(table) = value.as_table() {
            self.add_table(lines, path, table);
        }
        for (index, value) in value.as_array().into_iter().flatten().enumerate() {
            let path = format!("{path}[{index}]");
            self.lines
                .insert(path.clone(), lines.at(value.span().start));
            self.add_value(lines, &path, value.get_ref());
        }
    }
}

/// A key, and the tables and lists that it is in, from the inside.
fn ways_up(key: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(key), |key| {
        let end = key.rfind(['.', '['])?;
        Some(&key[..end])
    })
}

/// The number of the channel that a key is of, and what follows it.
pub(super) fn channel_number(key: &str) -> Option<(usize, &str)> {
    let (number, rest) = key.strip_prefix("channels[")?.split_once(']')?;
    Some((number.parse().ok()?, rest))
}

/// Where the lines of a text begin.
pub(super) struct Lines(Vec<usize>);

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        Self(breaks.map(|(at, _)| at).collect())
    }

    /// The line of a byte, counted from 1.
    pub(super) fn at(&self, byte: usize) -> usize {
        self.0.partition_point(|&line_break| line_break < byte) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_where_it_is_written_or_where_it_belongs() {
        let text = "[server]\nlisten = 'x'\n\n[[channels]]\nid = 'a'\n[channels.limits]\n\
                    cpu_ms = 1\n[[channels]]\ngrants = [\n 'reply',\n 'x']\n";
        let table = DeTable::parse(text).unwrap();
        let mut source = Source::default();
        source.add(Path::new("botbox.toml"), text, table.get_ref(), 0);
        source.overridden(String::from("channels[0].plugin"), String::from("V"));
        for (key, line) in [
            ("server.listen", 2),
            ("server.public_url", 1),
            ("channels[0].id", 5),
            ("channels[0].secret", 4),
            ("channels[0].limits.cpu_ms", 7),
            ("channels[1].id", 8),
            ("channels[1].grants[1]", 11),
            ("channels[2].id", 4),
            ("nowhere", 1),
        ] {
            let problem = source.problem(key, String::new());
            assert_eq!(problem.place, Place::Line(line), "{key}");
        }
        let variable = Place::Variable(String::from("V"));
        let problem = source.problem("channels[0].plugin", String::new());
        assert_eq!(problem.place, variable);

        // Another file's channels have numbers of their own.
        let text = "[[channels]]\nid = 'c'\nplugin = 'x'\n";
        let table = DeTable::parse(text).unwrap();
        source.add(Path::new("more.toml"), text, table.get_ref(), 2);
        let problem = source.problem("channels[2].plugin", String::new());
        assert_eq!(problem.file, Path::new("more.toml"));
        assert_eq!(
            (problem.place, &*problem.key),
            (Place::Line(3), "channels[0].plugin")
        );
        let problem = source.problem("channels[1].id", String::new());
        assert_eq!(problem.file, Path::new("botbox.toml"));
        assert_eq!(
            (problem.place, &*problem.key),
            (Place::Line(8), "channels[1].id")
        );
    }
}
