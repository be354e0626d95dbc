//! Jobs that share a commit, and what each learns of it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::FutureExt;

use super::*;
use crate::health::StoreHealth;
use crate::journal::EventInspection;
use crate::key_value::{KeyValue, Space};

#[tokio::test]
async fn a_failed_commit_is_everyones_answer() {
    let (_folder, store) = open();
    let space = Space::host("a");
    let sql = "INSERT INTO entries (owner, bucket, key, value) VALUES (99, '', '', x'')";
    let spoil = spoil_by(&store.values.writer, sql);
    let (first, spoilt, last) = in_one_batch(&store.values.writer, async {
        tokio::join!(
            store.set(&space, "first", Vec::new(), None),
            spoil,
            store.increment(&space, "last", 1, None),
        )
    })
    .await;
    assert!(matches!(first, Err(StoreError::Failed(_))));
    assert!(matches!(spoilt, Err(StoreError::Failed(_))));
    assert!(matches!(last, Err(StoreError::Failed(_))));
    assert!(store.keys(&space, None, 10).await.unwrap().is_empty());
    store.set(&space, "next", Vec::new(), None).await.unwrap();
}

#[tokio::test]
async fn failed_work_is_undone_alone() {
    let (_folder, store) = open();
    let space = Space::host("a");
    let fail = store.values.writer.run(CLASS, |connection| {
        connection.execute_batch("DELETE FROM entries; DELETE FROM nowhere;")?;
        Ok(())
    });
    let (first, failed, last) = in_one_batch(&store.values.writer, async {
        tokio::join!(
            store.set(&space, "first", Vec::new(), None),
            fail,
            store.set(&space, "last", Vec::new(), None),
        )
    })
    .await;
    first.unwrap();
    assert!(matches!(failed, Err(StoreError::Failed(_))));
    last.unwrap();
    let keys = store.keys(&space, None, 10).await.unwrap();
    assert_eq!(keys, ["first", "last"]);
}

#[tokio::test]
async fn a_full_disk_refuses_writes_and_lets_read() {
    let (_folder, store) = open();
    let space = Space::host("a");
    store.set(&space, "old", b"1".to_vec(), None).await.unwrap();
    let room = |pages: u32| {
        store.values.writer.run(CLASS, move |connection| {
            let set = format!("PRAGMA max_page_count = {pages}");
            Ok(connection.query_row(&set, [], |row| row.get::<_, u32>(0))?)
        })
    };
    // As many as there are already.
    room(1).await.unwrap();
    let written = store.set(&space, "new", vec![0; 1 << 16], None).await;
    assert!(matches!(written, Err(StoreError::DiskFull(_))));
    assert_eq!(store.keys(&space, None, 10).await.unwrap(), ["old"]);
    room(1000).await.unwrap();
    store
        .set(&space, "new", vec![0; 1 << 16], None)
        .await
        .unwrap();
}

