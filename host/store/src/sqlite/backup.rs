//! A copy of the store while it is used.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::database::connect_reader;
use super::folder::sync;
use super::store::Sqlite;
use crate::error::StoreError;

impl Sqlite {
    /// Copies the databases and blobs into an empty folder, which is then a data folder of its own. Each
    /// database is copied as it is at one moment. The journal goes first, and the registry last, so that
    /// what an event began with is known to the copy.
    ///
    /// What is written meanwhile goes on; it can't be moved from a database's log into the database before
    /// that one is copied, so a copy to a slow disk can fill the log.
    ///
    /// # Errors
    ///
    /// When the folder can't be written, or a copy is not whole: it is then to be thrown away.
    pub async fn back_up(&self, folder: &Path) -> Result<(), StoreError> {
        // What the tables lack is in no copy.
        self.journal.fold().await?;
        let databases = self.databases();
        let (blobs, to) = (self.blobs.path().to_owned(), folder.to_owned());
        let copied = tokio::task::spawn_blocking(move || {
            for database in databases {
                copy_database(&database, &to)?;
            }
            copy_blobs(&blobs, &to)?;
            Ok(sync(&to)?)
        });
        copied.await.unwrap_or(Err(StoreError::Closed))
    }
}

fn copy_database(database: &Path, folder: &Path) -> Result<(), StoreError> {
    let name = database.file_name().unwrap_or_default();
    let copy = folder.join(name);
    let target = copy.to_string_lossy().into_owned();
    connect_reader(database)?.execute("VACUUM INTO ?1", [target])?;
    let connection = Connection::open(&copy)?;
    let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    if sound != "ok" {
        return Err(StoreError::BadCopy(sound));
    }
    drop(connection);
    Ok(fs::File::open(&copy)?.sync_all()?)
}

/// A blob never changes once it is there.
fn copy_blobs(blobs: &Path, folder: &Path) -> Result<(), StoreError> {
    let to: PathBuf = folder.join(blobs.file_name().unwrap_or_default());
    DirBuilder::new().mode(0o700).create(&to)?;
    for entry in fs::read_dir(blobs)? {
        let path = entry?.path();
        if path.extension().is_none() {
            let copy = to.join(path.file_name().unwrap_or_default());
            fs::copy(&path, &copy)?;
            fs::File::open(&copy)?.sync_all()?;
        }
    }
    Ok(sync(&to)?)
}
