//! The store as a whole: it is opened, and dropped.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use botbox_clock::Clock;

use super::database::{self, FailedSync};
use super::folder::{BlobFolder, DataFolder, Disk, DiskLimits};
use super::journal::{JournalDatabase, Recovery};
use super::logs::LogDatabase;
use super::open_error::OpenError;
use super::registry::RegistryDatabase;
use super::values::Values;

/// State in `botbox.sqlite`, `keyvalue.sqlite`, `registry.sqlite` and `logs.sqlite`, and `blobs` beside
/// them. Dropping it waits until what
/// was asked for is done.
pub struct Sqlite {
    pub(super) journal: JournalDatabase,
    pub(super) values: Values,
    pub(super) registry: RegistryDatabase,
    pub(super) logs: LogDatabase,
    pub(super) blobs: BlobFolder,
    pub(super) disk: Arc<Disk>,
    folder: Arc<DataFolder>,
}

impl Sqlite {
    /// Opens the data folder, and makes what is missing: the folder and its files are then for
    /// their owner only. Reads and writes files: not for a thread that serves requests.
    ///
    /// # Errors
    ///
    /// When the folder can't be used, or is used by another process.
    pub fn open(folder: &Path, clock: Clock) -> Result<Self, OpenError> {
        Self::open_with(folder, DiskLimits::default(), clock)
    }

    /// As [`open`](Self::open), with these limits on the disk.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn open_with(folder: &Path, limits: DiskLimits, clock: Clock) -> Result<Self, OpenError> {
        let path = folder;
        let folder = Arc::new(DataFolder::open(path)?);
        let disk = Disk::open(path, limits).map_err(OpenError::of_folder(path))?;
        Self::open_on(&folder, Arc::new(disk), clock)
    }

    pub(super) fn open_on(
        folder: &Arc<DataFolder>,
        disk: Arc<Disk>,
        clock: Clock,
    ) -> Result<Self, OpenError> {
        let blobs = BlobFolder::open(folder.blobs());
        let blobs = blobs.map_err(OpenError::of_folder(folder.path()))?;
        let failed_sync = FailedSync::default();
        let path = folder.journal();
        let journal = database::open(&path, &database::JOURNAL)?;
        // Its first version has the entries, which its upgrade drops.
        let values = Values::open(folder, &disk, &failed_sync, &path, clock.clone())?;
        let journal = JournalDatabase::open(journal, folder, &disk, &failed_sync, clock.clone())?;
        let registry = RegistryDatabase::open(folder, &failed_sync, clock)?;
        let logs = LogDatabase::open(folder, &disk)?;
        Ok(Self {
            journal,
            values,
            registry,
            logs,
            blobs,
            disk,
            folder: Arc::clone(folder),
        })
    }

    /// The databases, in the order in which they are copied.
    pub(super) fn databases(&self) -> [PathBuf; 4] {
        [
            self.folder.journal(),
            self.folder.values(),
            self.folder.logs(),
            self.folder.registry(),
        ]
    }

    /// What the end of an earlier process has left.
    #[must_use]
    pub fn recovery(&self) -> &Recovery {
        self.journal.recovery()
    }
}
