//! Blobs: a file each, beside the databases. In a database, its other changes would have to wait for
//! them.

use std::fs::{self, DirBuilder};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::data_folder::{private_file, sync};
use crate::error::StoreError;

/// The most bytes of a name: a SHA-512 in hexadecimal.
const NAME_BYTES: usize = 128;

/// A folder with a file for each blob.
#[derive(Clone)]
pub(crate) struct BlobFolder {
    path: PathBuf,
    /// Held while one is put or removed: a blob that is there must not go before its caller is told.
    changes: Arc<Mutex<()>>,
}

impl BlobFolder {
    /// Opens the folder, and removes what a crash has left unfinished.
    pub(crate) fn open(path: PathBuf) -> io::Result<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&path)?;
        for entry in fs::read_dir(&path)? {
            let path = entry?.path();
            if path.extension().is_some_and(|it| it == "partial") {
                fs::remove_file(path)?;
            }
        }
        Ok(Self {
            path,
            changes: Arc::default(),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn file(&self, name: &str) -> Result<PathBuf, StoreError> {
        let is_name = (1..=NAME_BYTES).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_name {
            let name = name.chars().take(NAME_BYTES).collect();
            return Err(StoreError::BlobName(name));
        }
        Ok(self.path.join(name))
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        Ok(self.write(&self.file(name)?, bytes)?)
    }

    pub(crate) fn fetch(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match fs::read(self.file(name)?) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) fn remove(&self, name: &str) -> Result<(), StoreError> {
        let path = self.file(name)?;
        let _changes = self.lock();
        match fs::remove_file(path) {
            Ok(()) => Ok(sync(&self.path)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let _changes = self.lock();
        if !path.exists() {
            let partial = path.with_extension("partial");
            let written = write_whole(&partial, bytes).and_then(|()| fs::rename(&partial, path));
            if let Err(error) = written {
                // Why it failed matters more.
                let _ = fs::remove_file(&partial);
                return Err(error);
            }
        }
        // Also if it is there: who put it may not have come to this.
        sync(&self.path)
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private_file(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
