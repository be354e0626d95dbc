//! A file in which the simulator's bots, users and chats live on.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::NamedTempFile;

#[derive(clap::Args)]
pub(crate) struct KeepArguments {
    /// A file that keeps bots, users and chats: it is read at the start, if it is there, and written at the
    /// end.
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
}

impl KeepArguments {
    /// What was kept; nothing when there is no file yet, or none is wished.
    pub(crate) fn read(&self) -> anyhow::Result<Option<String>> {
        let Some(file) = &self.keep else {
            return Ok(None);
        };
        match fs::read_to_string(file) {
            Ok(state) => Ok(Some(state)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
        }
    }

    /// Keeps a state, if that is wished.
    pub(crate) fn write(&self, state: &str) -> anyhow::Result<()> {
        let Some(file) = &self.keep else {
            return Ok(());
        };
        write_private(file, state).with_context(|| format!("cannot write {}", file.display()))
    }
}

/// Writes a file as a whole or not at all, for its owner alone.
pub(crate) fn write_private(file: &Path, text: &str) -> io::Result<()> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut written = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    written.write_all(text.as_bytes())?;
    written.persist(file)?;
    Ok(())
}
