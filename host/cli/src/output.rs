//! What commands print.

use std::io::{self, IsTerminal, Write};

use crate::terminal::{self, one_line};

/// How a command prints.
#[derive(clap::Args)]
pub(crate) struct OutputArguments {
    /// Prints the host's JSON instead, for programs.
    #[arg(long, global = true, help_heading = "Output")]
    pub(crate) json: bool,
}

/// Nobody reads any more what a command prints, as in `botbox journal list | head`. That is no failure.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads the output any more")]
pub(crate) struct OutputClosed;

/// Prints a line, which must not hold what a terminal acts upon.
pub(crate) fn line(line: &str) -> anyhow::Result<()> {
    match writeln!(io::stdout(), "{line}") {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(OutputClosed.into()),
        Err(error) => Err(anyhow::Error::new(error).context("cannot write the output")),
    }
}

/// Prints an answer of the host: its JSON for programs, or what people are told of it.
pub(crate) fn answer(
    json: bool,
    text: &str,
    words: impl FnOnce() -> anyhow::Result<String>,
) -> anyhow::Result<()> {
    if json {
        return line(&terminal::json(text));
    }
    line(&words()?)
}

/// Writes what is for the terminal itself.
pub(crate) fn raw(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// Tells people that something is done of which the host says nothing more.
pub(crate) fn done(json: bool, words: &str) -> anyhow::Result<()> {
    if json { Ok(()) } else { line(words) }
}

/// Prints a field of one thing.
pub(crate) fn field(name: &str, value: &str) -> anyhow::Result<()> {
    line(format!("{name:12}{}", one_line(value)).trim_end())
}

/// Prints a document of one thing, as JSON.
pub(crate) fn document(name: &str, document: &str) -> anyhow::Result<()> {
    line(&format!("{name}:"))?;
    line(&terminal::pretty_json(document, "  "))
}

/// Tells the person at the terminal something that is not the output.
#[allow(clippy::print_stderr, reason = "for the person at the terminal")]
pub(crate) fn remark(line: &str) {
    eprintln!("{line}");
}

/// Whether a person sees the output.
pub(crate) fn is_seen() -> bool {
    io::stdout().is_terminal()
}

/// Prints rows below their heading, in columns.
pub(crate) fn table<const N: usize>(
    heading: [&str; N],
    rows: &[[String; N]],
) -> anyhow::Result<()> {
    let heading = heading.map(String::from);
    let rows = || std::iter::once(&heading).chain(rows);
    let mut widths = [0; N];
    for row in rows() {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in rows() {
        let cells = row.iter().zip(widths);
        let cells: Vec<_> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        line(cells.join("  ").trim_end())?;
    }
    Ok(())
}
