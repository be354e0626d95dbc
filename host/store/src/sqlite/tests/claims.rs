//! Claims beside what is not committed yet, or never will be.

use futures_util::FutureExt;

use super::*;
use crate::journal::{EventFilter, EventSchedule, Expected, ReplayOn, ScheduledEvent};
use crate::sqlite::events::Events;
use crate::sqlite::journal::Enqueued;

#[tokio::test]
async fn an_event_is_claimed_when_what_made_way_for_it_is_committed() {
    let (_folder, store) = open();
    append(&store, &["a1", "a2"]).await.unwrap();
    let first = claim_one(&store, "a1").await;
    // A failed commit changes nothing, and one that succeeds lets the chat go on.
    for is_spoilt in [true, false] {
        let (settled, beside) = in_one_batch(&store.journal.writer, async {
            let handled = Outcome::Handled { keep: HOUR };
            let spoilt = async {
                if is_spoilt {
                    spoil(&store).await.unwrap_err();
                }
            };
            let settle = settle(&store, &first, handled);
            let (settled, beside, ()) = tokio::join!(biased; settle, claim(&store), spoilt);
            (settled, beside)
        })
        .await;
        assert_eq!(settled.is_err(), is_spoilt);
        assert!(beside.is_empty(), "it may be undone");
    }
    claim_one(&store, "a2").await;
}

#[tokio::test]
async fn a_replayed_event_is_claimed_when_that_is_committed() {
    let (_folder, store) = open();
    append(&store, &["a1"]).await.unwrap();
    let first = claim_one(&store, "a1").await;
    let dead = Outcome::Dead {
        keep: HOUR,
        failure: failure(),
    };
    settle(&store, &first, dead).await.unwrap();
    let position = first.position;
    let replay = move |events: &mut Events<'_>| {
        Ok(Enqueued {
            answer: events.replay(vec![position], ReplayOn::Current)?,
            channels: vec!["channel".to_owned()],
        })
    };
    let (replayed, beside) = in_one_batch(&store.journal.writer, async {
        let replay = store.journal.enqueue(CLASS, replay);
        tokio::join!(biased; replay, claim(&store))
    })
    .await;
    assert_eq!(replayed.unwrap(), [position]);
    assert!(beside.is_empty());
    claim_one(&store, "a1").await;
}

#[tokio::test]
async fn a_claim_whose_caller_is_gone_is_given_back() {
    let (_folder, store) = open();
    append(&store, &["a1"]).await.unwrap();
    // Answered, but nobody looks at the answer any more.
    let mut claimed = Box::pin(store.claim("channel", 1));
    in_one_batch(&store.journal.writer, async {
        assert!((&mut claimed).now_or_never().is_none());
    })
    .await;
    while store.journal.volatile.lock().is_free(1) {
        tokio::task::yield_now().await;
    }
    assert!(claim(&store).await.is_empty());
    drop(claimed);
    store.changes("channel").next().await;
    claim_one(&store, "a1").await;
}
#[tokio::test]
async fn what_could_not_be_settled_stays_claimed() {
    let (_folder, store) = open();
    append(&store, &["a1", "a2"]).await.unwrap();
    let first = claim_one(&store, "a1").await;
    for outcome in [
        Outcome::Handled { keep: HOUR },
        Outcome::Retry {
            after: Duration::ZERO,
            failure: failure(),
        },
        Outcome::Dead {
            keep: HOUR,
            failure: failure(),
        },
    ] {
        let (settled, spoilt) = in_one_batch(&store.journal.writer, async {
            tokio::join!(biased; settle(&store, &first, outcome), spoil(&store))
        })
        .await;
        assert!(matches!(settled, Err(StoreError::Failed(_))));
        assert!(matches!(spoilt, Err(StoreError::Failed(_))));
        assert!(claim(&store).await.is_empty());
        assert_eq!(state(&store, "a1").await, EventState::Waiting);
    }
    let handled = Outcome::Handled { keep: HOUR };
    settle(&store, &first, handled).await.unwrap();
    assert_eq!(state(&store, "a1").await, EventState::Handled);
    claim_one(&store, "a2").await;
}

