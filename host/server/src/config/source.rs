//! Where the keys of a configuration are: the lines of the file, and the environment variables that
//! override some.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::problem::{Place, Problem};

/// Where the keys are.
#[derive(Debug, Default)]
pub(crate) struct Source {
    file: PathBuf,
    /// By key, such as `channels[0].plugin`.
    lines: HashMap<String, usize>,
    /// The variables, by the keys that they set.
    variables: HashMap<String, String>,
}

impl Source {
    /// The keys of a file.
    pub(super) fn new(file: &Path, text: &str, table: &DeTable<'_>) -> Self {
        let mut source = Self {
            file: file.to_owned(),
            ..Self::default()
        };
        source.add_table(&Lines::of(text), "", table);
        source
    }

    /// An environment variable sets a key.
    pub(super) fn overridden(&mut self, key: String, variable: String) {
        self.variables.insert(key, variable);
    }

    /// The file.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// What is wrong with what a key refers to.
    pub(super) fn problem(&self, key: &str, what: String) -> Problem {
        Problem {
            file: self.file.clone(),
            place: self.place(key),
            key: key.to_owned(),
            channel: None,
            what,
            example: None,
            is_reference: true,
        }
    }

    /// Where a key is, or else the table that it would be in.
    fn place(&self, key: &str) -> Place {
        let mut key = key;
        loop {
            if let Some(variable) = self.variables.get(key) {
                return Place::Variable(variable.clone());
            }
            if let Some(&line) = self.lines.get(key) {
                return Place::Line(line);
            }
            match key.rfind(['.', '[']) {
                Some(end) => key = &key[..end],
                None => return Place::Line(1),
            }
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
        let mut source = Source::new(Path::new("botbox.toml"), text, table.get_ref());
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
            assert_eq!(source.place(key), Place::Line(line), "{key}");
        }
        let variable = Place::Variable(String::from("V"));
        assert_eq!(source.place("channels[0].plugin"), variable);
    }
}
