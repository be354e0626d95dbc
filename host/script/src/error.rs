//! What is wrong with a file, and where.

use std::fmt;

/// A place in a file.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Place {
    /// Counts from 1.
    pub line: usize,
    /// Counts characters from 1.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

/// Why a file is no script. It prints as `LINE:COLUMN: what is wrong`, so that a file's name before it makes
/// what editors and terminals can follow.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct ScriptError {
    /// Where it is.
    pub place: Place,
    /// What is wrong, and what to do.
    pub problem: String,
}

impl ScriptError {
    pub(crate) fn new(place: Place, problem: impl Into<String>) -> Self {
        Self {
            place,
            problem: problem.into(),
        }
    }
}

/// `; did you mean …?` when one of the names that there are is much like this one.
pub(crate) fn did_you_mean<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let distance = |it: &str| strsim::damerau_levenshtein(it, name);
    let nearest = known.min_by_key(|it| distance(it));
    let nearest = nearest.filter(|it| distance(it) <= 1 + it.len() / 3);
    nearest.map_or_else(String::new, |it| format!("; did you mean `{it}`?"))
}
