use std::sync::atomic::{AtomicBool, Ordering};

use botbox_clock::Clock;
use futures_util::FutureExt;
use tempfile::{TempDir, tempdir};

use super::super::events::Events;
use super::*;
use crate::{
    Appended, Backlog, Claim, EventFilter, EventInspection, EventQueue, EventState, FailedAttempt,
    KeyValue, NewEvent, Outcome, Registry, Settlement, Space, Sqlite, StoreHealth,
};

const HOUR: Duration = Duration::from_hours(1);

fn open() -> (TempDir, Sqlite) {
    let folder = tempdir().unwrap();
    let store = Sqlite::open(folder.path(), Clock::system()).unwrap();
    (folder, store)
}

const TICKET: Ticket<'static> = Ticket {
    owner: "",
    priority: Priority::High,
    bytes: 0,
};

/// Lets `jobs` wait together for the thread, so that they are one batch.
async fn in_one_batch<T>(writer: &Writer, jobs: impl Future<Output = T>) -> T {
    let (started, has_started) = oneshot::channel();
    let (go, may_go) = std::sync::mpsc::channel();
    let ticket = Ticket::new("", Priority::Low);
    let block = move |_: &Connection| {
        started.send(()).unwrap();
        may_go.recv().unwrap();
        Ok(())
    };
    // It looks only, and so has a batch of its own.
    let blocker = writer.run_then(ticket, |()| Urgency::Never, block, |_| ());
    let after_start = async {
        has_started.await.unwrap();
        // In this order: the jobs are sent, then the blocker ends.
        let (outcome, ()) = tokio::join!(biased; jobs, async { go.send(()).unwrap() });
        outcome
    };
    let (blocked, outcome) = tokio::join!(blocker, after_start);
    blocked.unwrap();
    outcome
}

/// Makes the commit of the journal fail.
async fn spoil(store: &Sqlite) -> Result<(), StoreError> {
    let sql = "INSERT INTO scheduled_events (channel, kind, key, at, id, chat, body)
        VALUES (99, '', '', 0, '', '', '')";
    spoil_by(&store.writer, sql).await
}

/// Makes a commit fail by what is allowed until then: a row of an owner that is not there.
async fn spoil_by(writer: &Writer, sql: &'static str) -> Result<(), StoreError> {
    let work = move |connection: &Connection| {
        connection.execute_batch("PRAGMA defer_foreign_keys = ON")?;
        Ok(connection.execute_batch(sql)?)
    };
    writer.run(TICKET, work).await
}

/// Messages of one chat.
async fn append(store: &Sqlite, ids: &[&str]) -> Result<Appended, StoreError> {
    append_all(store, ids.iter().map(|id| message(id)).collect()).await
}

async fn append_all(store: &Sqlite, events: Vec<NewEvent>) -> Result<Appended, StoreError> {
    let room = Backlog {
        events: 100,
        bytes: 10_000,
        age: HOUR,
        kept: 10_000,
    };
    store.append("channel", events, room).await
}

fn message(id: &str) -> NewEvent {
    NewEvent {
        id: id.to_owned(),
        chat: "chat".to_owned(),
        message: Some(id.to_owned()),
        is_unsend: false,
        is_hosts: false,
        body: "{}".into(),
    }
}

fn unsend(id: &str) -> NewEvent {
    NewEvent {
        id: format!("unsend {id}"),
        is_unsend: true,
        ..message(id)
    }
}

async fn claim(store: &Sqlite) -> Vec<Claim> {
    store.claim("channel", 100).await.unwrap().events
}

async fn claim_one(store: &Sqlite, id: &str) -> Claim {
    let mut claims = claim(store).await;
    assert_eq!(claims.len(), 1);
    assert_eq!(claims[0].id, id);
    claims.remove(0)
}

async fn settle(store: &Sqlite, claim: &Claim, outcome: Outcome) -> Result<(), StoreError> {
    let settlement = Settlement {
        position: claim.position,
        outcome,
        note: None,
        kept: 10_000,
    };
    store.settle("channel", settlement).await
}

fn failure() -> FailedAttempt {
    FailedAttempt {
        started: 0,
        took: Duration::ZERO,
        version: String::new(),
        error: "failed".to_owned(),
        log: String::new(),
    }
}

