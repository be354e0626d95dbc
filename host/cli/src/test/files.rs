//! Which files are played.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use botbox_build::Bot;

use super::failure::TestFailure;

/// Where a bot's folder has its conversations.
const FOLDER: &str = "conversations";

/// The files that are played.
pub(crate) struct Files {
    files: Vec<PathBuf>,
    /// The files and folders that were named.
    paths: Vec<PathBuf>,
}

impl Files {
    /// Finds the files of what the command names.
    pub(crate) fn find(paths: &[PathBuf]) -> anyhow::Result<Self> {
        let mut files = Vec::new();
        for path in paths {
            if !path.is_dir() {
                files.push(path.clone());
                continue;
            }
            let own = path.join(FOLDER);
            let folder = if own.is_dir() { &own } else { path };
            let before = files.len();
            files.extend(scripts(folder)?);
            if files.len() == before {
                let why = format!(
                    "there are no conversations in {}; write one into {}",
                    folder.display(),
                    own.join("hello.yaml").display()
                );
                return Err(TestFailure::Nothing(why).into());
            }
        }
        Ok(Self {
            files,
            paths: paths.to_vec(),
        })
    }

    pub(crate) fn all(&self) -> &[PathBuf] {
        &self.files
    }

    /// Whose changes make another result: the files, and the sources of the bots in whose folders they are.
    pub(crate) fn watched(&self) -> Vec<PathBuf> {
        let mut watched = Vec::new();
        for path in self.paths.iter().chain(&self.files) {
            let Ok(path) = fs::canonicalize(path) else {
                continue;
            };
            let bot = path.ancestors().find_map(|folder| Bot::open(folder).ok());
            // What can't be told is not watched, and told when it is built.
            let sources = bot.and_then(|bot| bot.sources().ok());
            watched.extend(sources.unwrap_or_default());
            let own = path.join(FOLDER);
            watched.push(if own.is_dir() { own } else { path });
        }
        watched.sort();
        watched.dedup();
        watched
    }
}

/// The files of a folder that are YAML, by name.
fn scripts(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder);
    let entries = entries.with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let extension = path.extension().and_then(|it| it.to_str());
        if path.is_file() && matches!(extension, Some("yaml" | "yml")) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
