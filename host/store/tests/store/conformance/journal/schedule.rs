//! Events that arrive at a time.

use super::fixture::*;

pub(super) async fn all(journal: &dyn Journal, clock: &Clock) {
    an_event_is_scheduled_moved_and_cancelled(journal, clock).await;
    a_scheduled_event_arrives_at_its_time(journal, clock).await;
    a_scheduled_event_arrives_behind_its_chats_events(journal).await;
    a_scheduled_event_that_the_channel_has_changes_nothing(journal).await;
    many_scheduled_events_arrive_in_order(journal).await;
    what_is_postponed_is_not_early(journal, clock).await;
}

async fn an_event_is_scheduled_moved_and_cancelled(journal: &dyn Journal, clock: &Clock) {
    let channel = Channel::new(journal, "schedule");
    let later = clock.now_ms() + 3_600_000;
    let two = Expected::Nothing(2);
    let schedule = |key, id: &str, expected| channel.schedule(key, later, event(id, "a"), expected);
    assert_eq!(channel.scheduled("k1").await, None);
    assert!(!channel.cancel("k1").await);
    let moved = schedule("k1", "e0", Expected::Event).await;
    assert_eq!(moved, ScheduleOutcome::Differs);
    assert_eq!(channel.stats().await, None);
    let none = schedule("k1", "e0", Expected::Nothing(0)).await;
    assert_eq!(none, ScheduleOutcome::Full);

    assert_eq!(schedule("k1", "e1", two).await, ScheduleOutcome::Done);
    assert_eq!(schedule("k1", "e2", two).await, ScheduleOutcome::Differs);
    assert_eq!(channel.scheduled("k1").await, Some(body("e1")));
    assert_eq!(schedule("k2", "e2", two).await, ScheduleOutcome::Done);
    assert_eq!(schedule("k3", "e3", two).await, ScheduleOutcome::Full);
    assert_eq!(channel.scheduled("k3").await, None);
    // One in place of another is not one more.
    let moved = schedule("k1", "e4", Expected::Event).await;
    assert_eq!(moved, ScheduleOutcome::Done);
    assert_eq!(channel.scheduled("k1").await, Some(body("e4")));
    assert_eq!(channel.stats().await.unwrap().scheduled, 2);

    // Another kind and another channel have their own.
    let scheduled = ScheduledEvent {
        key: "k1".to_owned(),
        at: later,
        event: event("e5", "a"),
    };
    for (name, kind) in [("schedule", "other"), ("other schedule", "kind")] {
        let there = journal.scheduled(name, kind, "k1").await.unwrap();
        assert_eq!(there, None);
        let one = Expected::Nothing(1);
        let outcome = journal.schedule(name, kind, scheduled.clone(), one);
        assert_eq!(outcome.await.unwrap(), ScheduleOutcome::Done);
        assert!(journal.cancel(name, kind, "k1").await.unwrap());
    }
    assert_eq!(channel.scheduled("k1").await, Some(body("e4")));

    let claims = channel.claims().await;
    assert!(claims.events.is_empty());
    let next = claims.next.unwrap();
    assert!(HOUR / 2 < next && next <= HOUR, "{next:?}");
    assert!(channel.cancel("k1").await);
    assert!(!channel.cancel("k1").await);
    assert_eq!(channel.scheduled("k1").await, None);
    assert_eq!(schedule("k3", "e3", two).await, ScheduleOutcome::Done);
    assert!(channel.cancel("k2").await);
    assert!(channel.cancel("k3").await);
    assert_eq!(channel.claims().await.next, None);
    assert_eq!(channel.stats().await.unwrap().scheduled, 0);
}

async fn a_scheduled_event_arrives_at_its_time(journal: &dyn Journal, clock: &Clock) {
    let channel = Channel::new(journal, "timer");
    let hour = 3_600_000;
    let now = clock.now_ms();
    let any = Expected::Nothing(usize::MAX);
    let mut changes = journal.changes("timer");
    channel
        .schedule("k1", now + hour, event("e1", "a"), any)
        .await;
    channel
        .schedule("k2", now + 24 * hour, event("e2", "a"), any)
        .await;
    skip(&mut changes);
    let claims = channel.claims().await;
    assert!(claims.events.is_empty(), "it is not early");
    // Who waits for its time is woken when the clock is moved.
    let mut moved = Box::pin(changes.next());
    assert!((&mut moved).now_or_never().is_none());
    clock.advance(claims.next.unwrap());
    moved.await;
    let claims = channel.claim().await;
    assert!(clock.now_ms() >= now + hour);
    assert_eq!(ids(&claims), ["e1"]);
    assert!(claims[0].is_from_host);
    assert_eq!(claims[0].body, body("e1"));
    assert_eq!(channel.scheduled("k1").await, None);
    assert!(!channel.cancel("k1").await);
    channel.settle(&claims[0], handled()).await;
    assert!(channel.claim().await.is_empty(), "it arrives once");
    // What is moved arrives at its new time only.
    channel
        .schedule("k2", now, event("e3", "a"), Expected::Event)
        .await;
    channel.run("e3", handled()).await;
    assert!(journal.show("timer", "e2").await.unwrap().is_none());
    assert_eq!(channel.claims().await.next, None);
}

async fn a_scheduled_event_arrives_behind_its_chats_events(journal: &dyn Journal) {
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

async fn a_scheduled_event_that_the_channel_has_changes_nothing(journal: &dyn Journal) {
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
async fn many_scheduled_events_arrive_in_order(journal: &dyn Journal) {
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

async fn what_is_postponed_is_not_early(journal: &dyn Journal, clock: &Clock) {
    let channel = Channel::new(journal, "postponed");
    let any = Expected::Nothing(usize::MAX);
    let later = clock.now_ms() + 3_600_000;
    for (key, at) in [("early", 0), ("late", later + 3_600_000)] {
        channel.schedule(key, at, event(key, "a"), any).await;
    }
    let scheduled = ScheduledEvent {
        key: "k".to_owned(),
        at: 0,
        event: event("other", "a"),
    };
    let other = journal.schedule("postponed", "other", scheduled, any);
    other.await.unwrap();
    let postpone = |until| journal.postpone("postponed", "kind", until);
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