async fn state(store: &Sqlite, id: &str) -> EventState {
    let shown = store.show("channel", id).await.unwrap();
    shown.unwrap().entry.state
}

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
    let fail = store.values.writer.run(TICKET, |connection| {
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
        store.values.writer.run(TICKET, move |connection| {
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
async fn what_nobody_waits_for_is_committed_without_company() {
    let (_folder, store) = open();
    let write = |connection: &Connection| {
        let insert = "INSERT INTO versions (channel, digest, deployed) VALUES ('c', 'd', 1)";
        Ok(connection.execute(insert, [])?)
    };
    let written = store
        .writer
        .run_then(TICKET, |_| Urgency::Soon, write, |_| ());
    assert_eq!(written.await.unwrap(), 1);
    // By another connection, which sees what is committed.
    assert_eq!(store.versions("c").await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_nobody_waits_for_waits_for_company() {
    let (_folder, store) = open();
    // A machine that is busy may let the time for it pass, though not each time.
    for _ in 0..1000 {
        let is_answered = Arc::new(AtomicBool::new(false));
        let (started, has_started) = oneshot::channel();
        let (go, may_go) = std::sync::mpsc::channel();
        let first = store.writer.run_then(
            TICKET,
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
            let looked = store.writer.run(TICKET, look);
            let (is_beside, ()) = tokio::join!(biased; looked, async { go.send(()).unwrap() });
            is_beside.unwrap()
        };
        let (first, is_beside) = tokio::join!(first, second);
        first.unwrap();
        if is_beside {
            return;
        }
    }
    panic!("it never had company");
}

#[tokio::test]
async fn who_only_looks_is_answered_before_the_commit() {
    let (_folder, store) = open();
    let (answered, is_answered) = std::sync::mpsc::channel();
    let (looked, written) = in_one_batch(&store.writer, async {
        let look = async {
            let looked = store
                .writer
                .run_then(TICKET, |_| Urgency::Never, |_| Ok(1), |_| ());
            let looked = looked.await;
            answered.send(()).unwrap();
            looked
        };
        let write = store.writer.run(TICKET, move |_| {
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
async fn an_event_is_claimed_when_what_made_way_for_it_is_committed() {
    let (_folder, store) = open();
    append(&store, &["a1", "a2"]).await.unwrap();
    let first = claim_one(&store, "a1").await;
    // A failed commit changes nothing, and one that succeeds lets the chat go on.
    for is_spoilt in [true, false] {
        let (settled, beside) = in_one_batch(&store.writer, async {
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
    let replay = move |events: &mut Events<'_>| events.replay(vec![position], None);
    let memory = store.memory.clone();
    let (replayed, beside) = in_one_batch(&store.writer, async {
        let replay = store.writer.run(TICKET, move |connection| {
            memory.with(|memory| replay(&mut Events::new(connection, memory)))
        });
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
    in_one_batch(&store.writer, async {
        assert!((&mut claimed).now_or_never().is_none());
    })
    .await;
    while !store.memory.with(|memory| !memory.is_free(1)) {
        tokio::task::yield_now().await;
    }
    assert!(claim(&store).await.is_empty());
    drop(claimed);
    store.changes("channel").next().await;
    claim_one(&store, "a1").await;
}

#[tokio::test]
async fn work_whose_caller_is_gone_is_not_begun() {
    let (_folder, store) = open();
    let begun = Arc::new(AtomicBool::new(false));
    in_one_batch(&store.writer, async {
        let begun = Arc::clone(&begun);
        let work = store.writer.run(TICKET, move |_| {
            begun.store(true, Ordering::Relaxed);
            Ok(())
        });
        assert!(work.now_or_never().is_none());
    })
    .await;
    store.writer.run(TICKET, |_| Ok(())).await.unwrap();
    assert!(!begun.load(Ordering::Relaxed));
}

#[tokio::test]
async fn nothing_is_written_after_a_disk_has_failed() {
    let (folder, store) = open();
    let space = Space::host("a");
    store.set(&space, "old", Vec::new(), None).await.unwrap();
    append(&store, &["a1"]).await.unwrap();
    assert!(store.failure().is_none());
    let fail = store.values.writer.run(TICKET, |connection| {
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
        let (settled, spoilt) = in_one_batch(&store.writer, async {
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
    let (appended, claimed, spoilt) = in_one_batch(&store.writer, async {
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
    let (settled, appended) = in_one_batch(&store.writer, async {
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
