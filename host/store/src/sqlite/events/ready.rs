//! The events that are claimed and those that can be claimed next, in memory.
//!
//! Most events can be claimed as soon as they have arrived. They stay in memory until then, so that claiming
//! them takes no query and no turn of the writer's thread, which would cost more than writing them.
//!
//! A channel has a queue here only while the queue has all of its events that can be claimed. It begins when
//! a query has claimed the last of them, and takes what is appended from then on. Whatever else changes what
//! can be claimed ends it, and so does a lack of room. Nothing is lost with a queue: the table has all events.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::times::{Times, duration_until};
use crate::journal::{Claim, Claims, NewEvent, Position};

/// The most events of a queue: 256, eight times as many as a channel handles at a time by default. More are a
/// backlog, which is on disk.
const EVENTS: usize = 256;

/// The most bytes of all events in queues: 8 MiB, which a thousand channels take with 8 KiB each.
const BYTES: usize = 8 << 20;

/// The claimed events, and the queues. Clones share them.
#[derive(Clone)]
pub(crate) struct ReadyQueues {
    state: Arc<Mutex<State>>,
    times: Times,
}

#[derive(Default)]
struct State {
    claimed: HashSet<Position>,
    /// By the channels' names.
    queues: HashMap<Box<str>, VecDeque<ReadyEvent>>,
    /// Of all events in queues.
    bytes: usize,
}

/// An event that can be claimed, and that nobody has claimed before.
pub(crate) struct ReadyEvent {
    pub(super) position: Position,
    pub(super) received: i64,
    pub(super) event: Arc<NewEvent>,
}

impl ReadyQueues {
    pub(super) fn new(times: Times) -> Self {
        let state = Arc::default();
        Self { state, times }
    }

    /// Begins a channel's queue: nothing of it can be claimed at this moment.
    pub(crate) fn begin(&self, channel: &str) {
        self.lock().queues.insert(channel.into(), VecDeque::new());
    }

    /// Ends a channel's queue, if it has one.
    pub(crate) fn end(&self, channel: &str) {
        self.lock().end(channel);
    }

    /// Ends all queues.
    pub(crate) fn end_all(&self) {
        let mut state = self.lock();
        state.queues.clear();
        state.bytes = 0;
    }

    /// Adds events that were appended to a channel, if it has a queue, or ends the queue that has no room.
    pub(crate) fn add(&self, channel: &str, events: Vec<ReadyEvent>) {
        let bytes = events.iter().map(ReadyEvent::bytes).sum::<usize>();
        let mut state = self.lock();
        let has_room = state.bytes + bytes <= BYTES;
        match state.queues.get_mut(channel) {
            None => {}
            Some(queue) if has_room && queue.len() + events.len() <= EVENTS => {
                queue.extend(events);
                state.bytes += bytes;
            }
            Some(_) => state.end(channel),
        }
    }

    /// Claims the first events of a channel's queue, if it has one.
    pub(crate) fn claim(&self, channel: &str, limit: usize) -> Option<Claims> {
        let mut state = self.lock();
        let queue = state.queues.get_mut(channel)?;
        let events: Vec<_> = queue.drain(..limit.min(queue.len())).collect();
        let next = (!queue.is_empty()).then_some(Duration::ZERO);
        state.bytes -= events.iter().map(ReadyEvent::bytes).sum::<usize>();
        state.claimed.extend(events.iter().map(|it| it.position));
        drop(state);
        let now = self.times.steady();
        let events = events.into_iter().map(|it| it.into_claim(now)).collect();
        Some(Claims { events, next })
    }

    /// Takes an event out of its queue. Returns false if somebody has claimed it.
    pub(super) fn withdraw(&self, position: Position) -> bool {
        let mut state = self.lock();
        let is_claimed = state.claimed.contains(&position);
        let has_it = |queue: &VecDeque<ReadyEvent>| queue.iter().any(|it| it.position == position);
        let found = state.queues.iter().find(|(_, queue)| has_it(queue));
        if let Some(channel) = found.map(|(channel, _)| channel.clone()) {
            // The rest of it is on disk.
            state.end(&channel);
        }
        !is_claimed
    }

    /// Somebody has claimed the events.
    pub(crate) fn set_claimed(&self, positions: impl IntoIterator<Item = Position>) {
        self.lock().claimed.extend(positions);
    }

    pub(super) fn is_claimed(&self, position: Position) -> bool {
        self.lock().claimed.contains(&position)
    }

    /// Nobody has the event any more.
    pub(crate) fn release(&self, position: Position) {
        self.lock().claimed.remove(&position);
    }

    /// A claim, an end and an addition change all or nothing.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn end(&mut self, channel: &str) {
        let queue = self.queues.remove(channel).unwrap_or_default();
        self.bytes -= queue.iter().map(ReadyEvent::bytes).sum::<usize>();
    }
}

impl ReadyEvent {
    fn bytes(&self) -> usize {
        self.event.body.len()
    }

    fn into_claim(self, now: i64) -> Claim {
        let Self {
            position,
            received,
            event,
        } = self;
        Claim {
            position,
            id: event.id.clone(),
            chat: event.chat.clone(),
            is_from_host: event.is_from_host,
            body: event.body.as_ref().to_owned(),
            waited: duration_until(now, received),
            attempts: 0,
            failing: Duration::ZERO,
            note: None,
            cut_off: 0,
            deployment: None,
        }
    }
}
