//! Key-value, in a database of its own: however large the values are, no webhook waits for them.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use botbox_clock::Clock;
use rusqlite::Connection;
use tokio::time::sleep;

use super::OpenError;
use super::database::{connect, connect_reader, give_back, set_up, set_up_file};
use super::disk::Disk;
use super::entries::{self, Entries};
use super::folder::Folder;
use super::log::{Log, Unmoved};
use super::queue::Priority;
use super::rates::Rates;
use super::readers::{Readers, StartError};
use super::schema;
use super::writer::{Ticket, Writer};
use crate::error::{StoreError, StoreFuture};
use crate::key_value::{Owner, Space, Usage};

/// The values of all owners.
pub(super) struct Values {
    // Dropped before the writer, whose connection is then the last, and leaves no log.
    readers: Readers,
    pub(super) writer: Writer,
    clock: Clock,
    rates: Rates,
    disk: Arc<Disk>,
    unmoved: Unmoved,
}

/// What a write needs.
#[derive(Clone, Copy)]
pub(super) enum Needs {
    /// So many bytes of keys and values.
    Room(usize),
    /// Nothing: it only deletes.
    Nothing,
}

impl Values {
    /// Opens the database, which is made if it is not there, with the entries that another one has.
    pub(super) fn open(
        folder: &Arc<Folder>,
        disk: &Arc<Disk>,
        broken: &Arc<OnceLock<StoreError>>,
        old: &Path,
        clock: Clock,
    ) -> Result<Self, OpenError> {
        let database = folder.values();
        let failed = |error: rusqlite::Error| OpenError::Database {
            database: database.clone(),
            source: error.into(),
        };
        let mut connection = connect(&database).map_err(failed)?;
        schema::check(&connection, &schema::VALUES, &database)?;
        set_up_file(&connection).map_err(failed)?;
        schema::upgrade(&mut connection, &schema::VALUES).map_err(failed)?;
        entries::bring(&connection, old).map_err(failed)?;
        let mover = connect(&database).map_err(failed)?;
        set_up(&mover).map_err(failed)?;
        let log = Log::start(mover, Arc::clone(broken)).map_err(OpenError::Thread)?;
        let unmoved = log.unmoved();
        let writer = Writer::start(connection, log, |_| (), Arc::clone(folder));
        let writer = writer.map_err(OpenError::Thread)?;
        let readers = Readers::start(&database, connect_reader);
        let readers = readers.map_err(|error| match error {
            StartError::Connection(error) => failed(error),
            StartError::Thread(error) => OpenError::Thread(error),
        })?;
        Ok(Self {
            readers,
            writer,
            clock,
            rates: Rates::default(),
            disk: Arc::clone(disk),
            unmoved,
        })
    }

    pub(super) fn failure(&self) -> Option<&StoreError> {
        self.writer.failure()
    }

    pub(super) fn unmoved(&self) -> &Unmoved {
        &self.unmoved
    }

    /// Does `look` on the entries of `space`, of which `bytes` tells what it has read.
    pub(super) fn read<'a, T: Send + 'static>(
        &'a self,
        space: &'a Space,
        look: impl FnOnce(&Entries<'_>) -> Result<T, StoreError> + Send + 'static,
        bytes: impl FnOnce(&T) -> usize + Send + 'a,
    ) -> StoreFuture<'a, T> {
        Box::pin(async move {
            self.pay(&space.owner, 0).await;
            let (turns, priority) = turns(&space.owner);
            let owned = space.clone();
            let clock = self.clock.clone();
            let look = move |connection: &Connection| {
                look(&Entries::of(&owned, connection, clock.now_ms())?)
            };
            let looked = self.readers.read(turns, priority, look).await?;
            // Before, nobody knows how much it is. The next call waits for it.
            if is_tenant(&space.owner) {
                self.rates.charge(&space.owner, bytes(&looked));
            }
            Ok(looked)
        })
    }

    /// Does `write` on the entries of `space`.
    pub(super) fn write<'a, T: Send + 'static>(
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
                    self.pay(&space.owner, bytes).await;
                    bytes
                }
            };
            let (owner, priority) = turns(&space.owner);
            let ticket = Ticket {
                owner,
                priority,
                bytes,
            };
            let (space, clock) = (space.clone(), self.clock.clone());
            let write = move |connection: &Connection| {
                let (before, now) = (connection.total_changes(), clock.now_ms());
                let written = write(&Entries::of(&space, connection, now)?)?;
                // A call that changes nothing must not fail because the disk is full.
                let changes = connection.total_changes() - before;
                if changes > 0 {
                    entries::sweep(connection, changes, now)?;
                    give_back(connection)?;
                }
                Ok(written)
            };
            self.writer.run(ticket, write).await
        })
    }

    /// How much an owner holds.
    pub(super) fn usage<'a>(&'a self, owner: &'a Owner) -> StoreFuture<'a, Usage> {
        let (turns, priority) = turns(owner);
        let (owner, clock) = (owner.clone(), self.clock.clone());
        let look = move |it: &Connection| entries::usage(it, &owner, clock.now_ms());
        Box::pin(self.readers.read(turns, priority, look))
    }

    /// Fails when a tenant may not write, for the room is kept for webhooks.
    fn check_room(&self, owner: &Owner) -> Result<(), StoreError> {
        if !is_tenant(owner) {
            return Ok(());
        }
        self.disk.check_reserve()?;
        self.disk.check_log(&self.unmoved)
    }

    /// Waits until a tenant may move bytes.
    async fn pay(&self, owner: &Owner, bytes: usize) {
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

/// Whose turn it is when an owner asks, and how soon.
fn turns(owner: &Owner) -> (&str, Priority) {
    match owner {
        Owner::Host => ("", Priority::High),
        Owner::Channel(channel) => (channel, Priority::High),
        Owner::Plugin(channel) => (channel, Priority::Low),
    }
}
