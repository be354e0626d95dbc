//! Dead letters, replayed and discarded.

use crate::conformance::journal::fixture::*;

pub(super) async fn a_replayed_event_begins_anew(journal: &dyn Journal, clock: &Clock) {
    let channel = Channel::new(journal, "replay");
    channel.add(&["a1"], "a").await;
    channel.run("a1", retry(Duration::ZERO)).await;
    tick(clock);
    channel.run("a1", dead()).await;
    channel.add(&["other"], "b").await;
    channel.run("other", handled()).await;
    assert!(channel.claim().await.is_empty());
    let received = channel.show("a1").await.entry.received;

    assert_eq!(
        channel.replay(ReplayOn::Deployment(2)).await,
        1,
        "only dead letters"
    );
    assert_eq!(channel.waiting().await, (1, body("a1").len() as u64));
    assert_eq!(channel.stats().await.unwrap().dead, 0);
    let shown = channel.show("a1").await;
    assert_eq!(shown.entry.state, EventState::Waiting);
    assert_eq!((shown.entry.attempts, shown.entry.ended), (0, None));
    assert_eq!(shown.failures.len(), 2, "what went wrong is still known");
    let claim = channel.claim_one("a1").await;
    assert_eq!((claim.attempts, claim.failing), (0, Duration::ZERO));
    assert_eq!(claim.deployment, Some(2));
    assert_eq!(channel.show("a1").await.entry.received, received);
    assert_eq!(claim.body, body("a1"));
    // It is for this deployment until it ends.
    channel.settle(&claim, retry(Duration::ZERO)).await;
    let claim = channel.claim_one("a1").await;
    assert_eq!(claim.attempts, 1);
    assert_eq!(claim.deployment, Some(2));
    channel.settle(&claim, dead()).await;
    assert_eq!(channel.show("a1").await.failures.len(), 4);
    assert_eq!(channel.replay(ReplayOn::Current).await, 1);
    let claim = channel.claim_one("a1").await;
    assert_eq!(claim.deployment, None);
    channel.settle(&claim, handled()).await;
    assert_eq!(channel.replay(ReplayOn::Current).await, 0);
    assert_eq!(channel.state("a1").await, EventState::Handled);
}

pub(super) async fn replayed_events_come_in_order(journal: &dyn Journal) {
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
    let replayed = journal.replay(filter, 0, ReplayOn::Kept).await.unwrap();
    assert_eq!(replayed.positions.len(), 3);
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
    let replayed = journal
        .replay(filter.clone(), 0, ReplayOn::Current)
        .await
        .unwrap();
    assert!(replayed.positions.is_empty());
    let filter = EventFilter {
        state: Some(EventState::Dead),
        ..filter
    };
    assert_eq!(
        journal
            .replay(filter, 0, ReplayOn::Current)
            .await
            .unwrap()
            .positions
            .len(),
        1
    );
    assert_eq!(channel.drain().await, ["b1"]);
}

/// A replayed event is earlier than those that wait, yet comes behind the one that runs.
pub(super) async fn a_replayed_event_does_not_run_beside_its_chats(journal: &dyn Journal) {
    let channel = Channel::new(journal, "replay beside");
    channel.add(&["a1", "a2", "a3", "a4"], "a").await;
    channel.run("a1", dead()).await;
    let second = channel.claim_one("a2").await;
    assert_eq!(channel.replay(ReplayOn::Current).await, 1);
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

pub(super) async fn a_discarded_event_is_thrown_away(journal: &dyn Journal) {
    let channel = Channel::new(journal, "discard");
    channel.add(&["a1", "a2"], "a").await;
    channel.run("a1", dead()).await;
    channel.run("a2", dead()).await;
    channel.add(&["a3"], "a").await;
    let filter = EventFilter {
        id: Some("a1".to_owned()),
        ..channel.filter()
    };
    assert_eq!(channel.discard(filter.clone()).await, 1);
    assert_eq!(channel.discard(filter).await, 0);
    channel
        .assert_ended("a1", EventState::Discarded, None)
        .await;
    assert!(channel.show("a1").await.failures.is_empty());
    assert_eq!(channel.stats().await.unwrap().dead, 1);
    assert_eq!(channel.replay(ReplayOn::Current).await, 1);
    let order = channel.drain().await;
    assert_eq!(order, ["a3", "a2"], "the one that waits was first");
    assert_eq!(channel.discard(channel.filter()).await, 0);
}

pub(super) async fn dead_letters_are_taken_step_by_step(journal: &dyn Journal) {
    let channel = Channel::new(journal, "steps");
    let count = STEP_EVENTS + 4;
    let names: Vec<String> = (0..count).map(|number| format!("{number:03}")).collect();
    // Each in a chat of its own.
    let events = names.iter().map(|name| event(name, name)).collect();
    channel.append(events).await;
    let claims = channel.claim().await;
    join_all(claims.iter().map(|claim| channel.settle(claim, dead()))).await;
    assert_eq!(channel.replay(ReplayOn::Current).await, STEP_EVENTS);
    assert_eq!(ids(&channel.claim().await), names[..STEP_EVENTS]);
    assert_eq!(channel.replay(ReplayOn::Current).await, 4);
    let claims = channel.claim().await;
    assert_eq!(ids(&claims), names[STEP_EVENTS..]);
}
