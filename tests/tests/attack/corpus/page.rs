//! The table of the corpus in docs/isolation.md: made by the test, and held to it.

use std::fs;
use std::path::{Path, PathBuf};

use super::hostile::Hostile;
use crate::figures::{Figures, milliseconds};

/// The lines before and after the table.
const BEGIN: &str = "<!-- The table of the corpus: `cargo xtask isolation` makes it. -->\n";
const END: &str = "<!-- The end of the table. -->\n";

/// A row of the table.
pub(crate) struct Row {
    name: String,
    does: String,
    got: String,
    /// The neighbour's p99 while it happened, which are another machine's elsewhere.
    figures: String,
}

impl Row {
    /// Without figures.
    pub(crate) fn of(hostile: &Hostile) -> Self {
        Self {
            name: hostile.name.to_owned(),
            does: hostile.does.to_owned(),
            got: hostile.got.words(),
            figures: String::new(),
        }
    }

    /// With what the neighbour felt.
    pub(crate) fn with(mut self, felt: &Figures) -> Self {
        self.figures = figures(felt);
        self
    }

    /// What must be on the page.
    fn fixed(&self) -> String {
        format!("| {} | {} | {} |", self.name, self.does, self.got)
    }
}

/// The neighbour's p99: acknowledged, and replied to.
fn figures(felt: &Figures) -> String {
    let [acknowledged, replied] = [felt.acknowledged(0.99), felt.replied(0.99)].map(milliseconds);
    format!("{acknowledged} / {replied}")
}

/// Writes the table.
pub(crate) fn write(quiet: &Figures, rows: &[Row]) {
    let mut table = format!(
        "| component | what it does | what it got | neighbour's p99, ms |\n\
         | --- | --- | --- | --- |\n\
         | none | | | {} |\n",
        figures(quiet)
    );
    for row in rows {
        table.push_str(&format!("{} {} |\n", row.fixed(), row.figures));
    }
    let text = fs::read_to_string(path()).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the table's beginning");
    let (_, after) = rest.split_once(END).expect("the table's end");
    fs::write(path(), format!("{before}{BEGIN}\n{table}\n{END}{after}")).unwrap();
}

/// Fails unless the page has these rows, in this order, and no others.
pub(crate) fn check(rows: &[Row]) {
    let text = fs::read_to_string(path()).unwrap();
    let (_, rest) = text.split_once(BEGIN).expect("the table's beginning");
    let (table, _) = rest.split_once(END).expect("the table's end");
    let lines = table.lines().filter(|line| line.starts_with("| "));
    // Behind the heads and the row without an attack.
    let found: Vec<_> = lines.skip(3).map(without_figures).collect();
    let expected: Vec<_> = rows.iter().map(Row::fixed).collect();
    let hint = "run `cargo xtask isolation`, and look at what has changed";
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected, "docs/isolation.md: {hint}");
    }
    assert_eq!(found.len(), expected.len(), "docs/isolation.md: {hint}");
}

fn without_figures(line: &str) -> String {
    let line = line.trim_end_matches(" |");
    let (fixed, _figures) = line.rsplit_once(" | ").expect("four columns");
    format!("{fixed} |")
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/isolation.md")
}
