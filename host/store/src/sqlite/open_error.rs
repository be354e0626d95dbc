//! Why the data folder can't be used.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::StoreError;

/// Why the data folder can't be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder can't be made, read or written.
    #[error("cannot use the data folder {}", .folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// Other users can change what is in the folder.
    #[error(
        "the data folder {} can be written by others (mode {mode:03o}, owner {owner}): they could \
         change what bots do and read what users write; give it to the user that runs botbox, and \
         take the others' rights away: `chown USER {}` and `chmod 700 {}`",
        .folder.display(), .folder.display(), .folder.display()
    )]
    Exposed {
        /// The folder.
        folder: PathBuf,
        /// Its rights.
        mode: u32,
        /// The user id of its owner.
        owner: u32,
    },
    /// Another process has the folder.
    #[error(
        "the data folder {} is used by another botbox: stop that one, or give this one a folder \
         of its own",
        .0.display()
    )]
    InUse(PathBuf),
    /// A newer botbox has written a database.
    #[error(
        "{} has schema version {found}, and this botbox knows versions up to {known}: \
         run the botbox that wrote it, or a newer one",
        .database.display()
    )]
    Newer {
        /// The database.
        database: PathBuf,
        /// Its schema version.
        found: i64,
        /// The newest schema version that is known.
        known: i64,
    },
    /// A database can't be opened, or not be upgraded.
    #[error("cannot open {}", .database.display())]
    Database {
        /// The database.
        database: PathBuf,
        /// What went wrong.
        #[source]
        source: StoreError,
    },
    /// A thread of a database can't be started.
    #[error("cannot start a thread of the store")]
    Thread(#[source] io::Error),
}

impl OpenError {
    /// What a failure of a database means.
    pub(super) fn of_database(database: &Path) -> impl Fn(rusqlite::Error) -> Self {
        |error| Self::Database {
            database: database.to_owned(),
            source: error.into(),
        }
    }

    /// What a failure in a folder means.
    pub(super) fn of_folder(folder: &Path) -> impl Fn(io::Error) -> Self {
        |source| Self::Folder {
            folder: folder.to_owned(),
            source,
        }
    }
}
