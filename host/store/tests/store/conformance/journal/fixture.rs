//! What the tests of a journal share.

pub(crate) use std::collections::HashSet;
pub(crate) use std::sync::Arc;
pub(crate) use std::time::{Duration, Instant};

pub(crate) use botbox_clock::Clock;
pub(crate) use botbox_store::{
    Appended, Backlog, Changes, ChannelStats, Claim, Claims, DEDUPLICATION, Details, Entry,
    EventFilter, EventInspection, EventNotes, EventQueue, EventRetention, EventSchedule,
    EventState, Expected, FailedAttempt, NewEvent, Outcome, PAGE_EVENTS, Position, ReplayOn,
    STEP_EVENTS, ScheduleOutcome, ScheduledEvent, Settlement, StoreError, StoreHealth,
};
pub(crate) use futures_util::FutureExt;
pub(crate) use futures_util::future::join_all;
pub(crate) use tokio::time::{sleep, timeout};

pub(crate) use crate::conformance::race::race;

pub(crate) const HOUR: Duration = Duration::from_hours(1);

/// All jobs of a journal.
pub(crate) trait Journal:
    EventQueue + EventNotes + EventSchedule + EventInspection + EventRetention + StoreHealth
{
}

impl<T> Journal for T where
    T: EventQueue + EventNotes + EventSchedule + EventInspection + EventRetention + StoreHealth
{
}

/// No limit that a test comes near.
pub(crate) const ROOM: Backlog = Backlog {
    events: 1 << 20,
    bytes: 1 << 30,
    age: HOUR,
    kept: 1 << 30,
};

/// A message of its own, whose body tells its id.
pub(crate) fn event(id: &str, chat: &str) -> NewEvent {
    NewEvent {
        id: id.to_owned(),
        chat: chat.to_owned(),
        message: Some(format!("message {id}")),
        is_unsend: false,
        is_from_host: false,
        body: body(id).into(),
    }
}

pub(crate) fn body(id: &str) -> String {
    format!("{{\"id\":\"{id}\"}}")
}

/// Unsends the message of the event with the id `of`.
pub(crate) fn unsend(id: &str, chat: &str, of: &str) -> NewEvent {
    NewEvent {
        message: Some(format!("message {of}")),
        is_unsend: true,
        ..event(id, chat)
    }
}

pub(crate) fn failure(error: &str) -> FailedAttempt {
    FailedAttempt {
        started: 1_700_000_000_000,
        took: Duration::from_millis(1234),
        deployment: 1,
        digest: "d1".to_owned(),
        error: error.to_owned(),
        log: "one line\nanother".to_owned(),
    }
}

pub(crate) fn handled() -> Outcome {
    Outcome::Handled { keep: HOUR }
}

pub(crate) fn retry(after: Duration) -> Outcome {
    let failure = failure("again");
    Outcome::Retry { after, failure }
}

pub(crate) fn dead() -> Outcome {
    let failure = failure("no more");
    Outcome::Dead {
        keep: HOUR,
        failure,
    }
}

/// Moves the clock to another millisecond.
pub(crate) fn tick(clock: &Clock) {
    clock.advance(Duration::from_millis(3));
}

/// Skips the changes that were told already.
pub(crate) fn skip(changes: &mut Changes) {
    while changes.next().now_or_never().is_some() {}
}

/// A channel's part of the journal.
pub(crate) struct Channel<'a> {
    pub(crate) journal: &'a dyn Journal,
    pub(crate) name: &'a str,
}

impl<'a> Channel<'a> {
    pub(crate) fn new(journal: &'a dyn Journal, name: &'a str) -> Self {
        Self { journal, name }
    }

    pub(crate) async fn append(&self, events: Vec<NewEvent>) -> Appended {
        let appended = self.journal.append(self.name, events, ROOM).await;
        appended.unwrap()
    }

    /// Appends messages that are all new.
    pub(crate) async fn add(&self, ids: &[&str], chat: &str) {
        let events = ids.iter().map(|id| event(id, chat)).collect();
        let appended = self.append(events).await;
        let expected = Appended {
            new: ids.len(),
            ..Appended::default()
        };
        assert_eq!(appended, expected);
    }

    pub(crate) async fn claims(&self) -> Claims {
        self.journal.claim(self.name, 1000).await.unwrap()
    }

