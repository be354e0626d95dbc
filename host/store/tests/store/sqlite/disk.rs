//! What is refused when the disk or a log has little room.

use super::*;

#[tokio::test]
async fn a_log_that_cannot_be_checkpointed_is_bounded_and_told_and_recovers() {
    let folder = tempdir().unwrap();
    let limits = DiskLimits {
        log: 16 << 20,
        ..DiskLimits::default()
    };
    let store = Sqlite::open_with(folder.path(), limits, Clock::system()).unwrap();
    let channel = Channel::new(&store, "c");
    channel.add(&["first"], "first").await;
    // Somebody reads, and does not end.
    let reader = Connection::open(folder.path().join("botbox.sqlite")).unwrap();
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM events;")
        .unwrap();
    let mut taken = 0;
    let large = |number: usize| NewEvent {
        body: "x".repeat(1 << 20).into(),
        ..event(&number.to_string(), "large")
    };
    let refused = loop {
        let appended = store.append("c", vec![large(taken)], ROOM);
        match appended.await {
            Ok(_) => taken += 1,
            Err(error) => break error,
        }
        assert!(taken < 64, "the log has no end");
    };
    assert!(matches!(refused, StoreError::LogFull { limit, .. } if limit == 16 << 20));
    assert!(!refused.is_refusal());
    assert!(store.failure().is_none());
    assert!(matches!(store.warning(), Some(StoreError::LogFull { .. })));
    let claims = channel.claims().await;
    assert!(claims.events.is_empty() && claims.next.is_some());
    reader.execute_batch("COMMIT").unwrap();
    // By itself: nobody writes.
    while store.warning().is_some() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let appended = store.append("c", vec![large(taken)], ROOM);
    assert_eq!(appended.await.unwrap().new, 1);
    assert_eq!(ids(&channel.claim().await), ["first", "0"]);
}
