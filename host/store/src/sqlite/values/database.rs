//! The database of key-value. It is apart from the journal's, so that no webhook waits for values,
//! however large they are.

use std::path::Path;
use std::sync::Arc;

use botbox_clock::Clock;
use rusqlite::Connection;
use tokio::time::sleep;

use super::entries::{self, Entries};
use super::rates::Rates;
use crate::error::{StoreError, StoreFuture};
use crate::key_value::{Owner, Space, Usage};
use crate::sqlite::database::{
    self, Checkpointer, FailedSync, JobClass, PendingLog, Priority, ReaderPool, Writer, shrink,
};
use crate::sqlite::folder::{DataFolder, Disk};
use crate::sqlite::open_error::OpenError;

/// The entries of all owners.
pub(crate) struct Values {
    // Dropped before the writer, whose connection is then the last, and leaves no log.
    readers: ReaderPool,
    pub(crate) writer: Writer,
    clock: Clock,
    rates: Rates,
    disk: Arc<Disk>,
    pending_log: PendingLog,
}

/// What a write needs.
#[derive(Clone, Copy)]
pub(crate) enum Needs {
    /// So many bytes of keys and values.
    Room(usize),
    /// Nothing: it only deletes.
    Nothing,
}

impl Values {
    /// Opens the database, which is made if it is not there, and imports the entries of an `old` one.
    pub(crate) fn open(
        folder: &Arc<DataFolder>,
        disk: &Arc<Disk>,
        failed_sync: &FailedSync,
        old: &Path,
        clock: Clock,
    ) -> Result<Self, OpenError> {
        let path = folder.values();
        let failed = OpenError::of_database(&path);
        let mut connection = database::open(&path, &database::VALUES)?;
        database::upgrade(&mut connection, &database::VALUES).map_err(&failed)?;
        entries::import(&connection, old).map_err(&failed)?;
        let checkpointer = Checkpointer::start(&path, failed_sync.clone())?;
        let pending_log = checkpointer.pending();
        let writer = Writer::start(connection, checkpointer, (), Arc::clone(folder));
        Ok(Self {
            writer: writer.map_err(OpenError::Thread)?,
            readers: ReaderPool::start(&path)?,
            clock,
            rates: Rates::default(),
            disk: Arc::clone(disk),
            pending_log,
        })
    }

    pub(crate) fn pending_log(&self) -> &PendingLog {
        &self.pending_log
    }

    /// Reads the entries of `space` by `look`. `bytes` tells how much that was.
    pub(crate) fn read<'a, T: Send + 'static>(
        &'a self,
        space: &'a Space,
        look: impl FnOnce(&Entries<'_>) -> Result<T, StoreError> + Send + 'static,
        bytes: impl FnOnce(&T) -> usize + Send + 'a,
    ) -> StoreFuture<'a, T> {
        Box::pin(async move {
            self.throttle(&space.owner, 0).await;
            let (turns, priority) = turns(&space.owner);
            let owned = space.clone();
            let clock = self.clock.clone();
            let look = move |connection: &Connection| {
                look(&Entries::of(&owned, connection, clock.now_ms())?)
            };
            let looked = self.readers.read(turns, priority, look).await?;
            // How much it is, is known only now: the next call waits for it.
            if is_tenant(&space.owner) {
                self.rates.charge(&space.owner, bytes(&looked));
            }
            Ok(looked)
        })
    }

    /// Changes the entries of `space` by `write`.
    pub(crate) fn write<'a, T: Send + 'static>(
        &'a self,
        space: &'a Space,
        needs: Needs,
        write: impl FnOnce(&Entries<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'a, T> {
        Box::pin(async move {
            let bytes = match needs {
                Needs::Nothing => 0,
                Needs::Room(bytes) => {
                    self.check_room(&space.owner)?;
                    self.throttle(&space.owner, bytes).await;
                    bytes
                }
            };
            let (owner, priority) = turns(&space.owner);
            let class = JobClass::new(owner, priority).with_bytes(bytes);
            let (space, clock) = (space.clone(), self.clock.clone());
            let write = move |connection: &Connection| {
                let (before, now) = (connection.total_changes(), clock.now_ms());
                let written = write(&Entries::of(&space, connection, now)?)?;
                // A call that changes nothing must not fail because the disk is full.
                let changes = connection.total_changes() - before;
                if changes > 0 {
                    entries::sweep(connection, changes, now)?;
                    shrink(connection)?;
                }
                Ok(written)
            };
            self.writer.run(class, write).await
        })
    }

    /// How much an owner holds.
    pub(crate) fn usage<'a>(&'a self, owner: &'a Owner) -> StoreFuture<'a, Usage> {
        let (turns, priority) = turns(owner);
        let (owner, clock) = (owner.clone(), self.clock.clone());
        let look = move |it: &Connection| entries::usage(it, &owner, clock.now_ms());
        Box::pin(self.readers.read(turns, priority, look))
    }

    /// Deletes some of what an owner holds.
    pub(crate) fn purge<'a>(&'a self, owner: &'a Owner) -> StoreFuture<'a, usize> {
        // Nobody waits for it.
        let class = JobClass::new(turns(owner).0, Priority::Low);
        let owner = owner.clone();
        let purge = move |connection: &Connection| entries::purge(connection, &owner);
        Box::pin(self.writer.run(class, purge))
    }

    /// Fails if a tenant may not write, because the room is for webhooks.
    fn check_room(&self, owner: &Owner) -> Result<(), StoreError> {
        if !is_tenant(owner) {
            return Ok(());
        }
        self.disk.check_reserve()?;
        self.disk.check_log(&self.pending_log)
    }

    /// Waits until a tenant may read or write so many bytes more.
    async fn throttle(&self, owner: &Owner, bytes: usize) {
        if is_tenant(owner) {
            let wait = self.rates.charge(owner, bytes);
            if !wait.is_zero() {
                sleep(wait).await;
            }
        }
    }
}

fn is_tenant(owner: &Owner) -> bool {
    matches!(owner, Owner::Plugin(_))
}

/// With whom an owner takes turns, and with which priority.
fn turns(owner: &Owner) -> (&str, Priority) {
    match owner {
        Owner::Host => ("", Priority::High),
        Owner::Channel(channel) => (channel, Priority::High),
        Owner::Plugin(channel) => (channel, Priority::Low),
    }
}
