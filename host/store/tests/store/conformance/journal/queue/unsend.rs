//! Messages that are unsent.

use crate::conformance::journal::fixture::*;

pub(super) async fn an_unsent_message_leaves_the_queue(journal: &dyn Journal) {
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
    // Again, in another event: there is nothing to unsend.
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

    // An unsend event that names no message.
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

pub(super) async fn an_unsent_message_that_runs_is_not_tried_again(journal: &dyn Journal) {
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
        let unsend_event = unsend(&format!("{id} unsend"), id, id);
        let more = unsend_event.body.len() as u64;
        let appended = channel.append(vec![unsend_event]).await;
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
        assert_eq!(channel.replay(ReplayOn::Current).await, 0);
    }
}

pub(super) async fn an_unsent_message_that_waits_for_its_retry_leaves_the_queue(
    journal: &dyn Journal,
) {
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

pub(super) async fn a_message_that_arrives_after_it_was_unsent_is_unsent(journal: &dyn Journal) {
    let channel = Channel::new(journal, "unsent early");
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
    let other = Channel::new(journal, "not unsent early");
    other.add(&["a1"], "a").await;
    assert_eq!(channel.drain().await, ["a2", "u3"]);
    assert_eq!(other.drain().await, ["a1"]);
}

pub(super) async fn an_unsent_message_is_forgotten_by_what_has_ended(journal: &dyn Journal) {
    let channel = Channel::new(journal, "unsent late");
    channel.add(&["handled"], "a").await;
    channel.run("handled", retry(Duration::ZERO)).await;
    channel.run("handled", handled()).await;
    channel.add(&["dead"], "a").await;
    channel.run("dead", dead()).await;
    assert_eq!(channel.show("handled").await.failures.len(), 1);
    assert_eq!(channel.show("dead").await.body, Some(body("dead")));
    let unsend_events = ["handled", "dead"].map(|id| unsend(&format!("un{id}"), "a", id));
    let appended = channel.append(unsend_events.to_vec()).await;
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
    assert_eq!(
        channel.replay(ReplayOn::Current).await,
        0,
        "there is nothing to replay"
    );
    assert_eq!(channel.drain().await, ["unhandled", "undead"]);
}

/// A message comes in one event, and is changed in others.
pub(super) async fn all_of_a_message_is_unsent(journal: &dyn Journal) {
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
