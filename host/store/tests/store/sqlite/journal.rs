//! The journal in files: what the next process finds.

use super::*;
use crate::conformance::journal::fixture::tick;

#[tokio::test]
async fn waiting_events_outlive_the_process_in_order() {
    let folder = tempdir().unwrap();
    let clock = Clock::movable();
    let store = Sqlite::open(folder.path(), clock.clone()).unwrap();
    let channel = Channel::new(&store, "c");
    channel.add(&["a1", "a2", "a3"], "a").await;
    channel.add(&["b1", "b2"], "b").await;
    // One has ended, its next one and another run.
    let claims = channel.claim().await;
    tick(&clock);
    channel.settle(&claims[0], handled()).await;
    let running = channel.claim_one("a2").await;
    store
        .note("c", running.position, "half".to_owned())
        .await
        .unwrap();
    drop(store);

    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    // None is forgotten, none comes again, and claims are nobody's.
    let appended = channel
        .append(["a1", "a2", "b1", "a4"].map(|id| event(id, "a")).to_vec())
        .await;
    assert_eq!((appended.new, appended.duplicates), (1, 3));
    let claims = channel.claim().await;
    assert_eq!(ids(&claims), ["b1", "a2"], "in the order of readiness");
    assert_eq!(claims[1].note.as_deref(), Some("half"));
    assert!(claims[1].waited >= running.waited);
    assert_eq!(claims[1].body, body("a2"));
    for claim in &claims {
        channel.settle(claim, handled()).await;
    }
    let mut order = channel.drain().await;
    order.retain(|id| id.starts_with('a'));
    assert_eq!(order, ["a3", "a4"]);
    assert_eq!(channel.waiting().await, (0, 0));
}

#[tokio::test]
async fn a_retry_is_due_when_the_store_is_opened_again() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    channel.add(&["a1", "a2"], "a").await;
    let claim = channel.claim_one("a1").await;
    let settlement = Settlement {
        position: claim.position,
        outcome: retry(Duration::MAX),
        note: Some("failed".to_owned()),
        kept: 1 << 20,
    };
    store.settle("c", settlement).await.unwrap();
    assert!(channel.claim().await.is_empty());
    drop(store);

    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    let claim = channel.claim_one("a1").await;
    assert_eq!(claim.attempts, 1);
    assert_eq!(claim.note.as_deref(), Some("failed"));
    assert!(channel.claim().await.is_empty(), "it holds up its chat");
    assert_eq!(channel.show("a1").await.failures, [failure("again")]);
    channel.settle(&claim, handled()).await;
    assert_eq!(channel.drain().await, ["a2"]);
}

#[tokio::test]
async fn what_has_ended_outlives_the_process() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    channel.add(&["dead", "discarded"], "a").await;
    channel.run("dead", dead()).await;
    channel.run("discarded", dead()).await;
    let filter = EventFilter {
        id: Some("discarded".to_owned()),
        ..EventFilter::default()
    };
    assert_eq!(channel.discard(filter).await, 1);
    channel.append(vec![unsend("unsend", "a", "later")]).await;
    channel.run("unsend", handled()).await;
    drop(store);

    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    assert!(channel.claim().await.is_empty());
    let appended = channel.append(vec![event("later", "a")]).await;
    assert_eq!(appended.unsent, 1, "that it was unsent is remembered");
    assert_eq!(channel.state("discarded").await, EventState::Discarded);
    assert_eq!(channel.show("dead").await.failures, [failure("no more")]);
    let replayed = store.replay(EventFilter::default(), 0, ReplayOn::Deployment(7));
    assert_eq!(replayed.await.unwrap().positions.len(), 1);
    drop(store);

    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    let claim = channel.claim_one("dead").await;
    assert_eq!(claim.deployment, Some(7));
    assert_eq!(claim.attempts, 0);
}

#[tokio::test]
async fn what_was_taken_back_while_it_ran_does_not_run_again() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    channel.add(&["a1", "a2"], "a").await;
    channel.claim_one("a1").await;
    channel.add(&["b1"], "b").await;
    let appended = channel.append(vec![unsend("u1", "a", "a1")]).await;
    assert_eq!(appended.unsent, 0);
    drop(store);

    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    let claims = channel.claims().await;
    assert_eq!(ids(&claims.events), ["b1"]);
    assert_eq!(claims.next, Some(Duration::ZERO), "its chat goes on");
    assert_eq!(channel.drain().await, ["a2", "u1"]);
    assert_eq!(channel.state("a1").await, EventState::Unsent);
    channel.settle(&claims.events[0], handled()).await;
    assert_eq!(channel.waiting().await, (0, 0));
}

#[tokio::test]
async fn what_a_dropped_call_may_have_claimed_comes_again() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    channel.add(&["a1", "a2"], "a").await;
    let _ = store.claim("c", 10).now_or_never();
    drop(store);
    let store = open(folder.path());
    assert_eq!(Channel::new(&store, "c").drain().await, ["a1", "a2"]);
}

#[tokio::test]
async fn what_is_settled_is_in_the_files() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    channel.add(&["a1", "a2"], "a").await;
    channel.add(&["b1"], "b").await;
    let claims = channel.claim().await;
    channel.settle(&claims[0], handled()).await;
    channel.settle(&claims[1], retry(HOUR)).await;
    // As after a kill: the files as they are, and nobody who closes them.
    let copy = tempdir().unwrap();
    for name in ["botbox.sqlite", "botbox.sqlite-wal"] {
        fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }
    let copied = open(copy.path());
    let channel = Channel::new(&copied, "c");
    let mut claims = channel.claim().await;
    claims.sort_by_key(|claim| claim.position);
    assert_eq!(ids(&claims), ["a2", "b1"]);
    assert_eq!(claims[1].attempts, 1);
    assert_eq!(channel.state("a1").await, EventState::Handled);
}

#[tokio::test]
async fn scheduled_events_outlive_the_process() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    for (key, at) in [
        ("due", 1),
        ("cancelled", 1),
        ("later", Clock::system().now_ms() + 3_600_000),
    ] {
        let scheduled = ScheduledEvent {
            key: key.to_owned(),
            at,
            event: event(key, "a"),
        };
        let any = Expected::Nothing(10);
        store.schedule("c", "timers", scheduled, any).await.unwrap();
    }
    assert!(store.cancel("c", "timers", "cancelled").await.unwrap());
    drop(store);

    let store = open(folder.path());
    let later = store.scheduled("c", "timers", "later").await.unwrap();
    assert_eq!(later, Some(body("later")));
    let channel = Channel::new(&store, "c");
    let claim = channel.claim_one("due").await;
    assert!(claim.is_from_host);
    drop(store);

    // It has arrived for good.
    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    channel.run("due", handled()).await;
    let stats = channel.stats().await.unwrap();
    assert_eq!((stats.scheduled, stats.waiting), (1, 0));
}
