//! What operators see of the journal, and what they do to dead letters.

use crate::error::StoreFuture;
use crate::journal::event::{EventState, FailedAttempt, Position};
use crate::registry::deployments::DeploymentNumber;

/// The most events of one page: 1000. A list is in memory as a whole.
pub const PAGE_EVENTS: usize = 1000;

/// Which events are meant. An absent condition excludes none.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// The channel.
    pub channel: Option<String>,
    /// The chat.
    pub chat: Option<String>,
    /// The id.
    pub id: Option<String>,
    /// The state.
    pub state: Option<EventState>,
    /// A text that is part of the last error.
    pub error: Option<String>,
    /// The earliest time of arrival, in milliseconds since the Unix epoch.
    pub since: Option<i64>,
    /// The time before which the event arrived, in milliseconds since the Unix epoch.
    pub until: Option<i64>,
}

/// An event, without its content.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its place in the journal.
    pub position: Position,
    /// Its channel.
    pub channel: String,
    /// As it arrived.
    pub id: String,
    /// As it arrived.
    pub chat: String,
    /// Where it is on its way.
    pub state: EventState,
    /// When it arrived, in milliseconds since the Unix epoch.
    pub received: i64,
    /// When it ended, in milliseconds since the Unix epoch.
    pub ended: Option<i64>,
    /// How many attempts have failed since it arrived or was replayed.
    pub attempts: u32,
    /// What went wrong last.
    pub error: Option<String>,
}

/// All that is known of an event.
#[derive(Clone, Debug)]
pub struct Details {
    /// The event.
    pub entry: Entry,
    /// Its JSON, while it is kept.
    pub body: Option<String>,
    /// The attempts that failed, oldest first.
    pub failures: Vec<FailedAttempt>,
}

/// What a channel has in the journal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChannelStats {
    /// The channel.
    pub channel: String,
    /// How many events wait or run.
    pub waiting: u64,
    /// The bytes of their JSON.
    pub waiting_bytes: u64,
    /// The bytes that are kept of ended events.
    pub kept_bytes: u64,
    /// When the oldest waiting event arrived, in milliseconds since the Unix epoch.
    pub oldest: Option<i64>,
    /// How many dead letters there are.
    pub dead: u64,
    /// How many events are scheduled.
    pub scheduled: u64,
}

/// What one call has done to dead letters.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Step {
    /// The events that it was done to, in order.
    pub positions: Vec<Position>,
    /// The position behind which the next step begins, if there may be more.
    pub next: Option<Position>,
}

/// Which deployment handles dead letters that are replayed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ReplayOn {
    /// Of each, the one that it began with.
    Kept,
    /// Whichever serves.
    Current,
    /// The one with this number.
    Deployment(DeploymentNumber),
}

/// The journal, as operators see it. It sees what is durable.
pub trait EventInspection: Send + Sync {
    /// The newest events before a position, newest first: at most `limit`, or [`PAGE_EVENTS`] if that
    /// is less.
    fn list(
        &self,
        filter: EventFilter,
        before: Option<Position>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<Entry>>;

    /// All that is known of an event.
    fn show<'a>(&'a self, channel: &'a str, id: &'a str) -> StoreFuture<'a, Option<Details>>;

    /// What each channel has, in order of the channels' names.
    fn stats(&self) -> StoreFuture<'_, Vec<ChannelStats>>;

    /// When a channel's next event is due, in milliseconds since the Unix epoch: one that is tried again, or
    /// a scheduled one. Of an event that waits for nothing, or runs, it is a time that has passed.
    fn next_due<'a>(&'a self, channel: &'a str) -> StoreFuture<'a, Option<i64>>;

    /// Makes the oldest dead letters behind a position wait again, as if they had not been tried. At most [`STEP_EVENTS`](crate::STEP_EVENTS).
    fn replay(&self, filter: EventFilter, after: Position, on: ReplayOn) -> StoreFuture<'_, Step>;

    /// Discards the oldest dead letters behind a position. At most
    /// [`STEP_EVENTS`](crate::STEP_EVENTS).
    fn discard(&self, filter: EventFilter, after: Position) -> StoreFuture<'_, Step>;
}
