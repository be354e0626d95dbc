//! How many of a month's messages a channel has used, as LINE last said.

use std::sync::{Mutex, PoisonError};

use schemars::JsonSchema;
use serde::Serialize;

/// What was last seen of a channel's quota.
#[derive(Default)]
pub(crate) struct Quota {
    seen: Mutex<Option<Usage>>,
}

/// How many of a month's messages are used.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[schemars(rename = "Quota")]
pub(crate) struct Usage {
    /// How many there are, if there is a limit.
    pub(crate) limit: Option<u64>,
    pub(crate) used: u64,
    /// When LINE said so, in seconds since 1970.
    pub(crate) checked_at: i64,
}

impl Quota {
    pub(crate) fn usage(&self) -> Option<Usage> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, usage: Usage) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(usage);
    }
}
