//! What can be seen only from inside: which jobs share a commit, and commits that fail.

mod ahead;
mod claims;
mod commits;
mod disk;

use std::time::Duration;

use botbox_clock::Clock;
use rusqlite::Connection;
use tempfile::{TempDir, tempdir};
use tokio::sync::oneshot;

use super::database::{JobClass, Priority, Urgency, Writer};
use super::store::Sqlite;
use crate::error::StoreError;
use crate::journal::{
    Appended, Backlog, Claim, EventInspection, EventQueue, EventState, FailedAttempt, NewEvent,
    Outcome, Settlement,
};

const HOUR: Duration = Duration::from_hours(1);

fn open() -> (TempDir, Sqlite) {
    let folder = tempdir().unwrap();
    let store = Sqlite::open(folder.path(), Clock::system()).unwrap();
    (folder, store)
}

const CLASS: JobClass<'static> = JobClass::new("", Priority::High);

/// Lets `jobs` wait together for the thread, so that they are one batch.
async fn in_one_batch<T>(writer: &Writer, jobs: impl Future<Output = T>) -> T {
    let (started, has_started) = oneshot::channel();
    let (go, may_go) = std::sync::mpsc::channel();
    let class = JobClass::new("", Priority::Low);
    let block = move |_: &Connection| {
        started.send(()).unwrap();
        may_go.recv().unwrap();
        Ok(())
    };
    // It only reads, and so has a batch of its own.
    let blocker = writer.run_then(class, |()| Urgency::Never, block, |_| ());
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
    spoil_by(&store.journal.writer, sql).await
}

/// Makes a commit fail by what is allowed until then: a row of an owner that is not there.
async fn spoil_by(writer: &Writer, sql: &'static str) -> Result<(), StoreError> {
    let work = move |connection: &Connection| {
        connection.execute_batch("PRAGMA defer_foreign_keys = ON")?;
        Ok(connection.execute_batch(sql)?)
    };
    writer.run(CLASS, work).await
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
        is_from_host: false,
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
        deployment: 1,
        digest: String::new(),
        error: "failed".to_owned(),
        log: String::new(),
    }
}

async fn state(store: &Sqlite, id: &str) -> EventState {
    let shown = store.show("channel", id).await.unwrap();
    shown.unwrap().entry.state
}
