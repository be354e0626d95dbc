//! Whether the store can do its work.

use crate::error::StoreError;

/// The state of the store as a whole.
pub trait StoreHealth: Send + Sync {
    /// Why nothing can be written any more, if that is so. Only a new start of the host helps.
    fn failure(&self) -> Option<StoreError>;

    /// What keeps the store from taking all that it should, or soon may. The store goes on by itself
    /// when that has passed.
    fn warning(&self) -> Option<StoreError>;

    /// How many bytes the file system of the data folder has left, if the system tells.
    fn free_bytes(&self) -> Option<u64>;
}
