//! What every [`Journal`] does.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use botbox_store::{
    Appended, Appointment, Backlog, ChannelStats, Claim, Claims, Details, Entry, EventFilter,
    EventState, Expected, FailedAttempt, Journal, NewEvent, Outcome, PAGE_EVENTS, Position,
    STEP_EVENTS, Scheduled, Settlement, StoreError,
};
use futures_util::FutureExt;
use futures_util::future::join_all;
use tokio::time::sleep;

use super::race;

pub(crate) const HOUR: Duration = Duration::from_hours(1);

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
    an_event_is_claimed_as_it_arrived(journal).await;
    a_chat_goes_on_when_its_first_event_is_settled(journal).await;
    what_has_ended_has_a_limit(journal).await;
    channels_are_apart(journal).await;
    claims_are_limited(journal).await;
    the_chat_that_is_ready_first_is_claimed_first(journal).await;
    a_retry_holds_up_its_chat_only(journal).await;
    a_retry_comes_after_its_time(journal).await;
    attempts_and_their_time_add_up(journal).await;
    notes_come_back_with_the_claim(journal).await;
    an_id_is_one_event(journal).await;
    an_id_is_known_whatever_became_of_it(journal).await;
    a_backlog_is_full_by_events(journal).await;
    a_backlog_is_full_by_bytes(journal).await;
    a_backlog_is_full_by_age(journal).await;
    a_full_backlog_lets_take_back(journal).await;
    an_unsent_message_leaves_the_line(journal).await;
    an_unsent_message_that_runs_is_not_tried_again(journal).await;
    an_unsent_message_that_waits_for_its_retry_leaves_the_line(journal).await;
    a_message_after_its_withdrawal_is_unsent(journal).await;
    an_unsent_message_is_forgotten_by_what_has_ended(journal).await;
    all_of_a_message_is_unsent(journal).await;
    an_appointment_is_made_moved_and_cancelled(journal).await;
    an_appointment_arrives_at_its_time(journal).await;
    an_appointment_arrives_in_its_chats_line(journal).await;
    an_appointment_that_has_arrived_already_changes_nothing(journal).await;
    many_appointments_arrive_in_order(journal).await;
    what_is_postponed_is_not_early(journal).await;
    a_list_has_what_the_filter_means(journal).await;
    a_list_has_pages(journal).await;
    an_event_is_shown_with_its_failures(journal).await;
    stats_tell_what_there_is(journal).await;
    a_replayed_event_begins_anew(journal).await;
    replayed_events_come_in_order(journal).await;
    a_replayed_event_does_not_run_beside_its_chats(journal).await;
    a_discarded_event_is_thrown_away(journal).await;
    dead_letters_are_taken_step_by_step(journal).await;
    a_sweep_removes_what_need_not_be_kept(journal).await;
    a_sweep_keeps_ids(journal).await;
    a_sweep_goes_step_by_step(journal).await;
    what_is_not_there_is_not_settled(journal).await;
    dropped_calls_do_no_harm(journal).await;
    one_append_is_new(&store).await;
    one_caller_claims(&store).await;
    a_crowd_keeps_the_order(&store).await;
    assert!(journal.failure().is_none());
}

