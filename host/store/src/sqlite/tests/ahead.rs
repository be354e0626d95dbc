//! What is done ahead of the tables, and what becomes of it when a transaction fails.

use super::*;
use crate::journal::EventNotes;

/// Whether the tables lack something.
fn has_unfolded(store: &Sqlite) -> bool {
    store.journal.volatile.lock().recent.has_unfolded()
}

/// A store of which a channel has its row and its queue in memory.
async fn begun() -> (TempDir, Sqlite) {
    let (folder, store) = open();
    append(&store, &["a0"]).await.unwrap();
    let first = claim_one(&store, "a0").await;
    settle(&store, &first, handled()).await.unwrap();
    assert!(claim(&store).await.is_empty());
    (folder, store)
}

fn handled() -> Outcome {
    Outcome::Handled { keep: HOUR }
}

/// What a step of the tables has taken in is known, so that not each event behind it needs the tables, too.
#[tokio::test]
async fn what_came_in_with_a_transaction_is_settled_ahead_of_the_tables() {
    // On a machine that is busy, the tables may have it before it is looked at, though not each time.
    for _ in 0..100 {
        let (folder, store) = begun().await;
        store.stats().await.unwrap();
        let unsend = vec![message("a1"), unsend("other")];
        assert_eq!(append_all(&store, unsend).await.unwrap().new, 2);
        assert!(!has_unfolded(&store));
        let first = claim_one(&store, "a1").await;
        settle(&store, &first, handled()).await.unwrap();
        // Its next one is in the tables, which have to say that it can run.
        assert!(!has_unfolded(&store));
        let next = claim_one(&store, "unsend other").await;
        let note = store.note("channel", next.position, "note".to_owned());
        note.await.unwrap();
        let is_noted_ahead = has_unfolded(&store);
        settle(&store, &next, handled()).await.unwrap();
        let is_settled_ahead = has_unfolded(&store);
        assert_eq!(state(&store, "unsend other").await, EventState::Handled);
        assert!(!has_unfolded(&store));
        drop(store);

        // What an earlier process left is claimed from the tables, and then known.
        let store = Sqlite::open(folder.path(), Clock::system()).unwrap();
        append(&store, &["a2"]).await.unwrap();
        drop(store);
        let store = Sqlite::open(folder.path(), Clock::system()).unwrap();
        let left = claim_one(&store, "a2").await;
        settle(&store, &left, handled()).await.unwrap();
        if is_noted_ahead && is_settled_ahead && has_unfolded(&store) {
            return;
        }
    }
    panic!("it was never settled ahead of the tables");
}

#[tokio::test]
async fn what_the_log_has_outlives_a_transaction_that_fails() {
    let (folder, store) = begun().await;
    append(&store, &["a1", "a2"]).await.unwrap();
    let first = claim_one(&store, "a1").await;
    settle(&store, &first, handled()).await.unwrap();
    let second = claim_one(&store, "a2").await;
    let note = store.note("channel", second.position, "half".to_owned());
    note.await.unwrap();
    for _ in 0..2 {
        assert!(spoil(&store).await.is_err());
        // Until the tables have it again, nothing is done ahead of them.
        assert!(!has_unfolded(&store));
    }
    append(&store, &["a3"]).await.unwrap();
    assert_eq!(state(&store, "a1").await, EventState::Handled);
    assert_eq!(state(&store, "a2").await, EventState::Waiting);
    settle(&store, &second, handled()).await.unwrap();
    let third = claim_one(&store, "a3").await;
    assert!(third.position > second.position);
    drop(store);
    let store = Sqlite::open(folder.path(), Clock::system()).unwrap();
    assert_eq!(store.recovery().lost, None);
    assert_eq!(
        append(&store, &["a1", "a2", "a3"])
            .await
            .unwrap()
            .duplicates,
        3
    );
    claim_one(&store, "a3").await;
}

/// What is in one batch is durable as a whole: here it is not, and nobody is told that it were.
#[tokio::test]
async fn what_a_failed_batch_did_ahead_of_the_tables_is_undone() {
    let (_folder, store) = begun().await;
    append(&store, &["a1"]).await.unwrap();
    let (appended, spoilt) = in_one_batch(&store.journal.writer, async {
        tokio::join!(biased; append(&store, &["a2"]), spoil(&store))
    })
    .await;
    assert!(appended.is_err() && spoilt.is_err());
    assert_eq!(append(&store, &["a1", "a2"]).await.unwrap().new, 1);
    assert_eq!(state(&store, "a2").await, EventState::Waiting);
    assert_eq!(claim_one(&store, "a1").await.position, 2);
}
