//! Events that arrive at a time: the timers of plugins, and the ends of visits to beacons.
//!
//! Until its time such an event is in the schedule, and not in the queue. It then leaves the one and
//! joins the other in one step, so it is neither lost nor does it arrive twice.

use crate::error::StoreFuture;
use crate::journal::event::NewEvent;

/// An event that is to arrive at a time.
#[derive(Clone, Debug)]
pub struct ScheduledEvent {
    /// Names the event among those of its channel and kind.
    pub key: String,
    /// When it arrives, in milliseconds since the Unix epoch.
    pub at: i64,
    /// What arrives: an event that the host made, about no message.
    pub event: NewEvent,
}

/// The most events of one page: 1,000.
pub const PAGE_SCHEDULED: usize = 1_000;

/// An event that is still to arrive.
#[derive(Clone, Debug)]
pub struct PendingEvent {
    /// Names the event among those of its channel and kind.
    pub key: String,
    /// When it arrives, in milliseconds since the Unix epoch.
    pub at: i64,
    /// Its chat.
    pub chat: String,
    /// Its JSON.
    pub body: String,
}

/// What must be in the schedule for an event to be scheduled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Expected {
    /// No event with this key, and fewer events of the channel and kind than this.
    Nothing(usize),
    /// An event with this key. The new one replaces it.
    Event,
}

/// What came of scheduling an event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ScheduleOutcome {
    /// The event is scheduled.
    Done,
    /// The event is not scheduled: there is an event with the key, or none, against what was expected.
    Differs,
    /// The event is not scheduled: the channel has as many events of this kind as it may.
    Full,
}

/// The schedule of each channel. A channel has events of several kinds, and a key belongs to a kind.
pub trait EventSchedule: Send + Sync {
    /// Schedules an event, if the schedule is as `expected`. A time that has passed is now.
    fn schedule<'a>(
        &'a self,
        channel: &'a str,
        kind: &'a str,
        event: ScheduledEvent,
        expected: Expected,
    ) -> StoreFuture<'a, ScheduleOutcome>;

    /// The JSON of a scheduled event.
    fn scheduled<'a>(
        &'a self,
        channel: &'a str,
        kind: &'a str,
        key: &'a str,
    ) -> StoreFuture<'a, Option<String>>;

    /// A page of the events of a kind, by their times and keys: at most `limit`, or [`PAGE_SCHEDULED`] if
    /// that is less, from the first one behind `after` on.
    fn pending<'a>(
        &'a self,
        channel: &'a str,
        kind: &'a str,
        after: Option<(i64, String)>,
        limit: usize,
    ) -> StoreFuture<'a, Vec<PendingEvent>>;

    /// Removes an event from the schedule. Returns whether it was there.
    fn cancel<'a>(&'a self, channel: &'a str, kind: &'a str, key: &'a str)
    -> StoreFuture<'a, bool>;

    /// Moves all events of a kind that are due before a time to that time, in milliseconds since the
    /// Unix epoch.
    fn postpone<'a>(&'a self, channel: &'a str, kind: &'a str, until: i64) -> StoreFuture<'a, ()>;
}
