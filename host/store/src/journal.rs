//! Events, from their arrival until they are forgotten.
//!
//! An event waits, is claimed, and is settled: it is handled, tried again later, or a dead letter.
//! Only the first waiting event of a chat can be claimed, so that those of one chat come one after
//! the other in the order of their arrival, whatever happens in between.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::error::StoreError;
use crate::key_value::Answer;

/// How long a channel knows the id of an event that has ended: 24 hours. LINE does not tell for how
/// long it sends an event again; a reply token is dead after 20 minutes, and a retry key after a
/// day (LINE reference, "Retrying an API request").
pub const DEDUPLICATION: Duration = Duration::from_secs(24 * 3600);

/// The most events of one page.
pub const PAGE_EVENTS: usize = 1000;

/// The most events that one call replays, discards or removes, so that none holds others up.
pub const STEP_EVENTS: usize = 256;

/// The place of an event in the journal: the order of arrival in it.
pub type Position = i64;

/// An event that arrives.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// LINE's `webhookEventId`: the same id is the same event.
    pub id: String,
    /// The user, group or room. Events that tell none have the empty one in common.
    pub chat: String,
    /// The message that it brings, changes or takes back.
    pub message: Option<String>,
    /// Whether it takes the message back: what brought or changed it must not be used any more.
    pub withdraws: bool,
    /// Whether the host has made it.
    pub is_hosts: bool,
    /// The event's JSON.
    pub body: Arc<str>,
}

/// How much of a channel may wait.
#[derive(Clone, Copy, Debug)]
pub struct Backlog {
    /// How many events.
    pub events: u64,
    /// How many bytes of JSON.
    pub bytes: u64,
    /// How long an event that could run may have waited for its channel's turn.
    pub age: Duration,
    /// How many bytes may be kept of what has ended. Of handled events, half of it; of failures, what
    /// there is room for; of dead letters all, but then no more events are taken.
    pub kept: u64,
}

/// What became of events that arrived.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Appended {
    /// How many are new.
    pub new: usize,
    /// How many the channel has already.
    pub duplicates: usize,
    /// How many messages were taken back before they were handled.
    pub unsent: usize,
}

/// A waiting event, held by who claimed it until it is settled or the host ends.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Its place.
    pub position: Position,
    /// As it arrived.
    pub id: String,
    /// As it arrived.
    pub chat: String,
    /// As it arrived.
    pub is_hosts: bool,
    /// As it arrived.
    pub body: String,
    /// How long ago it arrived.
    pub waited: Duration,
    /// How many attempts have failed.
    pub attempts: u32,
    /// For how long it has failed and held up its chat.
    pub failing: Duration,
    /// What was noted of it last.
    pub note: Option<String>,
    /// How often the host has ended while an attempt at it ran, since one of them ended.
    pub cut_off: u32,
    /// The version of the plugin that is to handle it, if it is not the channel's current one.
    pub version: Option<String>,
}

/// Events to handle.
#[derive(Debug, Default)]
pub struct Claims {
    /// Of different chats, those first that could run first.
    pub events: Vec<Claim>,
    /// When there will be more, unless [something changes](Journal::changed) before.
    pub next: Option<Duration>,
}

/// What became of a claimed event.
#[derive(Clone, Debug)]
pub struct Settlement {
    /// Which one.
    pub position: Position,
    /// How it ended, or how it goes on.
    pub outcome: Outcome,
    /// Takes the place of the event's last note, if there is a new one.
    pub note: Option<String>,
    /// How many bytes may be kept of what has ended, as in [`Backlog`].
    pub kept: u64,
}

/// How an attempt ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The event is handled. Its JSON is kept for so long.
    Handled {
        /// For how long.
        keep: Duration,
    },
    /// It is tried again; its chat waits.
    Retry {
        /// In how long, at the earliest.
        after: Duration,
        /// Why.
        failure: FailedAttempt,
    },
    /// It is a dead letter.
    Dead {
        /// For how long it is kept.
        keep: Duration,
        /// Why.
        failure: FailedAttempt,
    },
    /// It is a dead letter without another attempt, for the end of the host has cut off too many.
    GivenUp {
        /// For how long it is kept.
        keep: Duration,
    },
}

/// An attempt that failed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FailedAttempt {
    /// When it began, in milliseconds since the Unix epoch.
    pub started: i64,
    /// How long it took.
    pub took: Duration,
    /// The version of the plugin.
    pub version: String,
    /// What went wrong.
    pub error: String,
    /// What the plugin logged.
    pub log: String,
}

/// Events to come at a time. A key is an agenda's own.
#[derive(Clone, Debug)]
pub struct Appointment {
    /// Names it among those of the channel's agenda.
    pub key: String,
    /// When it arrives, in milliseconds since the Unix epoch.
    pub at: i64,
    /// What arrives: an event of the host's own, about no message.
    pub event: NewEvent,
}

/// Whether an event is to come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scheduled {
    /// It is, from now on.
    Done,
    /// It is not: the key has an event already, or has none.
    Differs,
    /// It is not: so many are to come already, the limit.
    Full,
}

/// What must be there for an event to be scheduled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Expected {
    /// Nothing, and fewer events of the agenda than this.
    Nothing(usize),
    /// An event with this key, which the new one replaces.
    Event,
}

/// What a step of dead letters has done.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Step {
    /// Those that it was done to, in order.
    pub positions: Vec<Position>,
    /// Behind which the next step begins, if there may be more.
    pub next: Option<Position>,
}

