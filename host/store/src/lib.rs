//! Durable state behind traits, so that what keeps it can be changed: [`Sqlite`] keeps it in one
//! folder.

mod error;
mod key_value;
mod sqlite;

pub use error::StoreError;
pub use key_value::{
    Answer, BUCKET_BYTES, KEY_BYTES, KeyValue, MANY_BYTES, MANY_KEYS, Owner, PAGE_KEYS, Space,
    Swap, Usage, VALUE_BYTES,
};
pub use sqlite::{OpenError, Sqlite};
