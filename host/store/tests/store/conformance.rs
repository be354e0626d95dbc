//! What every implementation of the store's traits does.

pub(crate) mod blobs;
pub(crate) mod journal;
pub(crate) mod key_value;
pub(crate) mod logs;
mod race;
pub(crate) mod registry;
