//! What every journal does.

mod claims;
mod dead_letters;
mod deduplication;
mod inspection;
mod limits;
mod races;
mod retention;
mod retries;
mod schedule;
mod unsend;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use botbox_store::{
    Appended, Backlog, ChannelStats, Claim, Claims, Details, Entry, EventFilter, EventInspection,
    EventNotes, EventQueue, EventRetention, EventSchedule, EventState, Expected, FailedAttempt,
    NewEvent, Outcome, PAGE_EVENTS, Position, STEP_EVENTS, ScheduleOutcome, ScheduledEvent,
    Settlement, StoreError, StoreHealth,
};
use futures_util::FutureExt;
use futures_util::future::join_all;
use tokio::time::sleep;

use super::race;

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

/// Runs all of them on an empty store.
pub(crate) async fn all(store: Arc<dyn Journal>) {
    let journal = &*store;
    claims::an_event_is_claimed_as_it_arrived(journal).await;
    claims::a_chat_goes_on_when_its_first_event_is_settled(journal).await;
    limits::what_has_ended_has_a_limit(journal).await;
    claims::channels_are_apart(journal).await;
    claims::claims_are_limited(journal).await;
    claims::the_chat_that_is_ready_first_is_claimed_first(journal).await;
    retries::a_retry_holds_up_its_chat_only(journal).await;
    retries::a_retry_comes_after_its_time(journal).await;
    retries::attempts_and_their_time_add_up(journal).await;
    retries::notes_come_back_with_the_claim(journal).await;
    deduplication::an_id_is_one_event(journal).await;
    deduplication::an_id_is_known_whatever_became_of_it(journal).await;
    limits::a_backlog_is_full_by_events(journal).await;
    limits::a_backlog_is_full_by_bytes(journal).await;
    limits::a_backlog_is_full_by_age(journal).await;
    limits::a_full_backlog_lets_take_back(journal).await;
    unsend::an_unsent_message_leaves_the_line(journal).await;
    unsend::an_unsent_message_that_runs_is_not_tried_again(journal).await;
    unsend::an_unsent_message_that_waits_for_its_retry_leaves_the_line(journal).await;
    unsend::a_message_after_its_withdrawal_is_unsent(journal).await;
    unsend::an_unsent_message_is_forgotten_by_what_has_ended(journal).await;
    unsend::all_of_a_message_is_unsent(journal).await;
    schedule::an_event_is_scheduled_moved_and_cancelled(journal).await;
    schedule::a_scheduled_event_arrives_at_its_time(journal).await;
    schedule::a_scheduled_event_arrives_in_its_chats_line(journal).await;
    schedule::a_scheduled_event_that_the_channel_has_changes_nothing(journal).await;
    schedule::many_scheduled_events_arrive_in_order(journal).await;
    schedule::what_is_postponed_is_not_early(journal).await;
    inspection::a_list_has_what_the_filter_means(journal).await;
    inspection::a_list_has_pages(journal).await;
    inspection::an_event_is_shown_with_its_failures(journal).await;
    inspection::stats_tell_what_there_is(journal).await;
    dead_letters::a_replayed_event_begins_anew(journal).await;
    dead_letters::replayed_events_come_in_order(journal).await;
    dead_letters::a_replayed_event_does_not_run_beside_its_chats(journal).await;
    dead_letters::a_discarded_event_is_thrown_away(journal).await;
    dead_letters::dead_letters_are_taken_step_by_step(journal).await;
    retention::a_sweep_removes_what_need_not_be_kept(journal).await;
    retention::a_sweep_keeps_ids(journal).await;
    retention::a_sweep_goes_step_by_step(journal).await;
    claims::what_is_not_there_is_not_settled(journal).await;
    races::dropped_calls_do_no_harm(journal).await;
    races::one_append_is_new(&store).await;
    races::one_caller_claims(&store).await;
    races::a_crowd_keeps_the_order(&store).await;
    assert!(journal.failure().is_none());
}

/// A message of its own, whose body tells its id.
pub(crate) fn event(id: &str, chat: &str) -> NewEvent {
    NewEvent {
        id: id.to_owned(),
        chat: chat.to_owned(),
        message: Some(format!("message {id}")),
        is_unsend: false,
        is_hosts: false,
        body: body(id).into(),
    }
}

pub(crate) fn body(id: &str) -> String {
    format!("{{\"id\":\"{id}\"}}")
}

/// Takes the message of the event with the id `of` back.
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
        version: "v1".to_owned(),
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

/// By the machine's clock, as scheduled events are.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

/// Until the clock of the store is another millisecond's.
pub(crate) async fn tick() {
    sleep(Duration::from_millis(3)).await;
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
        // What changed before is not what is asked for.
        let _ = changes.next().now_or_never();
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

    async fn assert_ended(&self, id: &str, state: EventState, body: Option<String>) {
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

    fn filter(&self) -> EventFilter {
        EventFilter {
            channel: Some(self.name.to_owned()),
            ..EventFilter::default()
        }
    }

    async fn list(&self, filter: EventFilter) -> Vec<String> {
        let list = self.journal.list(filter, None, usize::MAX).await.unwrap();
        list.into_iter().map(|entry| entry.id).collect()
    }

    async fn replay(&self, version: Option<&str>) -> usize {
        let version = version.map(str::to_owned);
        let replayed = self
            .journal
            .replay(self.filter(), 0, version)
            .await
            .unwrap();
        assert!(replayed.positions.is_sorted());
        replayed.positions.len()
    }

    async fn schedule(
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

    async fn scheduled(&self, key: &str) -> Option<String> {
        let scheduled = self.journal.scheduled(self.name, "kind", key);
        scheduled.await.unwrap()
    }

    async fn cancel(&self, key: &str) -> bool {
        let cancelled = self.journal.cancel(self.name, "kind", key);
        cancelled.await.unwrap()
    }

    /// Waits for the next events, as long as it takes.
    async fn wait(&self) -> Vec<Claim> {
        loop {
            let claims = self.claims().await;
            if !claims.events.is_empty() {
                return claims.events;
            }
            let next = claims.next.expect("there is more to come");
            sleep(next.min(Duration::from_millis(20))).await;
        }
    }
}

pub(crate) fn ids(claims: &[Claim]) -> Vec<&str> {
    claims.iter().map(|claim| claim.id.as_str()).collect()
}