#[tokio::test]
async fn what_could_not_be_committed_has_not_arrived() {
    let (_folder, store) = open();
    append(&store, &["a1"]).await.unwrap();
    let (appended, claimed, spoilt) = in_one_batch(&store.journal.writer, async {
        let other = NewEvent {
            chat: "other".to_owned(),
            ..message("b1")
        };
        tokio::join!(
            biased;
            append_all(&store, vec![message("a2"), other]),
            claim(&store),
            spoil(&store),
        )
    })
    .await;
    assert!(matches!(appended, Err(StoreError::Failed(_))));
    assert!(matches!(spoilt, Err(StoreError::Failed(_))));
    // Only what was on disk before.
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].id, "a1");
    assert!(store.show("channel", "b1").await.unwrap().is_none());
    let appended = append(&store, &["a2"]).await.unwrap();
    assert_eq!(appended.new, 1);
    let handled = Outcome::Handled { keep: HOUR };
    settle(&store, &claimed[0], handled).await.unwrap();
    claim_one(&store, "a2").await;
    let all = store.list(EventFilter::default(), None, 10).await.unwrap();
    assert_eq!(all.len(), 2);
}

#[tokio::test]
async fn what_is_taken_back_while_its_retry_is_committed_is_unsent() {
    let (_folder, store) = open();
    append(&store, &["a1", "a2"]).await.unwrap();
    let first = claim_one(&store, "a1").await;
    let (settled, appended) = in_one_batch(&store.journal.writer, async {
        let retry = Outcome::Retry {
            after: Duration::ZERO,
            failure: failure(),
        };
        tokio::join!(
            biased;
            settle(&store, &first, retry),
            append_all(&store, vec![unsend("a1")]),
        )
    })
    .await;
    settled.unwrap();
    appended.unwrap();
    let mut order = Vec::new();
    for _ in 0..3 {
        for claim in claim(&store).await {
            let handled = Outcome::Handled { keep: HOUR };
            settle(&store, &claim, handled).await.unwrap();
            order.push(claim.id);
        }
    }
    assert_eq!(order, ["a2", "unsend a1"]);
    assert_eq!(state(&store, "a1").await, EventState::Unsent);
}

/// A claim beside a commit that fails may have seen what is undone, and found nothing.
#[tokio::test]
async fn who_claimed_beside_a_commit_that_failed_is_told_to_look_again() {
    let (_folder, store) = open();
    append(&store, &["a1"]).await.unwrap();
    let mut changes = store.changes("channel");
    let _ = changes.next().now_or_never();
    let (unsent, claimed, spoilt) = in_one_batch(&store.journal.writer, async {
        tokio::join!(
            biased;
            append_all(&store, vec![unsend("a1")]),
            claim(&store),
            spoil(&store),
        )
    })
    .await;
    assert!(unsent.is_err() && spoilt.is_err());
    assert!(claimed.is_empty());
    assert!(changes.next().now_or_never().is_some());
    claim_one(&store, "a1").await;
}

#[tokio::test]
async fn who_claimed_beside_a_cancellation_that_failed_is_told_to_look_again() {
    let (_folder, store) = open();
    let due = ScheduledEvent {
        key: "key".to_owned(),
        at: 1,
        event: message("due"),
    };
    let any = Expected::Nothing(1);
    store.schedule("channel", "kind", due, any).await.unwrap();
    let mut changes = store.changes("channel");
    let _ = changes.next().now_or_never();
    // As a job of high priority, which goes before the claim.
    let (cancelled, claimed, spoilt) = in_one_batch(&store.journal.writer, async {
        let cancel = store.journal.writer.run(CLASS, |connection| {
            connection.execute("DELETE FROM scheduled_events", [])?;
            Ok(())
        });
        tokio::join!(biased; cancel, claim(&store), spoil(&store))
    })
    .await;
    assert!(cancelled.is_err() && spoilt.is_err());
    assert!(claimed.is_empty());
    assert!(changes.next().now_or_never().is_some());
    claim_one(&store, "due").await;
}

#[tokio::test]
async fn a_claim_that_could_not_be_committed_is_given_back() {
    let (_folder, store) = open();
    let other = NewEvent {
        chat: "other".to_owned(),
        ..message("b1")
    };
    append_all(&store, vec![message("a1"), other])
        .await
        .unwrap();
    // It is unsent while somebody has it, who goes away.
    let mut claimed = Box::pin(store.claim("channel", 1));
    in_one_batch(&store.journal.writer, async {
        assert!((&mut claimed).now_or_never().is_none());
    })
    .await;
    while store.journal.volatile.lock().is_free(1) {
        tokio::task::yield_now().await;
    }
    append_all(&store, vec![unsend("a1")]).await.unwrap();
    drop(claimed);
    // So the next claim writes, and must be committed.
    let (claimed, spoilt) = in_one_batch(&store.journal.writer, async {
        tokio::join!(biased; store.claim("channel", 10), spoil(&store))
    })
    .await;
    assert!(claimed.is_err() && spoilt.is_err());
    assert_eq!(state(&store, "a1").await, EventState::Waiting);
    claim_one(&store, "b1").await;
    assert_eq!(state(&store, "a1").await, EventState::Unsent);
    claim_one(&store, "unsend a1").await;
}
