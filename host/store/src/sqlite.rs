//! State in one folder of this machine: SQLite databases, and a lock that makes it one host's.

mod blobs;
mod database;
mod dead_letters;
mod disk;
mod entries;
mod events;
mod folder;
mod inspection;
mod journal;
mod key_value;
mod log;
mod memory;
mod packed;
mod queue;
mod rates;
mod reader;
mod readers;
mod registry;
mod running;
mod schedule;
mod schema;
mod times;
mod values;
mod waiters;
mod writer;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use botbox_clock::Clock;
use rusqlite::Connection;

use crate::error::StoreError;
use crate::journal::Position;
use blobs::BlobFolder;
use disk::Disk;
use events::Events;
use folder::Folder;
use journal::Shared;
use log::{Log, Unmoved};
use memory::Memory;
use reader::Reader;
use running::{Left, Running};
use values::Values;
use waiters::Waiters;
use writer::Writer;

pub use disk::DiskLimits;

/// State in `botbox.sqlite`, `keyvalue.sqlite`, and `blobs` beside them. Dropping it waits until what
/// was asked for is done.
///
/// Each database has one thread that writes. That of the journal reads what the way of an event needs,
/// too: that is quick, and sees what was written before. Those who look into the journal, and those
/// who read values, have connections of their own.
pub struct Sqlite {
    // Dropped before the writer, whose connections are then the last, and leave no log.
    reader: Reader,
    writer: Writer,
    memory: Shared,
    waiters: Waiters,
    values: Values,
    running: Arc<Running>,
    recovery: Recovery,
    blobs: BlobFolder,
    disk: Arc<Disk>,
    unmoved: Unmoved,
    clock: Clock,
}

/// What an earlier process left in the data folder.
#[derive(Clone, Copy, Debug)]
pub struct Recovery {
    /// How many attempts ran when it ended without a stop. Each is counted as one that failed.
    pub cut_off: usize,
    /// The last position that the journal has, and the last one that it had acknowledged, if that is
    /// a later one: the events between them are lost, which takes somebody who changes the files, or
    /// a disk that does not keep what it has synced.
    pub lost: Option<(Position, Position)>,
}

/// Why the data folder can't be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It can't be made, looked at or written to.
    #[error("cannot use the data folder {}", .folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// Others can change what is in it.
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
    /// Another process has it.
    #[error(
        "the data folder {} is used by another botbox: stop that one, or give this one a folder \
         of its own",
        .0.display()
    )]
    InUse(PathBuf),
    /// A newer botbox has written it.
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
    /// The database can't be opened or brought to the newest schema version.
    #[error("cannot open {}", .database.display())]
    Database {
        /// The database.
        database: PathBuf,
        /// What went wrong.
        #[source]
        source: StoreError,
    },
    /// A thread that has a database can't be started.
    #[error("cannot start a thread of the store")]
    Thread(#[source] io::Error),
}

impl Sqlite {
    /// Opens the data folder, and makes what is missing: the folder and its files are then for
    /// their owner only. Reads and writes files: not for a thread that serves requests.
    pub fn open(folder: &Path, clock: Clock) -> Result<Self, OpenError> {
        Self::open_with(folder, DiskLimits::default(), clock)
    }

    /// As [`open`](Self::open), with these limits on the disk.
    pub fn open_with(folder: &Path, limits: DiskLimits, clock: Clock) -> Result<Self, OpenError> {
        let path = folder;
        let folder = Arc::new(Folder::open(path)?);
        let unusable = |source| OpenError::Folder {
            folder: path.to_owned(),
            source,
        };
        let blobs = BlobFolder::open(folder.blobs()).map_err(unusable)?;
        let disk = Arc::new(Disk::open(path, limits).map_err(unusable)?);
        let broken = Arc::new(OnceLock::new());
        let database = folder.database();
        let failed = |error: rusqlite::Error| OpenError::Database {
            database: database.clone(),
            source: error.into(),
        };
        let mut connection = database::connect(&database).map_err(failed)?;
        schema::check(&connection, &schema::JOURNAL, &database)?;
        database::set_up_file(&connection).map_err(failed)?;
        // Before the journal is brought to its newest version, in which it has no entries.
        let values = Values::open(&folder, &disk, &broken, &database, clock.clone())?;
        schema::upgrade(&mut connection, &schema::JOURNAL).map_err(failed)?;
        let mut memory = Memory::open(&connection, clock.clone()).map_err(failed)?;
        let (running, left) = Running::open(&folder.running()).map_err(unusable)?;
        let cut_off = count_cut_off(&mut connection, &mut memory, &left).map_err(|source| {
            let database = database.clone();
            OpenError::Database { database, source }
        })?;
        running.clear().map_err(unusable)?;
        let running = Arc::new(running);
        let recovery = Recovery {
            cut_off,
            lost: (left.last > memory.last).then_some((memory.last, left.last)),
        };
        memory.skip_to(left.last);
        let memory = Shared::new(memory);
        let reader = Reader::open(&database).map_err(failed)?;
        let mover = database::connect(&database).map_err(failed)?;
        database::set_up(&mover).map_err(failed)?;
        let log = Log::start(mover, broken).map_err(OpenError::Thread)?;
        let unmoved = log.unmoved();
        let waiters = Waiters::default();
        let ended = {
            let (memory, waiters) = (memory.clone(), waiters.clone());
            move |committed: &Result<(), StoreError>| {
                memory.end_transaction();
                if committed.is_err() {
                    // Who has claimed meanwhile may have seen what is undone now.
                    waiters.notify_all();
                }
            }
        };
        let writer = Writer::start(connection, log, ended, folder).map_err(OpenError::Thread)?;
        Ok(Self {
            reader,
            writer,
            memory,
            waiters,
            clock,
            values,
            running,
            recovery,
            blobs,
            disk,
            unmoved,
        })
    }

    /// What an earlier process left.
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }
}

impl Drop for Sqlite {
    /// What runs when the host stops in order was not what ended it.
    fn drop(&mut self) {
        let _ = self.running.clear();
    }
}

/// Counts the attempts that the end of the host cut off. Returns how many.
fn count_cut_off(
    connection: &mut Connection,
    memory: &mut Memory,
    left: &Left,
) -> Result<usize, StoreError> {
    let transaction = connection.transaction()?;
    let mut events = Events::new(&transaction, memory);
    let mut count = 0;
    for &(position, started) in &left.ran {
        count += usize::from(events.cut_off(position, started)?);
    }
    transaction.commit()?;
    Ok(count)
}
