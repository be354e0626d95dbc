//! How long events are kept.

use std::time::Duration;

use crate::error::StoreFuture;

/// How long a channel knows the id of an event that has ended: 24 hours. LINE does not tell for how
/// long it redelivers an event; a reply token expires after 20 minutes at the latest, and a retry key
/// after a day (LINE reference, "Retrying an API request").
pub const DEDUPLICATION: Duration = Duration::from_secs(24 * 3600);

/// Removes ended events whose time is over, and all events of channels that are deleted.
pub trait EventRetention: Send + Sync {
    /// Removes what need not be kept any longer, of at most [`STEP_EVENTS`](crate::STEP_EVENTS) events.
    /// Returns of how many: if it is the limit, there may be more.
    fn sweep(&self) -> StoreFuture<'_, usize>;

    /// Removes what a channel has, of about [`STEP_EVENTS`](crate::STEP_EVENTS) events. Returns of how
    /// many: if it is not 0, there may be more. Nobody may append to the channel or claim of it meanwhile.
    fn purge_channel<'a>(&'a self, channel: &'a str) -> StoreFuture<'a, usize>;
}
