//! How much of a channel may wait, and be kept.

use crate::conformance::journal::fixture::*;

/// What has ended takes room: a half of it is for what is handled, and what failed is always kept.
pub(super) async fn what_has_ended_has_a_limit(journal: &dyn Journal) {
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
    assert_eq!(channel.discard(filter).await, 1);
    end("more", handled()).await;
}

pub(super) async fn a_backlog_is_full_by_events(journal: &dyn Journal) {
    let channel = Channel::new(journal, "full");
    let limit = Backlog { events: 2, ..ROOM };
    let append = |events| journal.append("full", events, limit);
    let three = ["a1", "a2", "a3"].map(|id| event(id, "a")).to_vec();
    let refused = append(three).await;
    assert!(matches!(
        refused,
        Err(StoreError::Backlog { events: 3, .. })
    ));
    assert!(refused.unwrap_err().is_refusal());
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

pub(super) async fn a_backlog_is_full_by_bytes(journal: &dyn Journal) {
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

pub(super) async fn a_backlog_is_full_by_age(journal: &dyn Journal, clock: &Clock) {
    let channel = Channel::new(journal, "old");
    let limit = Backlog { age: HOUR, ..ROOM };
    let append = |id| journal.append("old", vec![event(id, "a")], limit);
    channel.add(&["first"], "a").await;
    append("young").await.unwrap();
    clock.advance(2 * HOUR);
    let refused = append("late").await.unwrap_err();
    assert!(matches!(refused, StoreError::BacklogAge { age, .. } if age > limit.age));
    assert!(refused.is_refusal());
    let refused = journal.show("old", "late").await.unwrap();
    assert!(refused.is_none(), "nothing is changed");
    assert_eq!(append("first").await.unwrap().duplicates, 1);

    // What runs has had its turn, what is behind it has none yet, and what is to be tried again
    // could not run.
    let first = channel.claim().await;
    clock.advance(2 * HOUR);
    append("second").await.unwrap();
    for claim in first {
        channel.settle(&claim, retry(HOUR)).await;
    }
    append("third").await.unwrap();
}

/// What is unsent makes room.
pub(super) async fn a_full_backlog_lets_unsend(journal: &dyn Journal) {
    let channel = Channel::new(journal, "full of unsent");
    let limit = Backlog { events: 2, ..ROOM };
    let append = |events| journal.append("full of unsent", events, limit);
    append(vec![event("a1", "a"), event("a2", "a")])
        .await
        .unwrap();
    let appended = append(vec![unsend("u2", "a", "a2")]).await.unwrap();
    assert_eq!((appended.new, appended.unsent), (1, 1));
    // What arrives after it was unsent does not wait.
    append(vec![event("edit of a2", "a")]).await.unwrap_err();
    let edit = NewEvent {
        message: event("a2", "a").message,
        ..event("edit of a2", "a")
    };
    let appended = append(vec![edit]).await.unwrap();
    assert_eq!((appended.new, appended.unsent), (1, 1));
    assert_eq!(channel.drain().await, ["a1", "u2"]);
}
