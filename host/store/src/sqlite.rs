//! State in one folder of this machine: a SQLite database, and a lock that makes it one host's.

mod appointments;
mod blobs;
mod changes;
mod clock;
mod dead_letters;
mod entries;
mod events;
mod folder;
mod inspection;
mod journal;
mod key_value;
mod memory;
mod reader;
mod registry;
mod schema;
mod writer;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::StoreError;
use crate::key_value::Answer;
use blobs::BlobFolder;
use changes::Changes;
use folder::Folder;
use journal::Shared;
use memory::Memory;
use reader::Reader;
use writer::Writer;

/// How long another program may hold the database, such as a backup, until the store gives up.
const BUSY: Duration = Duration::from_secs(5);

/// How the database is used: what is committed is on disk, and a failing disk is an error of a
/// call, not a signal that ends the host, as it would be with memory maps. The log is moved into the
/// database by the writer, for SQLite does not tell when its own way of doing that fails. Nothing
/// goes to the system's folder for temporary files, which may be missing or full, or others'.
const SETTINGS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA mmap_size = 0;
";

/// How many prepared statements are kept: all that there are.
const STATEMENTS: usize = 128;

/// State in `botbox.sqlite`, and `blobs` beside it. Dropping it waits until what was asked for is
/// done.
///
/// One thread writes, and reads what the way of an event needs: that is quick, and sees what was
/// written before. Those who look into the journal have a connection of their own.
pub struct Sqlite {
    // Dropped before the writer, whose connection is then the last, and leaves no log.
    reader: Reader,
    writer: Writer,
    memory: Shared,
    changes: Changes,
    blobs: BlobFolder,
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
    /// The thread that has the database can't be started.
    #[error("cannot start the store's thread")]
    Thread(#[source] io::Error),
}

impl Sqlite {
    /// Opens the data folder, and makes what is missing: the folder and its files are then for
    /// their owner only. Reads and writes files: not for a thread that serves requests.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        let path = folder;
        let folder = Folder::open(path)?;
        let blobs = BlobFolder::open(folder.blobs()).map_err(|source| OpenError::Folder {
            folder: path.to_owned(),
            source,
        })?;
        let database = folder.database();
        let failed = |error: rusqlite::Error| OpenError::Database {
            database: database.clone(),
            source: error.into(),
        };
        // The folder has made the file; threads share nothing that SQLite would have to guard.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&database, flags).map_err(failed)?;
        connection.busy_timeout(BUSY).map_err(failed)?;
        let found = schema::version(&connection).map_err(failed)?;
        let known = schema::NEWEST;
        if found > known {
            return Err(OpenError::Newer {
                database,
                found,
                known,
            });
        }
        connection.execute_batch(SETTINGS).map_err(failed)?;
        // Else statements are planned anew whenever their parameters are set: a third of the time.
        let stable = DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG;
        connection.set_db_config(stable, true).map_err(failed)?;
        schema::upgrade(&mut connection, found).map_err(failed)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        let memory = Memory::open(&connection).map_err(failed)?;
        let reader = Reader::open(&database).map_err(failed)?;
        let writer = Writer::start(connection, folder).map_err(OpenError::Thread)?;
        Ok(Self {
            writer,
            reader,
            memory: Shared::new(memory),
            changes: Changes::default(),
            blobs,
        })
    }
}