    /// Claims all that can be.
    pub(crate) async fn claim(&self) -> Vec<Claim> {
        let mut events = Vec::new();
        loop {
            let claims = self.claims().await;
            events.extend(claims.events);
            if claims.next != Some(Duration::ZERO) {
                return events;
            }
        }
    }

    /// Throws dead letters away. Returns how many.
    pub(crate) async fn discard(&self, filter: EventFilter) -> usize {
        let step = self.journal.discard(filter, Position::MIN).await.unwrap();
        step.positions.len()
    }

    /// Claims the only event that can be.
    pub(crate) async fn claim_one(&self, id: &str) -> Claim {
        let mut claims = self.claim().await;
        assert_eq!(ids(&claims), [id]);
        claims.remove(0)
    }

    /// Returns whether there may be more to claim, now or at a time.
    pub(crate) async fn settle(&self, claim: &Claim, outcome: Outcome) -> bool {
        self.settle_at(claim.position, outcome).await
    }

    pub(crate) async fn settle_at(&self, position: Position, outcome: Outcome) -> bool {
        let settlement = Settlement {
            position,
            outcome,
            note: None,
            kept: ROOM.kept,
        };
        let mut changes = self.journal.changes(self.name);
        skip(&mut changes);
        self.journal.settle(self.name, settlement).await.unwrap();
        changes.next().now_or_never().is_some()
    }

    /// Claims the only event that can be, and settles it.
    pub(crate) async fn run(&self, id: &str, outcome: Outcome) {
        let claim = self.claim_one(id).await;
        self.settle(&claim, outcome).await;
    }

    /// Handles all that can be, and tells the order.
    pub(crate) async fn drain(&self) -> Vec<String> {
        let mut drained = Vec::new();
        loop {
            let claims = self.claim().await;
            if claims.is_empty() {
                return drained;
            }
            drained.extend(ids(&claims).into_iter().map(str::to_owned));
            join_all(claims.iter().map(|claim| self.settle(claim, handled()))).await;
        }
    }

    pub(crate) async fn show(&self, id: &str) -> Details {
        let shown = self.journal.show(self.name, id).await.unwrap();
        shown.expect("the event is there")
    }

    pub(crate) async fn state(&self, id: &str) -> EventState {
        self.show(id).await.entry.state
    }

    pub(crate) async fn assert_ended(&self, id: &str, state: EventState, body: Option<String>) {
        let shown = self.show(id).await;
        assert_eq!((shown.entry.state, shown.body), (state, body), "{id}");
        assert!(shown.entry.ended.is_some());
    }

    pub(crate) async fn stats(&self) -> Option<ChannelStats> {
        let mut stats = self.journal.stats().await.unwrap().into_iter();
        stats.find(|stats| stats.channel == self.name)
    }

    /// How many events wait, and their bytes.
    pub(crate) async fn waiting(&self) -> (u64, u64) {
        let stats = self.stats().await;
        stats.map_or((0, 0), |stats| (stats.waiting, stats.waiting_bytes))
    }

    pub(crate) fn filter(&self) -> EventFilter {
        EventFilter {
            channel: Some(self.name.to_owned()),
            ..EventFilter::default()
        }
    }

    pub(crate) async fn list(&self, filter: EventFilter) -> Vec<String> {
        let list = self.journal.list(filter, None, usize::MAX).await.unwrap();
        list.into_iter().map(|entry| entry.id).collect()
    }

    pub(crate) async fn replay(&self, on: ReplayOn) -> usize {
        let replayed = self.journal.replay(self.filter(), 0, on).await.unwrap();
        assert!(replayed.positions.is_sorted());
        replayed.positions.len()
    }

    pub(crate) async fn schedule(
        &self,
        key: &str,
        at: i64,
        event: NewEvent,
        expected: Expected,
    ) -> ScheduleOutcome {
        let scheduled = ScheduledEvent {
            key: key.to_owned(),
            at,
            event,
        };
        let outcome = self
            .journal
            .schedule(self.name, "kind", scheduled, expected);
        outcome.await.unwrap()
    }

    pub(crate) async fn scheduled(&self, key: &str) -> Option<String> {
        let scheduled = self.journal.scheduled(self.name, "kind", key);
        scheduled.await.unwrap()
    }

    pub(crate) async fn cancel(&self, key: &str) -> bool {
        let cancelled = self.journal.cancel(self.name, "kind", key);
        cancelled.await.unwrap()
    }
}

pub(crate) fn ids(claims: &[Claim]) -> Vec<&str> {
    claims.iter().map(|claim| claim.id.as_str()).collect()
}
