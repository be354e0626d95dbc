//! The durable record of events and what became of them.
//!
//! The journal has five jobs, and who uses it takes those that it needs: the [queue](EventQueue) from
//! which events are claimed, the [notes](EventNotes) of a running attempt, the
//! [schedule](EventSchedule) of events that arrive at a time, the [inspection](EventInspection) by
//! operators, and the [retention](EventRetention) of what has ended. One engine does all of them, for
//! they are about the same events.
//!
//! All calls are alike in this: each is one atomic step, and what it changed is durable when it
//! returns. A call that fails, with a [`StoreError`](crate::StoreError), has changed nothing. A call
//! whose future is dropped may be done or not, but not by halves.

pub(crate) mod backlog;
pub(crate) mod event;
pub(crate) mod inspection;
pub(crate) mod notes;
pub(crate) mod queue;
pub(crate) mod retention;
pub(crate) mod schedule;

pub use backlog::Backlog;
pub use event::{EventState, FailedAttempt, NewEvent, Position, STEP_EVENTS};
pub use inspection::{
    ChannelStats, Details, Entry, EventFilter, EventInspection, PAGE_EVENTS, ReplayOn, Step,
};
pub use notes::EventNotes;
pub use queue::{Appended, Changes, Claim, Claims, EventQueue, Outcome, Settlement};
pub use retention::{DEDUPLICATION, EventRetention};
pub use schedule::{
    EventSchedule, Expected, PAGE_SCHEDULED, PendingEvent, ScheduleOutcome, ScheduledEvent,
};
