//! The database of the logs, from its opening on.

use std::sync::Arc;

use rusqlite::Connection;

use crate::error::{StoreError, StoreFuture};
use crate::sqlite::database::{
    self, Checkpointer, FailedSync, JobClass, PendingLog, Priority, Reader, Writer, shrink,
};
use crate::sqlite::folder::{DataFolder, Disk};
use crate::sqlite::open_error::OpenError;

/// The logs of channels.
pub(crate) struct LogDatabase {
    // Dropped before the writer, whose connection is then the last, and leaves no log.
    reader: Reader,
    writer: Writer,
    disk: Arc<Disk>,
    pending_log: PendingLog,
}

impl LogDatabase {
    /// Opens the database, which is made if it is not there.
    pub(crate) fn open(folder: &Arc<DataFolder>, disk: &Arc<Disk>) -> Result<Self, OpenError> {
        let path = folder.logs();
        let failed = OpenError::of_database(&path);
        let mut connection = database::open(&path, &database::LOGS)?;
        database::upgrade(&mut connection, &database::LOGS).map_err(&failed)?;
        // What a failing machine may lose of it is not worth a sync for each commit.
        connection
            .pragma_update(None, "synchronous", "NORMAL")
            .map_err(&failed)?;
        // Its own: a sync that fails here costs no event.
        let checkpointer = Checkpointer::start(&path, FailedSync::default())?;
        let pending_log = checkpointer.pending();
        let reader = Reader::open(&path).map_err(&failed)?;
        let writer = Writer::start(connection, checkpointer, (), Arc::clone(folder));
        Ok(Self {
            reader,
            writer: writer.map_err(OpenError::Thread)?,
            disk: Arc::clone(disk),
            pending_log,
        })
    }

    /// Fails if the disk's last room is for webhooks.
    pub(crate) fn check_room(&self) -> Result<(), StoreError> {
        self.disk.check_reserve()?;
        self.disk.check_log(&self.pending_log)
    }

    /// Reads what is committed.
    pub(crate) fn read<'a, T: Send + 'static>(
        &'a self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'a, T> {
        Box::pin(self.reader.read(read))
    }

    /// Changes what is kept.
    pub(crate) fn write<'a>(
        &'a self,
        write: impl FnOnce(&Connection) -> Result<(), StoreError> + Send + 'static,
    ) -> StoreFuture<'a, ()> {
        let class = JobClass::new("", Priority::Low);
        let write = |connection: &Connection| {
            write(connection)?;
            Ok(shrink(connection)?)
        };
        Box::pin(self.writer.run(class, write))
    }
}
