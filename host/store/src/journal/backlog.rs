//! How much of a channel may be in the journal.

use std::time::Duration;

/// How much of a channel may be in the journal.
#[derive(Clone, Copy, Debug)]
pub struct Backlog {
    /// The most events that may wait.
    pub events: u64,
    /// The most bytes of JSON that waiting events may have.
    pub bytes: u64,
    /// How long an event that could run may have waited for its channel's turn.
    pub age: Duration,
    /// The most bytes that may be kept of ended events. Handled events may fill half of it. The log of
    /// a failed attempt is kept as long as there is room. A dead letter is always kept, but beyond the
    /// limit no more events are taken.
    pub kept: u64,
}
