//! The data folder, held by one process at a time.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::process::geteuid;

use crate::sqlite::open_error::OpenError;

/// The data folder. It is this process's until it is dropped.
pub(crate) struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        let failed = OpenError::of_folder(path);
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(&failed)?;
        let found = fs::metadata(path).map_err(&failed)?;
        let (mode, owner) = (found.mode() & 0o777, found.uid());
        if found.is_dir() && (mode & 0o022 != 0 || owner != geteuid().as_raw()) {
            return Err(OpenError::Exposed {
                folder: path.to_owned(),
                mode,
                owner,
            });
        }
        let lock = private_file(&path.join("lock")).map_err(&failed)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => OpenError::InUse(path.to_owned()),
            TryLockError::Error(error) => failed(error),
        })?;
        let folder = Self {
            path: path.to_owned(),
            _lock: lock,
        };
        // A file that SQLite makes can be read by others. The files beside it get the same rights.
        private_file(&folder.journal()).map_err(&failed)?;
        private_file(&folder.values()).map_err(&failed)?;
        private_file(&folder.registry()).map_err(&failed)?;
        private_file(&folder.logs()).map_err(&failed)?;
        // The names, too, must be there after a power failure.
        sync(path).map_err(&failed)?;
        if let Some(parent) = path.canonicalize().map_err(&failed)?.parent() {
            // The parent may be unreadable, and the folder is new only once.
            let _ = sync(parent);
        }
        Ok(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The database of the journal.
    pub(crate) fn journal(&self) -> PathBuf {
        self.path.join("botbox.sqlite")
    }

    /// The database of key-value.
    pub(crate) fn values(&self) -> PathBuf {
        self.path.join("keyvalue.sqlite")
    }

    /// The database of the registry.
    pub(crate) fn registry(&self) -> PathBuf {
        self.path.join("registry.sqlite")
    }

    /// The database of the plugins' logs.
    pub(crate) fn logs(&self) -> PathBuf {
        self.path.join("logs.sqlite")
    }

    /// The file of the attempts that run.
    pub(crate) fn running(&self) -> PathBuf {
        self.path.join("running")
    }

    /// The redo log of the journal.
    pub(crate) fn redo(&self) -> PathBuf {
        self.path.join("redo")
    }

    pub(crate) fn blobs(&self) -> PathBuf {
        self.path.join("blobs")
    }
}

/// Syncs the names in a folder.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// A file that only its owner reads, made if it is not there.
pub(crate) fn private_file(path: &Path) -> io::Result<File> {
    let mode = 0o600;
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(mode)
        .open(path)?;
    file.set_permissions(Permissions::from_mode(mode))?;
    Ok(file)
}