/// A message of its own, whose body tells its id.
pub(crate) fn event(id: &str, chat: &str) -> NewEvent {
    NewEvent {
        id: id.to_owned(),
        chat: chat.to_owned(),
        message: Some(format!("message {id}")),
        withdraws: false,
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
        withdraws: true,
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

/// By the machine's clock, as appointments are.
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

    pub(crate) async fn claim(&self) -> Vec<Claim> {
        self.claims().await.events
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
        // What changed before is not what is asked for.
        self.has_changed();
        self.journal.settle(self.name, settlement).await.unwrap();
        self.has_changed()
    }

    /// Whether something changed since this was asked last.
    fn has_changed(&self) -> bool {
        self.journal.changed(self.name).now_or_never().is_some()
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
        assert!(replayed.is_sorted());
        replayed.len()
    }

    async fn schedule(&self, key: &str, at: i64, event: NewEvent, expected: Expected) -> Scheduled {
        let appointment = Appointment {
            key: key.to_owned(),
            at,
            event,
        };
        let scheduled = self
            .journal
            .schedule(self.name, "agenda", appointment, expected);
        scheduled.await.unwrap()
    }

    async fn scheduled(&self, key: &str) -> Option<String> {
        let scheduled = self.journal.scheduled(self.name, "agenda", key);
        scheduled.await.unwrap()
    }

    async fn cancel(&self, key: &str) -> bool {
        let cancelled = self.journal.cancel(self.name, "agenda", key);
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

/// Lets all that need not be kept go.
async fn sweep(journal: &dyn Journal) -> usize {
    let mut all = 0;
    loop {
        let removed = journal.sweep().await.unwrap();
        assert!(removed <= STEP_EVENTS);
        all += removed;
        if removed == 0 {
            return all;
        }
    }
}

async fn an_event_is_claimed_as_it_arrived(journal: &dyn Journal) {
    let channel = Channel::new(journal, "arrival");
    assert!(channel.claim().await.is_empty());
    let odd = NewEvent {
        message: None,
        is_hosts: true,
        body: "日本 \0 🙂".into(),
        ..event("odd", "")
    };
    channel.append(vec![event("plain", "chat"), odd]).await;
    let claims = channel.claim().await;
    assert_eq!(ids(&claims), ["plain", "odd"]);
    assert!(claims[0].position < claims[1].position);
    assert!(!claims[0].is_hosts);
    assert_eq!(claims[0].body, body("plain"));
    assert_eq!((&*claims[0].chat, &*claims[1].chat), ("chat", ""));
    assert!(claims[1].is_hosts);
    assert_eq!(claims[1].body, "日本 \0 🙂");
    for claim in &claims {
        assert_eq!(claim.attempts, 0);
        assert_eq!(claim.failing, Duration::ZERO);
        assert_eq!(claim.note, None);
        assert_eq!(claim.version, None);
        assert!(claim.waited < HOUR, "it came just now");
        let entry = channel.show(&claim.id).await.entry;
        assert_eq!(entry.position, claim.position);
        assert!(
            (now() - entry.received).abs() < 3_600_000,
            "it is received now"
        );
    }
    // An empty webhook, such as LINE sends to verify.
    assert_eq!(channel.append(Vec::new()).await, Appended::default());
}

async fn a_chat_goes_on_when_its_first_event_is_settled(journal: &dyn Journal) {
    let channel = Channel::new(journal, "chats");
    channel.add(&["a1", "a2"], "a").await;
    channel.add(&["b1", "b2"], "b").await;
    // Those that tell no chat wait for no other.
    channel.add(&["n1", "n2"], "").await;
    channel.add(&["a3"], "a").await;
    let first = channel.claim().await;
    assert_eq!(ids(&first), ["a1", "b1", "n1", "n2"]);
    let claims = channel.claims().await;
    assert!(claims.events.is_empty());
    assert_eq!(claims.next, None);

    assert!(channel.settle(&first[1], dead()).await);
    let last = channel.claim_one("b2").await;
    assert!(!channel.settle(&last, handled()).await, "there is no other");
    assert!(channel.settle(&first[0], handled()).await);
    let second = channel.claim_one("a2").await;
    assert!(channel.claim().await.is_empty());
    assert!(channel.settle(&second, dead()).await);
    channel.run("a3", handled()).await;
    assert!(!channel.settle(&first[2], dead()).await);
    assert!(channel.claim().await.is_empty());
    assert!(!channel.settle(&first[3], handled()).await);
    // What comes behind what has ended is first.
    channel.add(&["a4"], "a").await;
    channel.run("a4", handled()).await;
    assert_eq!(channel.waiting().await, (0, 0));
}

/// What has ended takes room: a half of it is for what is handled, and what failed is always kept.
async fn what_has_ended_has_a_limit(journal: &dyn Journal) {
    let channel = Channel::new(journal, "kept");
    let bytes = body("h0").len() as u64;
    let room = Backlog {
        kept: 4 * bytes,
        ..ROOM
    };
    let end = async |id: &str, outcome: Outcome| {
        let appended = journal.append("kept", vec![event(id, id)], room).await;
        let claim = channel.claim_one(id).await;
        let settlement = Settlement {
            position: claim.position,
            outcome,
            note: None,
            kept: room.kept,
        };
        journal.settle("kept", settlement).await.unwrap();
        appended.unwrap()
    };
    let fail = || {
        let failure = FailedAttempt {
            log: "x".repeat(9 * body("h0").len()),
            ..failure("")
        };
        Outcome::Dead {
            keep: HOUR,
            failure,
        }
    };
    for id in ["h0", "h1", "h2"] {
        end(id, handled()).await;
    }
    let bodies = ["h0", "h1", "h2"].map(|id| channel.show(id));
    let bodies = join_all(bodies).await;
    let kept: Vec<_> = bodies.iter().map(|it| it.body.is_some()).collect();
    assert_eq!(kept, [true, true, false]);
    for id in ["d0", "d1", "d2"] {
        end(id, fail()).await;
        let shown = channel.show(id).await;
        assert_eq!(shown.body, Some(body(id)));
        assert_eq!(shown.failures[0].log, "", "there is no room for it");
    }
    let refused = journal.append("kept", vec![event("more", "m")], room).await;
    assert!(
        matches!(refused, Err(StoreError::Kept { bytes: kept, limit })
            if kept == 5 * bytes && limit == 4 * bytes),
        "{refused:?}"
    );
    let filter = EventFilter {
        id: Some("d0".to_owned()),
        ..channel.filter()
    };
    assert_eq!(journal.discard(filter).await.unwrap(), 1);
    end("more", handled()).await;
}

async fn channels_are_apart(journal: &dyn Journal) {
    let names = ["", "apart", "Apart", "apart%", "日本"];
    for name in names {
        let channel = Channel::new(journal, name);
        channel.add(&["id"], "chat").await;
    }
    for name in names {
        let channel = Channel::new(journal, name);
        channel.run("id", handled()).await;
        let again = channel.append(vec![event("id", "chat")]).await;
        assert_eq!(again.duplicates, 1);
    }
}

async fn claims_are_limited(journal: &dyn Journal) {
    let channel = Channel::new(journal, "limit");
    for chat in ["a", "b", "c"] {
        channel.add(&[chat], chat).await;
    }
    let none = journal.claim("limit", 0).await.unwrap();
    assert!(none.events.is_empty());
    assert_eq!(none.next, Some(Duration::ZERO));
    let two = journal.claim("limit", 2).await.unwrap();
    assert_eq!(ids(&two.events), ["a", "b"]);
    assert_eq!(two.next, Some(Duration::ZERO));
    let rest = journal.claim("limit", 2).await.unwrap();
    assert_eq!(ids(&rest.events), ["c"]);
    assert_eq!(rest.next, None);
}

async fn the_chat_that_is_ready_first_is_claimed_first(journal: &dyn Journal) {
    let channel = Channel::new(journal, "fair");
    channel.add(&["a1", "a2"], "a").await;
    channel.add(&["b1", "b2"], "b").await;
    let first = channel.claim().await;
    assert_eq!(ids(&first), ["a1", "b1"]);
    // The one behind arrived later, and can run earlier.
    channel.settle(&first[1], handled()).await;
    tick().await;
    channel.add(&["c1"], "c").await;
    tick().await;
    channel.settle(&first[0], handled()).await;
    assert_eq!(ids(&channel.claim().await), ["b2", "c1", "a2"]);
}

async fn a_retry_holds_up_its_chat_only(journal: &dyn Journal) {
    let channel = Channel::new(journal, "held");
    channel.add(&["a1", "a2"], "a").await;
    let claim = channel.claim_one("a1").await;
    assert!(channel.settle(&claim, retry(HOUR)).await);
    channel.add(&["a3"], "a").await;
    let claims = channel.claims().await;
    assert!(claims.events.is_empty());
    let next = claims.next.unwrap();
    assert!(HOUR / 2 < next && next <= HOUR, "{next:?}");
    channel.add(&["b1"], "b").await;
    channel.run("b1", retry(HOUR / 4)).await;
    let next = channel.claims().await.next.unwrap();
    assert!(next <= HOUR / 4, "the first of them: {next:?}");
    channel.add(&["c1"], "c").await;
    channel.run("c1", handled()).await;
    assert_eq!(channel.state("a1").await, EventState::Waiting);

    // Times beyond all clocks.
    channel.add(&["d1", "d2"], "d").await;
    channel.run("d1", retry(Duration::MAX)).await;
    assert!(channel.claim().await.is_empty());
}

async fn a_retry_comes_after_its_time(journal: &dyn Journal) {
    let channel = Channel::new(journal, "retry");
    channel.add(&["a1", "a2"], "a").await;
    channel.run("a1", retry(Duration::ZERO)).await;
    let claim = channel.claim_one("a1").await;
    let before = Instant::now();
    channel
        .settle(&claim, retry(Duration::from_millis(20)))
        .await;
    let claims = channel.wait().await;
    // Times are whole milliseconds.
    assert!(before.elapsed() >= Duration::from_millis(19));
    assert_eq!(ids(&claims), ["a1"]);
    channel.settle(&claims[0], handled()).await;
    channel.run("a2", handled()).await;
}

async fn attempts_and_their_time_add_up(journal: &dyn Journal) {
    let channel = Channel::new(journal, "attempts");
    channel.add(&["a1", "a2"], "a").await;
    let mut claim = channel.claim_one("a1").await;
    // While it runs for the first time, it does not fail.
    sleep(Duration::from_millis(10)).await;
    let before_failure = Instant::now();
    let mut after_failure = None;
    for attempts in 1..=3 {
        channel.settle(&claim, retry(Duration::ZERO)).await;
        // The first one counts.
        let after_failure = *after_failure.get_or_insert_with(Instant::now);
        sleep(Duration::from_millis(10)).await;
        let least = after_failure.elapsed();
        claim = channel.claim_one("a1").await;
        let most = before_failure.elapsed();
        assert_eq!(claim.attempts, attempts);
        assert_eq!(channel.show("a1").await.entry.attempts, attempts);
        // Times are whole milliseconds. The first attempt's own time counts, too.
        let rounding = Duration::from_millis(1);
        let took = failure("").took;
        assert!(claim.failing + rounding >= least + took, "{claim:?}");
        assert!(claim.failing <= most + took + rounding, "{claim:?}");
    }
    channel.settle(&claim, dead()).await;
    assert_eq!(channel.show("a1").await.entry.attempts, 4);
    // The next one has not failed.
    let claim = channel.claim_one("a2").await;
    assert_eq!((claim.attempts, claim.failing), (0, Duration::ZERO));
}

async fn notes_come_back_with_the_claim(journal: &dyn Journal) {
    let channel = Channel::new(journal, "notes");
    let settle = async |claim: &Claim, outcome, note: Option<&str>| {
        let settlement = Settlement {
            position: claim.position,
            outcome,
            note: note.map(str::to_owned),
            kept: ROOM.kept,
        };
        journal.settle(channel.name, settlement).await.unwrap();
    };
    channel.add(&["a1"], "a").await;
    let claim = channel.claim_one("a1").await;
    settle(&claim, retry(Duration::ZERO), Some("first")).await;
    let claim = channel.claim_one("a1").await;
    assert_eq!(claim.note.as_deref(), Some("first"));
    journal
        .note(channel.name, claim.position, "second".to_owned())
        .await
        .unwrap();
    // The settlement's is the last one, if it has one.
    settle(&claim, retry(Duration::ZERO), Some("third")).await;
    let claim = channel.claim_one("a1").await;
    assert_eq!(claim.note.as_deref(), Some("third"));
    settle(&claim, retry(Duration::ZERO), None).await;
    let claim = channel.claim_one("a1").await;
    assert_eq!(claim.note.as_deref(), Some("third"));
    // A dead letter's is there when it is replayed.
    settle(&claim, dead(), Some("dead")).await;
    assert_eq!(channel.replay(None).await, 1);
    let claim = channel.claim_one("a1").await;
    assert_eq!(claim.note.as_deref(), Some("dead"));
    // What has ended is not noted any more, and what is not there never.
    channel.settle(&claim, dead()).await;
    for position in [claim.position, claim.position + 1000, -1] {
        let late = "late".to_owned();
        journal.note(channel.name, position, late).await.unwrap();
    }
    channel.replay(None).await;
    let claim = channel.claim_one("a1").await;
    assert_eq!(claim.note.as_deref(), Some("dead"));
    settle(&claim, handled(), Some("handled")).await;
    channel.add(&["a2"], "a").await;
    assert_eq!(channel.claim_one("a2").await.note, None, "it is its own");
}

async fn an_id_is_one_event(journal: &dyn Journal) {
    let channel = Channel::new(journal, "duplicates");
    let twice = vec![event("a1", "a"), event("a2", "a"), event("a1", "a")];
    let appended = channel.append(twice).await;
    let expected = Appended {
        new: 2,
        duplicates: 1,
        unsent: 0,
    };
    assert_eq!(appended, expected);
    // The first one is it, whatever the second one says.
    let other = NewEvent {
        body: "other".into(),
        ..event("a1", "b")
    };
    let appended = channel.append(vec![event("a3", "a"), other]).await;
    assert_eq!((appended.new, appended.duplicates), (1, 1));
    let bytes = 3 * body("a1").len() as u64;
    assert_eq!(channel.waiting().await, (3, bytes));
    let claim = channel.claim_one("a1").await;
    assert_eq!(claim.body, body("a1"));
    let again = channel.append(vec![event("a1", "a")]).await;
    assert_eq!(again.duplicates, 1, "also while it runs");
    channel.settle(&claim, handled()).await;
    assert_eq!(channel.drain().await, ["a2", "a3"]);
}

async fn an_id_is_known_whatever_became_of_it(journal: &dyn Journal) {
    let channel = Channel::new(journal, "known");
    let states = ["handled", "gone", "dead", "discarded", "unsent", "early"];
    for id in &states[..5] {
        channel.add(&[id], id).await;
    }
    channel
        .append(vec![
            unsend("withdrawal", "line", "unsent"),
            unsend("first", "line", "early"),
            event("early", "line"),
        ])
        .await;
    for claim in channel.claim().await {
        let outcome = match claim.id.as_str() {
            "gone" => Outcome::Handled {
                keep: Duration::ZERO,
            },
            "dead" | "discarded" => dead(),
            _ => handled(),
        };
        channel.settle(&claim, outcome).await;
    }
    let filter = EventFilter {
        id: Some("discarded".to_owned()),
        ..channel.filter()
    };
    assert_eq!(journal.discard(filter).await.unwrap(), 1);
    channel.drain().await;
    let again = channel.append(states.map(|id| event(id, "new")).to_vec());
    let expected = Appended {
        duplicates: states.len(),
        ..Appended::default()
    };
    assert_eq!(again.await, expected);
    assert!(channel.claim().await.is_empty());
    for (id, state) in [
        ("handled", EventState::Handled),
        ("gone", EventState::Handled),
        ("dead", EventState::Dead),
        ("discarded", EventState::Discarded),
        ("unsent", EventState::Unsent),
        ("early", EventState::Unsent),
    ] {
        assert_eq!(channel.state(id).await, state, "{id}");
    }
}

async fn a_backlog_is_full_by_events(journal: &dyn Journal) {
    let channel = Channel::new(journal, "full");
    let limit = Backlog { events: 2, ..ROOM };
    let append = |events| journal.append("full", events, limit);
    let three = ["a1", "a2", "a3"].map(|id| event(id, "a")).to_vec();
    let refused = append(three).await;
    assert!(matches!(
        refused,
        Err(StoreError::Backlog { events: 3, .. })
    ));
    assert!(refused.unwrap_err().is_callers());
    assert_eq!(channel.stats().await, None, "nothing is changed");

    append(vec![event("a1", "a"), event("a1", "a"), event("a2", "a")])
        .await
        .unwrap();
    let refused = append(vec![event("b1", "b")]).await;
    assert!(matches!(refused, Err(StoreError::Backlog { .. })));
    // All or nothing: neither what is before nor what is behind.
    let refused = append(vec![event("a1", "a"), event("b1", "b"), event("b2", "b")]).await;
    assert!(matches!(refused, Err(StoreError::Backlog { .. })));
    assert!(journal.show("full", "b1").await.unwrap().is_none());
    let duplicates = append(vec![event("a2", "a"), event("a1", "a")]).await;
    assert_eq!(duplicates.unwrap().duplicates, 2);

    // What runs counts until it has ended.
    let claim = channel.claim_one("a1").await;
    assert!(append(vec![event("b1", "b")]).await.is_err());
    channel.settle(&claim, retry(Duration::ZERO)).await;
    assert!(append(vec![event("b1", "b")]).await.is_err());
    channel.run("a1", dead()).await;
    append(vec![event("b1", "b")]).await.unwrap();
    // Another channel has its own.
    let other = journal.append("full too", vec![event("b1", "b")], limit);
    other.await.unwrap();
    assert_eq!(channel.drain().await, ["a2", "b1"]);
}

async fn a_backlog_is_full_by_bytes(journal: &dyn Journal) {
    let channel = Channel::new(journal, "heavy");
    let limit = Backlog { bytes: 10, ..ROOM };
    let heavy = |id: &str, body: &str| NewEvent {
        body: body.into(),
        ..event(id, "a")
    };
    let append = |event| journal.append("heavy", vec![event], limit);
    // Bytes are counted, not characters.
    append(heavy("a1", "日本")).await.unwrap();
    append(heavy("a2", "1234")).await.unwrap();
    let refused = append(heavy("a3", "x")).await;
    assert!(matches!(
        refused,
        Err(StoreError::Backlog {
            events: 3,
            bytes: 11,
            ..
        })
    ));
    append(heavy("a1", "duplicate")).await.unwrap();
    assert_eq!(channel.waiting().await, (2, 10));
    channel.run("a1", handled()).await;
    append(heavy("a3", "123456")).await.unwrap();
    assert_eq!(channel.waiting().await, (2, 10));
    assert_eq!(channel.drain().await, ["a2", "a3"]);
    assert_eq!(channel.waiting().await, (0, 0));
}

async fn a_backlog_is_full_by_age(journal: &dyn Journal) {
    let channel = Channel::new(journal, "old");
    let limit = Backlog {
        age: Duration::from_millis(5),
        ..ROOM
    };
    channel.add(&["first"], "a").await;
    // It may be looked at now and then only.
    let mut number = 0;
    let refused = loop {
        number += 1;
        assert!(number < 10_000, "it is never too old");
        sleep(Duration::from_millis(10)).await;
        let event = event(&number.to_string(), "b");
        match journal.append("old", vec![event], limit).await {
            Ok(appended) => assert_eq!(appended.new, 1),
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, StoreError::BacklogAge { age, .. } if age > limit.age));
    assert!(refused.is_callers());
    let refused = journal.show("old", &number.to_string()).await.unwrap();
    assert!(refused.is_none(), "nothing is changed");
    let duplicate = journal.append("old", vec![event("first", "a")], limit);
    assert_eq!(duplicate.await.unwrap().duplicates, 1);

    // What runs has had its turn, what is behind it has none yet, and what is to be tried again
    // could not run.
    let first = channel.claim().await;
    tick().await;
    let append = |id| journal.append("old", vec![event(id, "a")], limit);
    append("second").await.unwrap();
    for claim in first {
        channel.settle(&claim, retry(HOUR)).await;
    }
    append("third").await.unwrap();
}

/// Taking back is what makes room.
async fn a_full_backlog_lets_take_back(journal: &dyn Journal) {
    let channel = Channel::new(journal, "full of unsent");
    let limit = Backlog { events: 2, ..ROOM };
    let append = |events| journal.append("full of unsent", events, limit);
    append(vec![event("a1", "a"), event("a2", "a")])
        .await
        .unwrap();
    let appended = append(vec![unsend("u2", "a", "a2")]).await.unwrap();
    assert_eq!((appended.new, appended.unsent), (1, 1));
    // What comes after its withdrawal does not wait.
    append(vec![event("edit of a2", "a")]).await.unwrap_err();
    let edit = NewEvent {
        message: event("a2", "a").message,
        ..event("edit of a2", "a")
    };
    let appended = append(vec![edit]).await.unwrap();
    assert_eq!((appended.new, appended.unsent), (1, 1));
    assert_eq!(channel.drain().await, ["a1", "u2"]);
}

async fn an_unsent_message_leaves_the_line(journal: &dyn Journal) {
    let channel = Channel::new(journal, "unsent");
    channel.add(&["a1", "a2", "a3", "a4"], "a").await;
    let other = Channel::new(journal, "not unsent");
    other.add(&["a1"], "a").await;
    // One behind, and the first one.
    let appended = channel.append(vec![unsend("u2", "a", "a2")]).await;
    assert_eq!((appended.new, appended.unsent), (1, 1));
    let appended = channel.append(vec![unsend("u1", "a", "a1")]).await;
    assert_eq!((appended.new, appended.unsent), (1, 1));
    for id in ["a1", "a2"] {
        channel.assert_ended(id, EventState::Unsent, None).await;
    }
    let bytes = 4 * body("a1").len() as u64;
    assert_eq!(channel.waiting().await, (4, bytes));
    // Again, in another event: there is nothing to take back.
    let appended = channel.append(vec![unsend("u1 again", "a", "a1")]).await;
    assert_eq!((appended.new, appended.unsent), (1, 0));
    // In one webhook.
    let appended = channel
        .append(vec![event("a5", "a"), unsend("u5", "a", "a5")])
        .await;
    assert_eq!((appended.new, appended.unsent), (2, 1));
    let order = ["a3", "a4", "u2", "u1", "u1 again", "u5"];
    assert_eq!(channel.drain().await, order);
    assert_eq!(channel.waiting().await, (0, 0));
    assert_eq!(other.drain().await, ["a1"]);

    // What takes nothing back that has a name.
    let nameless = NewEvent {
        message: None,
        ..unsend("u6", "a", "")
    };
    channel
        .append(vec![
            NewEvent {
                message: None,
                ..event("a6", "a")
            },
            nameless,
        ])
        .await;
    assert_eq!(channel.drain().await, ["a6", "u6"]);
}

async fn an_unsent_message_that_runs_is_not_tried_again(journal: &dyn Journal) {
    let channel = Channel::new(journal, "unsent running");
    for (id, outcome, state) in [
        ("retried", retry(Duration::ZERO), EventState::Unsent),
        ("dead", dead(), EventState::Unsent),
        ("handled", handled(), EventState::Handled),
    ] {
        channel.add(&[id, &format!("{id} next")], id).await;
        // It has failed before.
        channel.run(id, retry(Duration::ZERO)).await;
        let claim = channel.claim_one(id).await;
        let (before, bytes) = channel.waiting().await;
        let withdrawal = unsend(&format!("{id} unsend"), id, id);
        let more = withdrawal.body.len() as u64;
        let appended = channel.append(vec![withdrawal]).await;
        assert_eq!((appended.new, appended.unsent), (1, 0));
        let left = bytes + more - body(id).len() as u64;
        assert_eq!(channel.waiting().await, (before + 1, left));
        assert!(channel.claim().await.is_empty(), "it runs still");
        let shown = channel.show(id).await;
        assert_eq!(shown.entry.state, EventState::Waiting);
        assert_eq!((shown.body, shown.failures), (None, Vec::new()));

        channel.settle(&claim, outcome).await;
        channel.assert_ended(id, state, None).await;
        assert!(channel.show(id).await.failures.is_empty());
        let order = [format!("{id} next"), format!("{id} unsend")];
        assert_eq!(channel.drain().await, order);
        assert_eq!(channel.waiting().await, (0, 0));
        assert_eq!(channel.replay(None).await, 0);
    }
}

async fn an_unsent_message_that_waits_for_its_retry_leaves_the_line(journal: &dyn Journal) {
    let channel = Channel::new(journal, "unsent retry");
    channel.add(&["a1", "a2"], "a").await;
    channel.run("a1", retry(HOUR)).await;
    let appended = channel.append(vec![unsend("u1", "a", "a1")]).await;
    assert_eq!((appended.new, appended.unsent), (1, 1));
    channel.assert_ended("a1", EventState::Unsent, None).await;
    assert!(channel.show("a1").await.failures.is_empty());
    assert_eq!(channel.drain().await, ["a2", "u1"]);
    assert_eq!(channel.claims().await.next, None);
}

async fn a_message_after_its_withdrawal_is_unsent(journal: &dyn Journal) {
    let channel = Channel::new(journal, "withdrawn");
    channel.append(vec![unsend("u1", "a", "a1")]).await;
    channel.run("u1", handled()).await;
    let appended = channel.append(vec![event("a1", "a"), event("a2", "a")]);
    let expected = Appended {
        new: 2,
        duplicates: 0,
        unsent: 1,
    };
    assert_eq!(appended.await, expected);
    channel.assert_ended("a1", EventState::Unsent, None).await;
    assert_eq!(channel.waiting().await, (1, body("a2").len() as u64));
    // In one webhook, the wrong way round.
    let appended = channel.append(vec![unsend("u3", "a", "a3"), event("a3", "a")]);
    assert_eq!(appended.await.unsent, 1);
    // Another channel's message may be called the same.
    let other = Channel::new(journal, "not withdrawn");
    other.add(&["a1"], "a").await;
    assert_eq!(channel.drain().await, ["a2", "u3"]);
    assert_eq!(other.drain().await, ["a1"]);
}

async fn an_unsent_message_is_forgotten_by_what_has_ended(journal: &dyn Journal) {
    let channel = Channel::new(journal, "unsent late");
    channel.add(&["handled"], "a").await;
    channel.run("handled", retry(Duration::ZERO)).await;
    channel.run("handled", handled()).await;
    channel.add(&["dead"], "a").await;
    channel.run("dead", dead()).await;
    assert_eq!(channel.show("handled").await.failures.len(), 1);
    assert_eq!(channel.show("dead").await.body, Some(body("dead")));
    let withdrawals = ["handled", "dead"].map(|id| unsend(&format!("un{id}"), "a", id));
    let appended = channel.append(withdrawals.to_vec()).await;
    assert_eq!((appended.new, appended.unsent), (2, 0));
    channel
        .assert_ended("handled", EventState::Handled, None)
        .await;
    channel.assert_ended("dead", EventState::Unsent, None).await;
    for id in ["handled", "dead"] {
        let shown = channel.show(id).await;
        assert!(shown.failures.is_empty());
        assert_eq!(shown.entry.error, None);
    }
    assert_eq!(channel.replay(None).await, 0, "there is nothing to replay");
    assert_eq!(channel.drain().await, ["unhandled", "undead"]);
}

/// A message comes in one event, and is changed in others.
async fn all_of_a_message_is_unsent(journal: &dyn Journal) {
    let channel = Channel::new(journal, "edited");
    let edit = |id: &str| NewEvent {
        message: event("a1", "a").message,
        ..event(id, "a")
    };
    channel
        .append(vec![event("a1", "a"), edit("e1"), event("a2", "a")])
        .await;
    let claim = channel.claim_one("a1").await;
    channel.append(vec![edit("e2")]).await;
    let appended = channel.append(vec![unsend("u1", "a", "a1")]).await;
    assert_eq!((appended.new, appended.unsent), (1, 2));
    let appended = channel.append(vec![edit("e3")]).await;
    assert_eq!((appended.new, appended.unsent), (1, 1));
    channel.settle(&claim, handled()).await;
    assert_eq!(channel.drain().await, ["a2", "u1"]);
    for (id, state) in [
        ("a1", EventState::Handled),
        ("e1", EventState::Unsent),
        ("e2", EventState::Unsent),
        ("e3", EventState::Unsent),
    ] {
        channel.assert_ended(id, state, None).await;
    }
}

async fn an_appointment_is_made_moved_and_cancelled(journal: &dyn Journal) {
    let channel = Channel::new(journal, "agenda");
    let later = now() + 3_600_000;
    let two = Expected::Nothing(2);
    let schedule = |key, id: &str, expected| channel.schedule(key, later, event(id, "a"), expected);
    assert_eq!(channel.scheduled("k1").await, None);
    assert!(!channel.cancel("k1").await);
    let moved = schedule("k1", "e0", Expected::Event).await;
    assert_eq!(moved, Scheduled::Differs);
    assert_eq!(channel.stats().await, None);
    let none = schedule("k1", "e0", Expected::Nothing(0)).await;
    assert_eq!(none, Scheduled::Full);

    assert_eq!(schedule("k1", "e1", two).await, Scheduled::Done);
    assert_eq!(schedule("k1", "e2", two).await, Scheduled::Differs);
    assert_eq!(channel.scheduled("k1").await, Some(body("e1")));
    assert_eq!(schedule("k2", "e2", two).await, Scheduled::Done);
    assert_eq!(schedule("k3", "e3", two).await, Scheduled::Full);
    assert_eq!(channel.scheduled("k3").await, None);
    // One in place of another is not one more.
    let moved = schedule("k1", "e4", Expected::Event).await;
    assert_eq!(moved, Scheduled::Done);
    assert_eq!(channel.scheduled("k1").await, Some(body("e4")));
    assert_eq!(channel.stats().await.unwrap().scheduled, 2);

    // Another agenda and another channel have their own.
    let appointment = Appointment {
        key: "k1".to_owned(),
        at: later,
        event: event("e5", "a"),
    };
    for (name, agenda) in [("agenda", "other"), ("other agenda", "agenda")] {
        let there = journal.scheduled(name, agenda, "k1").await.unwrap();
        assert_eq!(there, None);
        let one = Expected::Nothing(1);
        let scheduled = journal.schedule(name, agenda, appointment.clone(), one);
        assert_eq!(scheduled.await.unwrap(), Scheduled::Done);
        assert!(journal.cancel(name, agenda, "k1").await.unwrap());
    }
    assert_eq!(channel.scheduled("k1").await, Some(body("e4")));

    let claims = channel.claims().await;
    assert!(claims.events.is_empty());
    let next = claims.next.unwrap();
    assert!(HOUR / 2 < next && next <= HOUR, "{next:?}");
    assert!(channel.cancel("k1").await);
    assert!(!channel.cancel("k1").await);
    assert_eq!(channel.scheduled("k1").await, None);
    assert_eq!(schedule("k3", "e3", two).await, Scheduled::Done);
    assert!(channel.cancel("k2").await);
    assert!(channel.cancel("k3").await);
    assert_eq!(channel.claims().await.next, None);
    assert_eq!(channel.stats().await.unwrap().scheduled, 0);
}

async fn an_appointment_arrives_at_its_time(journal: &dyn Journal) {
    let channel = Channel::new(journal, "timer");
    let soon = now() + 20;
    let any = Expected::Nothing(usize::MAX);
    channel.schedule("k1", soon, event("e1", "a"), any).await;
    channel
        .schedule("k2", soon + 3_600_000, event("e2", "a"), any)
        .await;
    let claims = channel.wait().await;
    assert!(now() >= soon, "it is not early");
    assert_eq!(ids(&claims), ["e1"]);
    assert!(claims[0].is_hosts);
    assert_eq!(claims[0].body, body("e1"));
    assert_eq!(channel.scheduled("k1").await, None);
    assert!(!channel.cancel("k1").await);
    channel.settle(&claims[0], handled()).await;
    assert!(channel.claim().await.is_empty(), "it arrives once");
    // What is moved arrives at its new time only.
    channel
        .schedule("k2", soon, event("e3", "a"), Expected::Event)
        .await;
    channel.run("e3", handled()).await;
    assert!(journal.show("timer", "e2").await.unwrap().is_none());
    assert_eq!(channel.claims().await.next, None);
}

async fn an_appointment_arrives_in_its_chats_line(journal: &dyn Journal) {
    let channel = Channel::new(journal, "timer line");
    channel.add(&["a1", "a2"], "a").await;
    let any = Expected::Nothing(usize::MAX);
    for (key, at, chat) in [("t3", 3, "a"), ("t1", 1, "a"), ("t2", 2, "b")] {
        channel.schedule(key, at, event(key, chat), any).await;
    }
    let first = channel.claim().await;
    assert_eq!(ids(&first), ["a1", "t2"]);
    channel.add(&["a3"], "a").await;
    channel.settle(&first[0], handled()).await;
    assert_eq!(channel.drain().await, ["a2", "t1", "t3", "a3"]);
}

async fn an_appointment_that_has_arrived_already_changes_nothing(journal: &dyn Journal) {
    let channel = Channel::new(journal, "timer again");
    channel.add(&["waiting", "handled"], "a").await;
    assert_eq!(channel.drain().await, ["waiting", "handled"]);
    channel.add(&["late"], "a").await;
    let any = Expected::Nothing(usize::MAX);
    for id in ["handled", "late"] {
        let other = NewEvent {
            body: "other".into(),
            ..event(id, "b")
        };
        channel.schedule(id, 0, other, any).await;
    }
    let claim = channel.claim_one("late").await;
    assert_eq!(claim.body, body("late"));
    assert_eq!(channel.state("handled").await, EventState::Handled);
    assert_eq!(channel.stats().await.unwrap().scheduled, 0);
    assert_eq!(channel.waiting().await, (1, body("late").len() as u64));
}

/// More than arrive in one step.
async fn many_appointments_arrive_in_order(journal: &dyn Journal) {
    let channel = Channel::new(journal, "timers");
    let any = Expected::Nothing(usize::MAX);
    let names: Vec<String> = (0..300).map(|number| format!("{number:03}")).collect();
    let all = (0_u16..300).rev().zip(names.iter().rev());
    join_all(all.map(|(at, name)| channel.schedule(name, i64::from(at), event(name, "a"), any)))
        .await;
    assert_eq!(ids(&channel.claim().await), ["000"]);
    let mut arrived = channel.list(channel.filter()).await;
    arrived.reverse();
    assert_eq!(arrived, names);
    assert_eq!(channel.stats().await.unwrap().scheduled, 0);
}

async fn what_is_postponed_is_not_early(journal: &dyn Journal) {
    let channel = Channel::new(journal, "postponed");
    let any = Expected::Nothing(usize::MAX);
    let later = now() + 3_600_000;
    for (key, at) in [("early", 0), ("late", later + 3_600_000)] {
        channel.schedule(key, at, event(key, "a"), any).await;
    }
    let appointment = Appointment {
        key: "k".to_owned(),
        at: 0,
        event: event("other", "a"),
    };
    let other = journal.schedule("postponed", "other agenda", appointment, any);
    other.await.unwrap();
    let postpone = |until| journal.postpone("postponed", "agenda", until);
    postpone(later).await.unwrap();
    // Not earlier than it was.
    postpone(0).await.unwrap();
    let claims = channel.claims().await;
    assert_eq!(ids(&claims.events), ["other"]);
    let next = claims.next.unwrap();
    assert!(HOUR / 2 < next && next <= HOUR, "{next:?}");
    channel.settle(&claims.events[0], handled()).await;
    assert!(channel.cancel("early").await);
    let next = channel.claims().await.next.unwrap();
    assert!(next > HOUR, "{next:?}");
    assert!(channel.cancel("late").await);
    // There is none.
    postpone(later).await.unwrap();
}

async fn a_list_has_what_the_filter_means(journal: &dyn Journal) {
    let channel = Channel::new(journal, "list");
    // One in each state, and a second one behind that waits.
    for id in ["handled", "dead", "discarded", "unsent", "failing"] {
        channel.add(&[id], id).await;
        tick().await;
    }
    channel.append(vec![unsend("unsend", "u", "unsent")]).await;
    for claim in channel.claim().await {
        let outcome = match claim.id.as_str() {
            "dead" | "discarded" => dead(),
            "failing" => retry(HOUR),
            _ => handled(),
        };
        channel.settle(&claim, outcome).await;
    }
    let with = |change: &dyn Fn(&mut EventFilter)| {
        let mut filter = channel.filter();
        change(&mut filter);
        filter
    };
    let discarded = with(&|filter| filter.id = Some("discarded".to_owned()));
    journal.discard(discarded).await.unwrap();

    let all = channel.list(channel.filter()).await;
    let newest_first = [
        "unsend",
        "failing",
        "unsent",
        "discarded",
        "dead",
        "handled",
    ];
    assert_eq!(all, newest_first);
    for (state, expected) in [
        (EventState::Waiting, &["failing"][..]),
        (EventState::Handled, &["unsend", "handled"]),
        (EventState::Dead, &["dead"]),
        (EventState::Unsent, &["unsent"]),
        (EventState::Discarded, &["discarded"]),
    ] {
        let list = channel.list(with(&|filter| filter.state = Some(state)));
        assert_eq!(list.await, expected);
    }
    let list = channel.list(with(&|filter| filter.chat = Some("dead".to_owned())));
    assert_eq!(list.await, ["dead"]);
    let list = channel.list(with(&|filter| filter.chat = Some(String::new())));
    assert!(list.await.is_empty());
    let list = channel.list(with(&|filter| filter.id = Some("handled".to_owned())));
    assert_eq!(list.await, ["handled"]);
    for (error, expected) in [
        ("no more", &["dead"][..]),
        ("more", &["dead"]),
        ("again", &["failing"]),
        ("a", &["failing"]),
        ("%", &[]),
    ] {
        let list = channel.list(with(&|filter| filter.error = Some(error.to_owned())));
        assert_eq!(list.await, expected, "{error}");
    }
    // From one time on, and up to another.
    let time = channel.show("dead").await.entry.received;
    let list = channel.list(with(&|filter| filter.since = Some(time)));
    assert_eq!(list.await, newest_first[..5]);
    let list = channel.list(with(&|filter| filter.until = Some(time)));
    assert_eq!(list.await, ["handled"]);
    let list = channel.list(with(&|filter| {
        filter.since = Some(time);
        filter.until = Some(time + 1);
    }));
    assert_eq!(list.await, ["dead"]);
    // All conditions hold.
    let list = channel.list(with(&|filter| {
        filter.state = Some(EventState::Dead);
        filter.chat = Some("handled".to_owned());
    }));
    assert!(list.await.is_empty());
    let nobodys = EventFilter {
        channel: Some("nobody".to_owned()),
        ..EventFilter::default()
    };
    assert!(channel.list(nobodys).await.is_empty());
    // Of all channels.
    let failing = EventFilter {
        id: Some("failing".to_owned()),
        ..EventFilter::default()
    };
    assert_eq!(channel.list(failing).await, ["failing"]);
}

async fn a_list_has_pages(journal: &dyn Journal) {
    let channel = Channel::new(journal, "pages");
    let count = PAGE_EVENTS + 3;
    let names: Vec<String> = (0..count).map(|number| number.to_string()).collect();
    channel
        .append(names.iter().map(|name| event(name, "a")).collect())
        .await;
    let page = async |before, limit| -> Vec<Entry> {
        let page = journal.list(channel.filter(), before, limit);
        page.await.unwrap()
    };
    let last = |page: &[Entry]| page.last().map(|entry| entry.position);
    assert!(page(None, 0).await.is_empty());
    let first = page(None, usize::MAX).await;
    assert_eq!(first.len(), PAGE_EVENTS);
    let second = page(last(&first), usize::MAX).await;
    let mut listed: Vec<_> = first.iter().chain(&second).map(|it| &it.id).collect();
    listed.reverse();
    assert_eq!(listed, names.iter().collect::<Vec<_>>());
    assert!(page(last(&second), 10).await.is_empty());
    assert_eq!(page(last(&first), 2).await[..].len(), 2);
}

async fn an_event_is_shown_with_its_failures(journal: &dyn Journal) {
    let channel = Channel::new(journal, "show");
    assert!(journal.show("show", "a1").await.unwrap().is_none());
    channel.add(&["a1"], "a").await;
    assert!(journal.show("shown", "a1").await.unwrap().is_none());
    assert!(journal.show("show", "A1").await.unwrap().is_none());
    let shown = channel.show("a1").await;
    assert_eq!(shown.body, Some(body("a1")));
    assert!(shown.failures.is_empty());
    let Entry {
        channel: name,
        id,
        chat,
        state,
        ended,
        attempts,
        error,
        ..
    } = shown.entry;
    assert_eq!((&*name, &*id, &*chat), ("show", "a1", "a"));
    assert_eq!((state, attempts), (EventState::Waiting, 0));
    assert_eq!((ended, error), (None, None));

    let mut failures = Vec::new();
    for number in 0..12_u16 {
        let failure = FailedAttempt {
            started: i64::from(number),
            took: Duration::from_millis(number.into()),
            version: format!("version {number}"),
            error: format!("error {number}"),
            log: String::new(),
        };
        failures.push(failure.clone());
        let after = Duration::ZERO;
        channel.run("a1", Outcome::Retry { after, failure }).await;
    }
    channel.run("a1", dead()).await;
    failures.push(failure("no more"));
    let shown = channel.show("a1").await;
    assert_eq!(shown.failures, failures);
    assert_eq!(shown.entry.error.as_deref(), Some("no more"));
    assert_eq!(shown.entry.state, EventState::Dead);
    assert_eq!(shown.entry.attempts, 13);
    assert!(shown.entry.ended.unwrap() >= shown.entry.received);
    let list = journal.list(channel.filter(), None, 10).await.unwrap();
    assert_eq!(list[0].error.as_deref(), Some("no more"));
    assert_eq!(list[0].attempts, 13);
}

async fn stats_tell_what_there_is(journal: &dyn Journal) {
    let channel = Channel::new(journal, "stats");
    assert_eq!(channel.stats().await, None);
    channel.add(&["a1"], "a").await;
    tick().await;
    channel.add(&["a2"], "a").await;
    channel.add(&["b1"], "b").await;
    let later = now() + 3_600_000;
    let any = Expected::Nothing(1);
    channel.schedule("k", later, event("t", "a"), any).await;
    let bytes = body("a1").len() as u64;
    let mut expected = ChannelStats {
        channel: "stats".to_owned(),
        waiting: 3,
        waiting_bytes: 3 * bytes,
        oldest: Some(channel.show("a1").await.entry.received),
        kept_bytes: 0,
        dead: 0,
        scheduled: 1,
    };
    assert_eq!(channel.stats().await, Some(expected.clone()));
    let claims = channel.claim().await;
    assert_eq!(channel.stats().await, Some(expected.clone()), "these run");
    channel.settle(&claims[0], dead()).await;
    expected.waiting -= 1;
    expected.waiting_bytes -= bytes;
    expected.dead = 1;
    let failures = channel.show("a1").await.failures;
    let failures = failures.iter().map(|it| it.error.len() + it.log.len());
    expected.kept_bytes = bytes + failures.sum::<usize>() as u64;
    expected.oldest = Some(channel.show("a2").await.entry.received);
    assert_eq!(channel.stats().await, Some(expected.clone()));
    channel.settle(&claims[1], handled()).await;
    channel.drain().await;
    expected.kept_bytes += 2 * bytes;
    expected.waiting = 0;
    expected.waiting_bytes = 0;
    expected.oldest = None;
    assert_eq!(channel.stats().await, Some(expected));
    let stats = journal.stats().await.unwrap();
    assert!(stats.is_sorted_by(|a, b| a.channel < b.channel));
}

async fn a_replayed_event_begins_anew(journal: &dyn Journal) {
    let channel = Channel::new(journal, "replay");
    channel.add(&["a1"], "a").await;
    channel.run("a1", retry(Duration::ZERO)).await;
    sleep(Duration::from_millis(10)).await;
    channel.run("a1", dead()).await;
    channel.add(&["other"], "b").await;
    channel.run("other", handled()).await;
    assert!(channel.claim().await.is_empty());
    let received = channel.show("a1").await.entry.received;

    assert_eq!(channel.replay(Some("v2")).await, 1, "only dead letters");
    assert_eq!(channel.waiting().await, (1, body("a1").len() as u64));
    assert_eq!(channel.stats().await.unwrap().dead, 0);
    let shown = channel.show("a1").await;
    assert_eq!(shown.entry.state, EventState::Waiting);
    assert_eq!((shown.entry.attempts, shown.entry.ended), (0, None));
    assert_eq!(shown.failures.len(), 2, "what went wrong is still known");
    let claim = channel.claim_one("a1").await;
    assert_eq!((claim.attempts, claim.failing), (0, Duration::ZERO));
    assert_eq!(claim.version.as_deref(), Some("v2"));
    assert_eq!(channel.show("a1").await.entry.received, received);
    assert_eq!(claim.body, body("a1"));
    // It is for this version until it ends.
    channel.settle(&claim, retry(Duration::ZERO)).await;
    let claim = channel.claim_one("a1").await;
    assert_eq!(claim.attempts, 1);
    assert_eq!(claim.version.as_deref(), Some("v2"));
    channel.settle(&claim, dead()).await;
    assert_eq!(channel.show("a1").await.failures.len(), 4);
    assert_eq!(channel.replay(None).await, 1);
    let claim = channel.claim_one("a1").await;
    assert_eq!(claim.version, None);
    channel.settle(&claim, handled()).await;
    assert_eq!(channel.replay(None).await, 0);
    assert_eq!(channel.state("a1").await, EventState::Handled);
}

async fn replayed_events_come_in_order(journal: &dyn Journal) {
    let channel = Channel::new(journal, "replay order");
    channel.add(&["a1", "a2", "a3"], "a").await;
    channel.add(&["b1"], "b").await;
    for _ in 0..3 {
        for claim in channel.claim().await {
            channel.settle(&claim, dead()).await;
        }
    }
    let filter = EventFilter {
        chat: Some("a".to_owned()),
        ..channel.filter()
    };
    let replayed = journal.replay(filter, 0, None).await.unwrap();
    assert_eq!(replayed.len(), 3);
    channel.add(&["a4"], "a").await;
    let first = channel.claim_one("a1").await;
    assert!(channel.claim().await.is_empty());
    channel.settle(&first, handled()).await;
    assert_eq!(channel.drain().await, ["a2", "a3", "a4"]);
    assert_eq!(channel.state("b1").await, EventState::Dead);
    // By other conditions, too.
    let filter = EventFilter {
        error: Some("no more".to_owned()),
        state: Some(EventState::Handled),
        ..channel.filter()
    };
    let replayed = journal.replay(filter.clone(), 0, None).await.unwrap();
    assert!(replayed.is_empty());
    let filter = EventFilter {
        state: Some(EventState::Dead),
        ..filter
    };
    assert_eq!(journal.replay(filter, 0, None).await.unwrap().len(), 1);
    assert_eq!(channel.drain().await, ["b1"]);
}

/// A replayed event is earlier than those that wait, yet comes behind the one that runs.
async fn a_replayed_event_does_not_run_beside_its_chats(journal: &dyn Journal) {
    let channel = Channel::new(journal, "replay beside");
    channel.add(&["a1", "a2", "a3", "a4"], "a").await;
    channel.run("a1", dead()).await;
    let second = channel.claim_one("a2").await;
    assert_eq!(channel.replay(None).await, 1);
    assert!(channel.claim().await.is_empty());
    // Another one leaves the line.
    let appended = channel.append(vec![unsend("u3", "a", "a3")]).await;
    assert_eq!(appended.unsent, 1);
    assert!(channel.claim().await.is_empty(), "the second one runs");
    channel.settle(&second, retry(HOUR)).await;
    assert!(channel.claim().await.is_empty(), "the second one is first");
    let appended = channel.append(vec![unsend("u2", "a", "a2")]).await;
    assert_eq!(appended.unsent, 1);
    assert_eq!(channel.drain().await, ["a1", "a4", "u3", "u2"]);
}

async fn a_discarded_event_is_thrown_away(journal: &dyn Journal) {
    let channel = Channel::new(journal, "discard");
    channel.add(&["a1", "a2"], "a").await;
    channel.run("a1", dead()).await;
    channel.run("a2", dead()).await;
    channel.add(&["a3"], "a").await;
    let filter = EventFilter {
        id: Some("a1".to_owned()),
        ..channel.filter()
    };
    assert_eq!(journal.discard(filter.clone()).await.unwrap(), 1);
    assert_eq!(journal.discard(filter).await.unwrap(), 0);
    channel
        .assert_ended("a1", EventState::Discarded, None)
        .await;
    assert!(channel.show("a1").await.failures.is_empty());
    assert_eq!(channel.stats().await.unwrap().dead, 1);
    assert_eq!(channel.replay(None).await, 1);
    let order = channel.drain().await;
    assert_eq!(order, ["a3", "a2"], "the one that waits was first");
    assert_eq!(journal.discard(channel.filter()).await.unwrap(), 0);
}

async fn dead_letters_are_taken_step_by_step(journal: &dyn Journal) {
    let channel = Channel::new(journal, "steps");
    let count = STEP_EVENTS + 4;
    let names: Vec<String> = (0..count).map(|number| format!("{number:03}")).collect();
    // Each in a chat of its own.
    let events = names.iter().map(|name| event(name, name)).collect();
    channel.append(events).await;
    let claims = channel.claim().await;
    join_all(claims.iter().map(|claim| channel.settle(claim, dead()))).await;
    assert_eq!(channel.replay(None).await, STEP_EVENTS);
    assert_eq!(ids(&channel.claim().await), names[..STEP_EVENTS]);
    assert_eq!(channel.replay(None).await, 4);
    let claims = channel.claim().await;
    assert_eq!(ids(&claims), names[STEP_EVENTS..]);
}

async fn a_sweep_removes_what_need_not_be_kept(journal: &dyn Journal) {
    sweep(journal).await;
    let channel = Channel::new(journal, "sweep");
    let short = Duration::from_millis(1);
    let keeps = [
        ("never", Duration::ZERO),
        ("short", short),
        ("hour", HOUR),
        ("always", Duration::MAX),
    ];
    for (name, keep) in keeps {
        let (handled, dead) = (format!("{name} handled"), format!("{name} dead"));
        channel.add(&[&handled, &dead], "a").await;
        channel.run(&handled, retry(Duration::ZERO)).await;
        channel.run(&handled, Outcome::Handled { keep }).await;
        let failure = failure("no more");
        channel.run(&dead, Outcome::Dead { keep, failure }).await;
    }
    channel.add(&["waiting"], "a").await;
    channel
        .assert_ended("never dead", EventState::Dead, None)
        .await;
    sleep(short * 5).await;
    assert_eq!(sweep(journal).await, 2);
    for name in ["never", "short"] {
        for (id, state) in [
            (format!("{name} handled"), EventState::Handled),
            (format!("{name} dead"), EventState::Dead),
        ] {
            channel.assert_ended(&id, state, None).await;
        }
    }
    assert!(channel.show("short dead").await.failures.is_empty());
    for name in ["hour", "always"] {
        for id in [format!("{name} handled"), format!("{name} dead")] {
            let shown = channel.show(&id).await;
            assert_eq!(shown.body, Some(body(&id)));
            assert_eq!(shown.failures.len(), 1);
        }
    }
    assert_eq!(channel.replay(None).await, 2, "those that are kept");
    assert_eq!(sweep(journal).await, 0, "and kept as long as they wait");
    assert_eq!(
        channel.drain().await,
        ["waiting", "hour dead", "always dead"]
    );
}

/// Of all that has ended, even if there is nothing else of it.
async fn a_sweep_keeps_ids(journal: &dyn Journal) {
    let channel = Channel::new(journal, "sweep ids");
    let short = Duration::from_millis(1);
    let all = ["handled", "running", "dead", "discarded", "unsent"];
    for id in all {
        channel.add(&[id], id).await;
        let filter = EventFilter {
            id: Some(id.to_owned()),
            ..channel.filter()
        };
        match id {
            "handled" => {
                channel.run(id, Outcome::Handled { keep: short }).await;
            }
            "running" => {
                let claim = channel.claim_one(id).await;
                channel.append(vec![unsend("u", "u", id)]).await;
                channel.run("u", handled()).await;
                channel
                    .settle(&claim, Outcome::Handled { keep: short })
                    .await;
            }
            "dead" | "discarded" => {
                let failure = failure("no more");
                let keep = short;
                channel.run(id, Outcome::Dead { keep, failure }).await;
                if id == "discarded" {
                    assert_eq!(journal.discard(filter).await.unwrap(), 1);
                }
            }
            _ => {
                channel.append(vec![unsend("u2", "u", id)]).await;
                channel.run("u2", handled()).await;
            }
        }
    }
    // These lose their content before it is due.
    for id in ["handled", "dead"] {
        let withdrawal = format!("un{id}");
        channel.append(vec![unsend(&withdrawal, "u", id)]).await;
        channel.run(&withdrawal, handled()).await;
    }
    sleep(short * 5).await;
    for _ in 0..3 {
        sweep(journal).await;
    }
    let again = channel.append(all.map(|id| event(id, "again")).to_vec());
    let expected = Appended {
        duplicates: all.len(),
        ..Appended::default()
    };
    assert_eq!(again.await, expected);
}

async fn a_sweep_goes_step_by_step(journal: &dyn Journal) {
    sweep(journal).await;
    let channel = Channel::new(journal, "sweep steps");
    let names = (0..STEP_EVENTS + 4).map(|number| number.to_string());
    channel
        .append(names.map(|name| event(&name, &name)).collect())
        .await;
    let claims = channel.claim().await;
    let keep = Duration::from_millis(1);
    let settled = claims.iter().map(|claim| {
        let outcome = Outcome::Handled { keep };
        channel.settle(claim, outcome)
    });
    join_all(settled).await;
    sleep(keep * 5).await;
    assert_eq!(journal.sweep().await.unwrap(), STEP_EVENTS);
    assert_eq!(journal.sweep().await.unwrap(), 4);
    assert_eq!(journal.sweep().await.unwrap(), 0);
}

async fn what_is_not_there_is_not_settled(journal: &dyn Journal) {
    let channel = Channel::new(journal, "unknown");
    channel.add(&["a1", "a2"], "a").await;
    let claim = channel.claim_one("a1").await;
    channel.settle(&claim, handled()).await;
    let before = channel.stats().await;
    for position in [claim.position, claim.position + 1000, 0, -1, i64::MAX] {
        for outcome in [handled(), retry(Duration::ZERO), dead()] {
            let settlement = Settlement {
                position,
                outcome,
                note: Some("note".to_owned()),
                kept: ROOM.kept,
            };
            journal.settle(channel.name, settlement).await.unwrap();
        }
    }
    assert_eq!(channel.stats().await, before);
    let shown = channel.show("a1").await;
    assert_eq!(shown.entry.state, EventState::Handled);
    assert!(shown.failures.is_empty());
    assert_eq!(channel.drain().await, ["a2"]);
}

/// They may be done or not, but not by halves.
async fn dropped_calls_do_no_harm(journal: &dyn Journal) {
    let channel = Channel::new(journal, "dropped");
    for number in 0..20 {
        let id = number.to_string();
        let events = vec![event(&id, "a"), event(&format!("{id} too"), "a")];
        // Once before it has begun, once when it waits for its answer.
        drop(journal.append("dropped", events.clone(), ROOM));
        let _ = journal
            .append("dropped", events.clone(), ROOM)
            .now_or_never();
        let appended = channel.append(events).await;
        assert!(appended.new == 0 || appended.new == 2, "{appended:?}");
        for id in [&id, &format!("{id} too")] {
            let claim = channel.claim_one(id).await;
            let settlement = Settlement {
                position: claim.position,
                outcome: handled(),
                note: None,
                kept: ROOM.kept,
            };
            let note = journal.note("dropped", claim.position, String::new());
            let _ = note.now_or_never();
            let _ = journal.settle("dropped", settlement.clone()).now_or_never();
            journal.settle("dropped", settlement).await.unwrap();
            assert_eq!(channel.state(id).await, EventState::Handled);
        }
        let _ = journal.list(channel.filter(), None, 10).now_or_never();
        let _ = journal.stats().now_or_never();
        let _ = journal.sweep().now_or_never();
    }
    assert_eq!(channel.waiting().await, (0, 0));
    assert_eq!(channel.list(channel.filter()).await.len(), 40);
}

async fn one_append_is_new(store: &Arc<dyn Journal>) {
    let outcomes = race(store, 100, |store, caller| async move {
        // Each with one of its own, some before and some behind the one they have in common.
        let own = event(&caller.to_string(), "own");
        let mut events = vec![event("same", "common"), own];
        if caller % 2 == 0 {
            events.reverse();
        }
        store.append("append race", events, ROOM).await.unwrap()
    });
    let outcomes = outcomes.await;
    let new: usize = outcomes.iter().map(|appended| appended.new).sum();
    let duplicates: usize = outcomes.iter().map(|appended| appended.duplicates).sum();
    assert_eq!((new, duplicates), (101, 99));
    let channel = Channel::new(&**store, "append race");
    assert_eq!(channel.waiting().await.0, 101);
    let mut drained = channel.drain().await;
    assert_eq!(drained.len(), 101);
    drained.sort_unstable();
    drained.dedup();
    assert_eq!(drained.len(), 101);
}

async fn one_caller_claims(store: &Arc<dyn Journal>) {
    let channel = Channel::new(&**store, "claim race");
    for chat in 0..30 {
        let chat = chat.to_string();
        let ids = [format!("{chat} first"), format!("{chat} second")];
        channel.add(&[&ids[0], &ids[1]], &chat).await;
    }
    let claims = race(store, 20, |store, _| async move {
        store.claim("claim race", 2).await.unwrap().events
    });
    let claims = claims.await;
    assert!(claims.iter().all(|claims| claims.len() <= 2));
    let claims: Vec<_> = claims.concat();
    let positions: HashSet<_> = claims.iter().map(|claim| claim.position).collect();
    assert_eq!((claims.len(), positions.len()), (30, 30));
    assert!(claims.iter().all(|claim| claim.id.ends_with("first")));
}

/// While more comes, several handle what is there.
async fn a_crowd_keeps_the_order(store: &Arc<dyn Journal>) {
    const CHATS: usize = 4;
    const EVENTS: usize = 40;
    let orders = race(store, 5, |store, caller| async move {
        let mut order: Vec<(usize, String)> = Vec::new();
        if caller == 0 {
            for number in 0..EVENTS {
                let events = (0..CHATS).map(|chat| {
                    let chat = chat.to_string();
                    event(&format!("{chat} {number:02}"), &chat)
                });
                let appended = store.append("crowd", events.collect(), ROOM);
                assert_eq!(appended.await.unwrap().new, CHATS);
            }
            return order;
        }
        loop {
            let claims = store.claim("crowd", 2).await.unwrap().events;
            if claims.is_empty() {
                // Either there is nothing yet, or others have it, or all is done.
                let filter = EventFilter {
                    channel: Some("crowd".to_owned()),
                    state: Some(EventState::Handled),
                    ..EventFilter::default()
                };
                let done = store.list(filter, None, usize::MAX).await.unwrap().len();
                if done == CHATS * EVENTS {
                    return order;
                }
                sleep(Duration::from_millis(1)).await;
            }
            for claim in claims {
                let failed = claim.attempts == 0 && claim.position % 7 == 0;
                let outcome = if failed {
                    retry(Duration::ZERO)
                } else {
                    order.push((claim.position as usize, claim.id));
                    handled()
                };
                let settlement = Settlement {
                    position: claim.position,
                    outcome,
                    note: None,
                    kept: ROOM.kept,
                };
                store.settle("crowd", settlement).await.unwrap();
            }
        }
    });
    let orders = orders.await;
    // Nobody has seen an earlier one of a chat after a later one.
    for order in &orders {
        for chat in 0..CHATS {
            let prefix = format!("{chat} ");
            let of_chat = order.iter().filter(|(_, id)| id.starts_with(&prefix));
            assert!(of_chat.map(|(position, _)| position).is_sorted());
        }
    }
    let all: HashSet<_> = orders.concat().into_iter().map(|(_, id)| id).collect();
    assert_eq!(all.len(), CHATS * EVENTS);
    assert_eq!(orders.concat().len(), CHATS * EVENTS, "each once");
}