#[tokio::test]
async fn what_is_not_urgent_is_committed_alone_in_the_end() {
    let (_folder, store) = open();
    let write = |connection: &Connection| {
        Ok(connection.execute("INSERT INTO channels (name) VALUES ('c')", [])?)
    };
    let written = store
        .journal
        .writer
        .run_then(CLASS, |_| Urgency::Soon, write, |_| ());
    assert_eq!(written.await.unwrap(), 1);
    // By another connection, which sees what is committed.
    assert_eq!(store.stats().await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_not_urgent_lingers_for_what_is() {
    let (_folder, store) = open();
    // A machine that is busy may let the time for it pass, though not each time.
    for _ in 0..1000 {
        let is_answered = Arc::new(AtomicBool::new(false));
        let (started, has_started) = oneshot::channel();
        let (go, may_go) = std::sync::mpsc::channel();
        let first = store.journal.writer.run_then(
            CLASS,
            |()| Urgency::Soon,
            move |_| {
                started.send(()).unwrap();
                may_go.recv().unwrap();
                Ok(())
            },
            {
                let is_answered = Arc::clone(&is_answered);
                move |_| is_answered.store(true, Ordering::Relaxed)
            },
        );
        // Comes when the first one has been taken, alone.
        let second = async {
            has_started.await.unwrap();
            let look = move |_: &Connection| Ok(!is_answered.load(Ordering::Relaxed));
            let looked = store.journal.writer.run(CLASS, look);
            let (is_beside, ()) = tokio::join!(biased; looked, async { go.send(()).unwrap() });
            is_beside.unwrap()
        };
        let (first, is_beside) = tokio::join!(first, second);
        first.unwrap();
        if is_beside {
            return;
        }
    }
    panic!("it never shared a commit");
}

#[tokio::test]
async fn what_only_reads_is_answered_before_the_commit() {
    let (_folder, store) = open();
    let (answered, is_answered) = std::sync::mpsc::channel();
    let (looked, written) = in_one_batch(&store.journal.writer, async {
        let look = async {
            let looked =
                store
                    .journal
                    .writer
                    .run_then(CLASS, |_| Urgency::Never, |_| Ok(1), |_| ());
            let looked = looked.await;
            answered.send(()).unwrap();
            looked
        };
        let write = store.journal.writer.run(CLASS, move |_| {
            // The commit comes after this, so an answer that came after it would be late.
            Ok(is_answered.recv_timeout(Duration::from_secs(60)).is_ok())
        });
        tokio::join!(biased; look, write)
    })
    .await;
    assert_eq!(looked.unwrap(), 1);
    assert!(written.unwrap());
}
#[tokio::test]
async fn work_whose_caller_is_gone_is_not_begun() {
    let (_folder, store) = open();
    let begun = Arc::new(AtomicBool::new(false));
    in_one_batch(&store.journal.writer, async {
        let begun = Arc::clone(&begun);
        let work = store.journal.writer.run(CLASS, move |_| {
            begun.store(true, Ordering::Relaxed);
            Ok(())
        });
        assert!(work.now_or_never().is_none());
    })
    .await;
    store.journal.writer.run(CLASS, |_| Ok(())).await.unwrap();
    assert!(!begun.load(Ordering::Relaxed));
}

#[tokio::test]
async fn nothing_is_written_after_a_disk_has_failed() {
    let (folder, store) = open();
    let space = Space::host("a");
    store.set(&space, "old", Vec::new(), None).await.unwrap();
    append(&store, &["a1"]).await.unwrap();
    assert!(store.failure().is_none());
    let fail = store.values.writer.run(CLASS, |connection| {
        connection.execute_batch("DELETE FROM entries")?;
        let cause = Arc::new(io::Error::other("the disk is gone"));
        Err::<(), _>(StoreError::Broken(cause))
    });
    let (before, failed, behind) = in_one_batch(&store.values.writer, async {
        tokio::join!(
            biased;
            store.set(&space, "before", Vec::new(), None),
            fail,
            store.set(&space, "behind", Vec::new(), None),
        )
    })
    .await;
    assert!(matches!(before, Err(StoreError::Broken(_))));
    assert!(matches!(failed, Err(StoreError::Broken(_))));
    assert!(matches!(behind, Err(StoreError::Broken(_))));
    // Nor is anything looked at that might not be there tomorrow.
    let set = store.set(&space, "later", Vec::new(), None).await;
    assert!(matches!(set, Err(StoreError::Broken(_))));
    let appended = append(&store, &["a2"]).await;
    assert!(matches!(appended, Err(StoreError::Broken(_))));
    let claimed = store.claim("channel", 10).await;
    assert!(matches!(claimed, Err(StoreError::Broken(_))));
    let failure = store.failure().unwrap();
    assert!(matches!(failure, StoreError::Broken(_)), "{failure}");

    drop(store);
    let store = Sqlite::open(folder.path(), Clock::system()).unwrap();
    assert!(store.failure().is_none());
    assert_eq!(store.keys(&space, None, 10).await.unwrap(), ["old"]);
    claim_one(&store, "a1").await;
}
