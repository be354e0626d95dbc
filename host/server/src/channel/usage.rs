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

impl Usage {
    /// How much of the limit is used: 0 without one.
    #[expect(
        clippy::cast_precision_loss,
        reason = "nobody sends the messages that it takes to matter"
    )]
    pub(crate) fn used_ratio(self) -> f64 {
        match self.limit {
            None => 0.0,
            Some(limit) => self.used as f64 / limit.max(1) as f64,
        }
    }
}

impl Quota {
    pub(crate) fn usage(&self) -> Option<Usage> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, usage: Usage) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(usage);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_one_of_a_limit() {
        let ratio = |used, limit| {
            let checked_at = 0;
            let usage = Usage {
                limit,
                used,
                checked_at,
            };
            format!("{:.2}", usage.used_ratio())
        };
        assert_eq!(ratio(150, Some(200)), "0.75");
        assert_eq!(ratio(150, None), "0.00");
        assert_eq!(ratio(0, Some(0)), "0.00");
    }
}
