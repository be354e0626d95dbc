//! The registry's database, from its opening on.

use std::sync::Arc;

use botbox_clock::Clock;
use rusqlite::Connection;

use crate::error::{StoreError, StoreFuture};
use crate::sqlite::database::{
    self, Checkpointer, FailedSync, JobClass, PendingLog, Priority, Reader, Writer,
};
use crate::sqlite::folder::DataFolder;
use crate::sqlite::open_error::OpenError;

/// What the host serves.
pub(crate) struct RegistryDatabase {
    // Dropped before the writer, whose connection is then the last, and leaves no log.
    reader: Reader,
    pub(crate) writer: Writer,
    clock: Clock,
    pending_log: PendingLog,
}

impl RegistryDatabase {
    /// Opens the database, which is made if it is not there.
    pub(crate) fn open(
        folder: &Arc<DataFolder>,
        failed_sync: &FailedSync,
        clock: Clock,
    ) -> Result<Self, OpenError> {
        let path = folder.registry();
        let failed = OpenError::of_database(&path);
        let mut connection = database::open(&path, &database::REGISTRY)?;
        database::upgrade(&mut connection, &database::REGISTRY).map_err(&failed)?;
        connection
            .pragma_update(None, "foreign_keys", true)
            .map_err(&failed)?;
        let checkpointer = Checkpointer::start(&path, failed_sync.clone())?;
        let pending_log = checkpointer.pending();
        let reader = Reader::open(&path).map_err(&failed)?;
        let writer = Writer::start(connection, checkpointer, (), Arc::clone(folder));
        Ok(Self {
            reader,
            writer: writer.map_err(OpenError::Thread)?,
            clock,
            pending_log,
        })
    }

    pub(crate) fn pending_log(&self) -> &PendingLog {
        &self.pending_log
    }

    /// Reads what is durable.
    pub(crate) fn read<'a, T: Send + 'static>(
        &'a self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'a, T> {
        Box::pin(self.reader.read(read))
    }

    /// Makes a change, which is told the time in milliseconds since the Unix epoch.
    pub(crate) fn write<'a, T: Send + 'static>(
        &'a self,
        write: impl FnOnce(&Connection, i64) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'a, T> {
        // Operators do not compete with anybody here.
        let class = JobClass::new("", Priority::High);
        let clock = self.clock.clone();
        let write = move |connection: &Connection| write(connection, clock.now_ms());
        Box::pin(self.writer.run(class, write))
    }
}