/// Where an event is on its way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EventState {
    /// It waits or runs.
    Waiting,
    /// It is handled.
    Handled,
    /// Its attempts are used up.
    Dead,
    /// Its message was taken back before it was handled, or while it was a dead letter.
    Unsent,
    /// It was a dead letter that an operator threw away.
    Discarded,
}

/// Which events are meant. What is absent leaves none out.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Those of a channel.
    pub channel: Option<String>,
    /// Those of a chat.
    pub chat: Option<String>,
    /// Those with an id.
    pub id: Option<String>,
    /// Those in a state.
    pub state: Option<EventState>,
    /// Those whose last error has this text in it.
    pub error: Option<String>,
    /// Those that arrived at or after this time, in milliseconds since the Unix epoch.
    pub since: Option<i64>,
    /// Those that arrived before this time, in milliseconds since the Unix epoch.
    pub until: Option<i64>,
}

/// An event, without its content.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its place.
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
    /// Events that wait or run.
    pub waiting: u64,
    /// The bytes of their JSON.
    pub waiting_bytes: u64,
    /// The bytes that are kept of events that have ended.
    pub kept_bytes: u64,
    /// When the oldest of them arrived, in milliseconds since the Unix epoch.
    pub oldest: Option<i64>,
    /// Dead letters.
    pub dead: u64,
    /// Events that are to come at a time.
    pub scheduled: u64,
}

/// The durable record of events and what became of them.
///
/// Each call is one atomic step, and what it changed is durable when it returns. A call whose future
/// is dropped may be done or not; events that it has claimed are given back. All calls fail with a [`StoreError`], and have then changed
/// nothing. What is claimed is not kept: once the host that claimed it has ended, it can be claimed
/// again.
pub trait Journal: Send + Sync {
    /// Takes all events that the channel does not have yet, in their order, or none. Fails with
    /// [`StoreError::Backlog`] if more would wait than may. Many events at a time, and those behind
    /// them, are counted as new for now: they are compared, and seen by those who look into the
    /// journal, when there is time, and before they are claimed.
    fn append<'a>(
        &'a self,
        channel: &'a str,
        events: Vec<NewEvent>,
        backlog: Backlog,
    ) -> Answer<'a, Appended>;

    /// Claims the first waiting events of at most `limit` chats in which none is claimed, and those
    /// that tell no chat. An event whose chat went on before can be claimed when that is durable.
    fn claim<'a>(&'a self, channel: &'a str, limit: usize) -> Answer<'a, Claims>;

    /// Returns when there may be more to claim of a channel, for the one who claims its events.
    fn changed<'a>(&'a self, channel: &'a str) -> BoxFuture<'a, ()>;

    /// Tells that an attempt at a claimed event begins. If the process dies before the event is
    /// settled, an attempt that failed is counted at the next start. Costs no sync: it is lost with
    /// the machine.
    fn begin(&self, position: Position);

    /// Notes something of a claimed event, for those who claim it after a crash.
    fn note<'a>(&'a self, channel: &'a str, position: Position, note: String) -> Answer<'a, ()>;

    /// Settles a claimed event of a channel. While this fails, the event stays claimed.
    fn settle<'a>(&'a self, channel: &'a str, settlement: Settlement) -> Answer<'a, ()>;

    /// Has an event arrive at its time, if what is there is as `expected`.
    fn schedule<'a>(
        &'a self,
        channel: &'a str,
        agenda: &'a str,
        appointment: Appointment,
        expected: Expected,
    ) -> Answer<'a, Scheduled>;

    /// The JSON of an event that is to come.
    fn scheduled<'a>(
        &'a self,
        channel: &'a str,
        agenda: &'a str,
        key: &'a str,
    ) -> Answer<'a, Option<String>>;

    /// Takes an event back that is to come. Returns whether it was.
    fn cancel<'a>(&'a self, channel: &'a str, agenda: &'a str, key: &'a str) -> Answer<'a, bool>;

    /// Has no event of an agenda arrive before a time, in milliseconds since the Unix epoch.
    fn postpone<'a>(&'a self, channel: &'a str, agenda: &'a str, until: i64) -> Answer<'a, ()>;

    /// At most `limit` of the events, or [`PAGE_EVENTS`] if that is less: the newest before a
    /// position, newest first.
    fn list(
        &self,
        filter: EventFilter,
        before: Option<Position>,
        limit: usize,
    ) -> Answer<'_, Vec<Entry>>;

    /// All that is known of an event.
    fn show<'a>(&'a self, channel: &'a str, id: &'a str) -> Answer<'a, Option<Details>>;

    /// What each channel has, in order of their names.
    fn stats(&self) -> Answer<'_, Vec<ChannelStats>>;

    /// Lets the oldest dead letters among the events behind a position wait again, as if they had not
    /// been tried, for this version of the plugin or the current one. At most [`STEP_EVENTS`].
    fn replay(
        &self,
        filter: EventFilter,
        after: Position,
        version: Option<String>,
    ) -> Answer<'_, Step>;

    /// Throws the oldest dead letters among the events behind a position away. At most
    /// [`STEP_EVENTS`].
    fn discard(&self, filter: EventFilter, after: Position) -> Answer<'_, Step>;

    /// Removes what need not be kept any longer. At most [`STEP_EVENTS`]; returns how many.
    fn sweep(&self) -> Answer<'_, usize>;

    /// Why nothing can be kept any more, if that is so. Only a new start helps.
    fn failure(&self) -> Option<StoreError>;

    /// What keeps the store from taking all that it should, or soon may, though it goes on by itself
    /// when that has passed.
    fn warning(&self) -> Option<StoreError>;
}
