//! Durable state behind traits, so that what keeps it can be changed: [`Sqlite`] keeps it in one
//! folder.

mod blobs;
mod error;
mod journal;
mod key_value;
mod registry;
mod sqlite;

pub use blobs::Blobs;
pub use error::StoreError;
pub use journal::{
    Appended, Appointment, Backlog, ChannelStats, Claim, Claims, DEDUPLICATION, Details, Entry,
    EventFilter, EventState, Expected, FailedAttempt, Journal, NewEvent, Outcome, PAGE_EVENTS,
    Position, STEP_EVENTS, Scheduled, Settlement, Step,
};
pub use key_value::{
    Answer, BUCKET_BYTES, KEY_BYTES, KeyValue, MANY_BYTES, MANY_KEYS, Owner, PAGE_KEYS, RATE_BURST,
    RATE_BYTES, Space, Swap, Usage, VALUE_BYTES,
};
pub use registry::{DeployedVersion, Registry};
pub use sqlite::{Found, OpenError, Room, Sqlite};
