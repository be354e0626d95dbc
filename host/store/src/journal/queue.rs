//! The queue of events: an event waits, is claimed, and is settled.
//!
//! Only the first waiting event of a chat can be claimed. So the events of a chat come one after the
//! other in the order of their arrival, whatever happens in between.
//!
//! A claim is no record: it is known as long as the process runs. Once the process that claimed an
//! event has ended, the event can be claimed again.

use std::sync::Arc;
use std::time::Duration;

use botbox_clock::{Clock, Moves};
use tokio::sync::Notify;

use crate::error::StoreFuture;
use crate::journal::backlog::Backlog;
use crate::journal::event::{FailedAttempt, NewEvent, Position};
use crate::registry::deployments::DeploymentNumber;

/// What became of events that arrived.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Appended {
    /// How many are new.
    pub new: usize,
    /// How many the channel has already.
    pub duplicates: usize,
    /// How many messages were unsent before they were handled.
    pub unsent: usize,
}

/// A waiting event. It is its claimer's until it is settled or the host ends.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Its place in the journal.
    pub position: Position,
    /// As it arrived.
    pub id: String,
    /// As it arrived.
    pub chat: String,
    /// As it arrived.
    pub is_from_host: bool,
    /// As it arrived.
    pub body: String,
    /// How long ago it arrived.
    pub waited: Duration,
    /// How many attempts have failed.
    pub attempts: u32,
    /// For how long it has failed and held up its chat.
    pub failing: Duration,
    /// What was [noted](crate::EventNotes::note) of it last.
    pub note: Option<String>,
    /// How often in a row the host has ended while an attempt at it ran.
    pub cut_off: u32,
    /// The deployment that is to handle it: the one that it began with, or that it is replayed on. `None`:
    /// whichever serves.
    pub deployment: Option<DeploymentNumber>,
}

/// Events to handle.
#[derive(Debug, Default)]
pub struct Claims {
    /// The events, of different chats. Those that could run first come first.
    pub events: Vec<Claim>,
    /// In how long there will be more, if nothing [changes](EventQueue::changes) before. `None` if
    /// nothing is known to come.
    pub next: Option<Duration>,
}

/// Tells the one who claims a channel's events that there may be more.
#[derive(Debug)]
pub struct Changes {
    notify: Arc<Notify>,
    moves: Moves,
}

impl Changes {
    /// Changes that are told by a notification, or by a move of the clock.
    pub(crate) fn new(notify: Arc<Notify>, clock: &Clock) -> Self {
        let moves = clock.moves();
        Self { notify, moves }
    }

    /// Waits until there may be more to claim: something changed, or the clock was moved, since this
    /// returned last. Nothing is missed when the future is dropped.
    pub async fn next(&mut self) {
        tokio::select! {
            () = self.notify.notified() => {}
            () = self.moves.next() => {}
        }
    }
}

/// What became of a claimed event.
#[derive(Clone, Debug)]
pub struct Settlement {
    /// The event.
    pub position: Position,
    /// How it ended, or how it goes on.
    pub outcome: Outcome,
    /// Replaces the event's note, if there is a new one.
    pub note: Option<String>,
    /// How many bytes may be kept of ended events, as in [`Backlog`].
    pub kept: u64,
}

/// How an attempt ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The event is handled.
    Handled {
        /// How long its JSON is kept.
        keep: Duration,
    },
    /// It is tried again. Its chat waits.
    Retry {
        /// In how long, at the earliest.
        after: Duration,
        /// Why.
        failure: FailedAttempt,
    },
    /// It is a dead letter.
    Dead {
        /// How long it is kept.
        keep: Duration,
        /// Why.
        failure: FailedAttempt,
    },
    /// It is a dead letter without another attempt, because the host has ended during too many.
    GivenUp {
        /// How long it is kept.
        keep: Duration,
    },
}

/// The queue of each channel's events.
///
/// Each call is one atomic step, and what it changed is durable when it returns. A call that fails,
/// with a [`StoreError`](crate::StoreError), has changed nothing. A call whose future is dropped may be
/// done or not, but not by halves.
pub trait EventQueue: Send + Sync {
    /// Appends all events that the channel does not have yet, in their order, or none. Fails with
    /// [`StoreError::Backlog`](crate::StoreError::Backlog) if more would wait than may.
    ///
    /// If they are many, all of them count as new for now: duplicates among them are found later, before
    /// they can be claimed. So it is with what arrives behind them until then.
    fn append<'a>(
        &'a self,
        channel: &'a str,
        events: Vec<NewEvent>,
        backlog: Backlog,
    ) -> StoreFuture<'a, Appended>;

    /// Claims the first waiting events of at most `limit` chats in which none is claimed. Each event
    /// that names no chat counts as a chat. An event is claimed only if what it follows is durable.
    ///
    /// The call is cancel-safe: when its future is dropped before it has returned, what it has claimed
    /// can be claimed again, and the [changes](Self::changes) tell so.
    fn claim<'a>(&'a self, channel: &'a str, limit: usize) -> StoreFuture<'a, Claims>;

    /// What tells when there may be more to claim of a channel. It has one user for each channel, who
    /// asks for it before the first claim.
    fn changes(&self, channel: &str) -> Changes;

    /// Tells that an attempt at a claimed event begins. If the process dies before the event is
    /// settled, the next start counts an attempt that failed. This costs no sync: it outlives the
    /// process, but not the machine.
    fn begin(&self, position: Position);

    /// Settles a claimed event of a channel. If this fails, the event stays claimed.
    fn settle<'a>(&'a self, channel: &'a str, settlement: Settlement) -> StoreFuture<'a, ()>;
}
