//! Why the store did not do what it was asked to.

use std::error::Error;
use std::sync::Arc;

use crate::key_value::{BUCKET_BYTES, KEY_BYTES, MANY_BYTES, MANY_KEYS, Owner, Usage, VALUE_BYTES};

/// Why the store did not do what it was asked to. Whatever the reason, nothing was changed. No
/// message tells a key or a value: they may be secrets.
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
    /// More keys at a time than [`MANY_KEYS`].
    #[error("{0} keys are asked for at a time; the limit is {MANY_KEYS}: ask for fewer")]
    TooManyKeys(usize),
    /// More bytes of values at a time than [`MANY_BYTES`].
    #[error("the values have more than {MANY_BYTES} bytes together, the limit: ask for fewer")]
    TooManyBytes,
    /// The value to increment is no decimal number of 64 bits.
    #[error("the value can't be incremented, for it is no decimal number of 64 bits")]
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
    /// The disk has no room.
    #[error("the disk is full: make room where the data folder is")]
    DiskFull(#[source] Cause),
    /// The database can be read, but not written.
    #[error("the database can't be written: check the rights of its files and the file system")]
    ReadOnly(#[source] Cause),
    /// The database is damaged.
    #[error("the database is damaged: stop the host and bring its last good copy back")]
    Corrupt(#[source] Cause),
    /// Anything else that the database failed with.
    #[error("the database failed")]
    Failed(#[source] Cause),
    /// The store's thread has ended.
    #[error("the store is closed, for its thread has ended: start the host again")]
    Closed,
}

impl StoreError {
    /// Whether the caller asked for what can't be: another call may do, this one never.
    #[must_use]
    pub fn is_callers(&self) -> bool {
        match self {
            Self::KeyTooLong(_)
            | Self::BucketTooLong(_)
            | Self::ValueTooLarge(_)
            | Self::TooManyKeys(_)
            | Self::TooManyBytes
            | Self::NotANumber
            | Self::Overflow
            | Self::LimitReached { .. } => true,
            Self::DiskFull(_)
            | Self::ReadOnly(_)
            | Self::Corrupt(_)
            | Self::Failed(_)
            | Self::Closed => false,
        }
    }
}

/// One failure can be the answer to many callers.
type Cause = Arc<dyn Error + Send + Sync>;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let code = error.sqlite_error_code();
        let cause = Arc::new(error);
        match code {
            Some(ErrorCode::DiskFull) => Self::DiskFull(cause),
            Some(ErrorCode::ReadOnly) => Self::ReadOnly(cause),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(cause),
            _ => Self::Failed(cause),
        }
    }
}
