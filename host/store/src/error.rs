//! Why the store did not do what it was asked to.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::journal::backlog::Backlog;
use crate::key_value::space::{
    BUCKET_BYTES, KEY_BYTES, MANY_BYTES, MANY_KEYS, Owner, Usage, VALUE_BYTES,
};
use crate::registry::error::RegistryError;

/// What a call of the store will return. Boxed, so that the store can be chosen at run time.
pub type StoreFuture<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// Why the store did not do what it was asked to. Whatever the reason, nothing was changed. No message
/// tells a key or a value, because they may be secrets.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// A key is longer than [`KEY_BYTES`].
    #[error("the key has {0} bytes; the limit is {KEY_BYTES}")]
    KeyTooLong(usize),
    /// The name of a bucket is longer than [`BUCKET_BYTES`].
    #[error("the bucket's name has {0} bytes; the limit is {BUCKET_BYTES}")]
    BucketTooLong(usize),
    /// A value is larger than [`VALUE_BYTES`].
    #[error("the value has {0} bytes; the limit is {VALUE_BYTES}")]
    ValueTooLarge(usize),
    /// A call has more keys than [`MANY_KEYS`].
    #[error("{0} keys are asked for at a time; the limit is {MANY_KEYS}: ask for fewer")]
    TooManyKeys(usize),
    /// A call has more bytes of values than [`MANY_BYTES`].
    #[error("the values have more than {MANY_BYTES} bytes together, the limit: ask for fewer")]
    TooManyBytes,
    /// The caller has no room for the values that it asks for.
    #[error("there is no room for the {0} bytes of the values: ask for fewer")]
    NotAdmitted(usize),
    /// The value that is to be incremented is no decimal number of 64 bits.
    #[error("the value can't be incremented, because it is no decimal number of 64 bits")]
    NotANumber,
    /// The sum does not fit into 64 bits.
    #[error("the number can't be incremented: the sum does not fit into 64 bits")]
    Overflow,
    /// The owner would hold more than its limit.
    #[error(
        "{owner} would hold {} keys with {} bytes; the limit is {} keys and {} bytes: \
         delete some, or raise the limit",
        .usage.keys, .usage.bytes, .limit.keys, .limit.bytes
    )]
    LimitReached {
        /// Who would hold too much.
        owner: Owner,
        /// What the owner would hold.
        usage: Usage,
        /// The most that it may hold.
        limit: Usage,
    },
    /// More events of a channel would wait than may.
    #[error(
        "{events} events of the channel, with {bytes} bytes, would wait; the limit is {} events \
         and {} bytes",
        .limit.events, .limit.bytes
    )]
    Backlog {
        /// How many would wait.
        events: u64,
        /// How many bytes of JSON they would have.
        bytes: u64,
        /// The limits of the channel.
        limit: Backlog,
    },
    /// Events of a channel have waited too long for their turn.
    #[error(
        "events of the channel have waited for their turn for {} s; the limit is {} s",
        .age.as_secs(), .limit.as_secs()
    )]
    BacklogAge {
        /// How long the oldest event has waited.
        age: Duration,
        /// How long it may wait.
        limit: Duration,
    },
    /// The dead letters of a channel fill what may be kept of it.
    #[error(
        "{bytes} bytes are kept of the channel's dead letters and other ended events; the limit is \
         {limit}: discard dead letters, or replay them"
    )]
    Kept {
        /// How many bytes are kept.
        bytes: u64,
        /// How many may be kept.
        limit: u64,
    },
    /// A query of an operator takes too long.
    #[error("the query took longer than {} s: ask for less", .0.as_secs())]
    SlowQuery(Duration),
    /// A name can't be one of a blob.
    #[error("`{0}` is no name of a blob: it has 1 to 128 letters and digits")]
    BlobName(String),
    /// The registry refuses a change.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// What the disk has left is for webhooks.
    #[error(
        "the disk has {} MiB left, and the last {} MiB are for webhooks: delete what is not needed, \
         make room where the data folder is, or lower `reserve_mib` in `[store]`",
        .free >> 20, .reserve >> 20
    )]
    Reserved {
        /// The bytes that the disk has left.
        free: u64,
        /// The bytes that are for webhooks alone.
        reserve: u64,
    },
    /// A write-ahead log is long, because it can't be checkpointed.
    #[error(
        "{} MiB of the database's log can't be moved into the database, because something reads it for \
         long, such as a backup, or because the disk is full: end what reads, or make room",
        .0 >> 20
    )]
    LogHeld(u64),
    /// A write-ahead log is as long as it may be.
    #[error(
        "{} MiB of the database's log can't be moved into the database, and the limit is {} MiB: \
         end what reads the database, such as a backup, or make room where the data folder is",
        .bytes >> 20, .limit >> 20
    )]
    LogFull {
        /// The bytes that are not in the database yet.
        bytes: u64,
        /// How many there may be: [`DiskLimits::log`](crate::DiskLimits::log).
        limit: u64,
    },
    /// The disk has less left than a write-ahead log may need to be checkpointed.
    #[error(
        "the disk is full: it has {} KiB left, and {} KiB of the database's log may need as much: make \
         room where the data folder is",
        .free >> 10, .bytes.div_ceil(1 << 10)
    )]
    LogNeedsRoom {
        /// The bytes that are not in the database yet.
        bytes: u64,
        /// The bytes that the disk has left.
        free: u64,
    },
    /// The disk has no room.
    #[error("the disk is full: make room where the data folder is")]
    DiskFull(#[source] Cause),
    /// The database can be read, but not written.
    #[error("the database can't be written: check the rights of its files and the file system")]
    ReadOnly(#[source] Cause),
    /// A copy of a database is not whole.
    #[error("the copy of a database is not whole: {0}; throw it away, and look after the disk")]
    BadCopy(String),
    /// The database is damaged.
    #[error("the database is damaged: stop the host and bring its last good copy back")]
    Corrupt(#[source] Cause),
    /// The disk failed to write. What was written last may be there or not, and another try could seem to
    /// succeed without it: so nothing is written any more.
    #[error(
        "the disk failed, and nothing is written any more: look after it, and start the host again"
    )]
    Broken(#[source] Cause),
    /// The database failed in another way.
    #[error("the database failed")]
    Failed(#[source] Cause),
    /// The store's thread has ended.
    #[error("the store is closed, because its thread has ended: start the host again")]
    Closed,
}

impl StoreError {
    /// Whether the call is refused though the store is well: for what it asks for, or for lack of room.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::KeyTooLong(_)
            | Self::BucketTooLong(_)
            | Self::ValueTooLarge(_)
            | Self::TooManyKeys(_)
            | Self::TooManyBytes
            | Self::NotAdmitted(_)
            | Self::NotANumber
            | Self::Overflow
            | Self::LimitReached { .. }
            | Self::Backlog { .. }
            | Self::BacklogAge { .. }
            | Self::Kept { .. }
            | Self::Registry(_)
            | Self::Reserved { .. }
            | Self::SlowQuery(_)
            | Self::BlobName(_) => true,
            Self::LogHeld(_)
            | Self::LogFull { .. }
            | Self::LogNeedsRoom { .. }
            | Self::DiskFull(_)
            | Self::ReadOnly(_)
            | Self::BadCopy(_)
            | Self::Corrupt(_)
            | Self::Broken(_)
            | Self::Failed(_)
            | Self::Closed => false,
        }
    }
}

/// Shared, because one failure can be the answer to many callers.
pub(crate) type Cause = Arc<dyn Error + Send + Sync>;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        use rusqlite::ffi;
        let code = error.sqlite_error_code();
        let extended = error.sqlite_error().map(|it| it.extended_code);
        let cause = Arc::new(error);
        if let Some(
            ffi::SQLITE_IOERR_READ | ffi::SQLITE_IOERR_SHORT_READ | ffi::SQLITE_IOERR_NOMEM,
        ) = extended
        {
            // Only a read failed: no write is lost.
            return Self::Failed(cause);
        }
        if extended == Some(ffi::SQLITE_IOERR_SHMSIZE) {
            // The index of the log finds no room to grow.
            return Self::DiskFull(cause);
        }
        match code {
            Some(ErrorCode::DiskFull) => Self::DiskFull(cause),
            Some(ErrorCode::ReadOnly) => Self::ReadOnly(cause),
            Some(ErrorCode::SystemIoFailure) => Self::Broken(cause),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(cause),
            _ => Self::Failed(cause),
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        let kind = error.kind();
        let cause = Arc::new(error);
        match kind {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull(cause),
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                Self::ReadOnly(cause)
            }
            _ => Self::Failed(cause),
        }
    }
}
