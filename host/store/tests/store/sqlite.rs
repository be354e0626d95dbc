//! What the data folder promises.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use botbox_store::{
    Appointment, Blobs, EventFilter, EventState, Expected, Journal, KeyValue, OpenError, Outcome,
    Registry, Settlement, Space, Sqlite, StoreError,
};
use futures_util::FutureExt;
use rusqlite::Connection;
use tempfile::{TempDir, tempdir};
use tokio::task::JoinSet;

use crate::conformance;
use crate::conformance::journal::{
    Channel, HOUR, body, dead, event, failure, handled, ids, now, retry, tick, unsend,
};

fn open(folder: &Path) -> Sqlite {
    Sqlite::open(folder).unwrap()
}

fn refusal(folder: &Path) -> OpenError {
    Sqlite::open(folder).err().expect("the folder is refused")
}

/// A folder whose database other code may write, for no store has it.
fn used_folder() -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    drop(open(folder.path()));
    let database = folder.path().join("botbox.sqlite");
    (folder, database)
}

fn opened() -> (TempDir, Arc<Sqlite>) {
    let folder = tempdir().unwrap();
    let store = Arc::new(open(folder.path()));
    (folder, store)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_a_key_value_store() {
    let (_folder, store) = opened();
    conformance::key_value::all(store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_a_journal() {
    let (_folder, store) = opened();
    conformance::journal::all(store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_a_registry() {
    let (_folder, store) = opened();
    conformance::registry::all(store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_keeps_blobs() {
    let (folder, store) = opened();
    conformance::blobs::all(store).await;
    for file in fs::read_dir(folder.path().join("blobs")).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(path.extension(), None, "it is finished");
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", path.display());
    }
}

#[tokio::test]
async fn values_outlive_the_process() {
    let folder = tempdir().unwrap();
    let space = Space::host("tokens");
    let store = open(folder.path());
    store.set(&space, "a", b"1".to_vec(), None).await.unwrap();
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.get(&space, "a").await.unwrap().unwrap(), b"1");
}

#[tokio::test]
async fn what_is_acknowledged_is_in_the_files() {
    let folder = tempdir().unwrap();
    let space = Space::host("tokens");
    let store = open(folder.path());
    store.set(&space, "a", b"1".to_vec(), None).await.unwrap();
    // As after a kill: the files as they are, and nobody who closes them.
    let copy = tempdir().unwrap();
    for name in ["botbox.sqlite", "botbox.sqlite-wal"] {
        fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }
    let copied = open(copy.path());
    assert_eq!(copied.get(&space, "a").await.unwrap().unwrap(), b"1");
}

#[test]
fn nobody_else_can_read_it() {
    let parent = tempdir().unwrap();
    let folder = parent.path().join("deep/data");
    let _store = open(&folder);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files: Vec<_> = fs::read_dir(&folder).unwrap().collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        let path = file.unwrap().path();
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&path), expected, "{}", path.display());
    }
}

#[test]
fn a_second_host_is_refused() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let error = refusal(folder.path());
    assert!(matches!(error, OpenError::InUse(_)));
    assert!(error.to_string().contains(folder.path().to_str().unwrap()));
    drop(store);
    open(folder.path());
}

#[test]
fn a_newer_schema_is_refused_and_kept() {
    let (folder, database) = used_folder();
    let connection = Connection::open(&database).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let before = fs::read(&database).unwrap();
    let error = refusal(folder.path());
    assert!(
        matches!(error, OpenError::Newer { found: 99, .. }),
        "{error}"
    );
    assert!(fs::read(&database).unwrap() == before);
}

#[test]
fn what_is_no_database_is_refused_and_kept() {
    let (folder, database) = used_folder();
    let text = "not a database, but something that someone may want back\n".repeat(100);
    fs::write(&database, &text).unwrap();
    let error = refusal(folder.path());
    let OpenError::Database { source, .. } = error else {
        panic!("{error}");
    };
    assert!(matches!(source, StoreError::Corrupt(_)), "{source}");
    assert_eq!(fs::read_to_string(&database).unwrap(), text);
}

#[test]
fn damage_is_told() {
    let (folder, database) = used_folder();
    // All pages but the first, which names the tables.
    let file = File::options().write(true).open(&database).unwrap();
    let size = file.metadata().unwrap().len();
    file.set_len(4096).unwrap();
    file.set_len(size).unwrap();
    let OpenError::Database { source, .. } = refusal(folder.path()) else {
        panic!("the damage is not seen");
    };
    assert!(matches!(source, StoreError::Corrupt(_)), "{source}");
}

#[test]
fn a_file_in_place_of_the_folder_is_refused() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("data");
    fs::write(&file, "").unwrap();
    let error = refusal(&file);
    assert!(matches!(error, OpenError::Folder { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_fails_alone() {
    let folder = tempdir().unwrap();
    let store = Arc::new(open(folder.path()));
    let space = Space::host("crowd");
    store
        .set(&space, "text", b"x".to_vec(), None)
        .await
        .unwrap();
    let mut calls = JoinSet::new();
    for number in 0..1000 {
        let (store, space) = (Arc::clone(&store), space.clone());
        calls.spawn(async move {
            if number % 100 == 7 {
                let failed = store.increment(&space, "text", 1, None).await;
                assert!(matches!(failed, Err(StoreError::NotANumber)));
            } else {
                let key = format!("key {number}");
                store.set(&space, &key, Vec::new(), None).await.unwrap();
            }
        });
    }
    calls.join_all().await;
    let keys = store.keys(&space, None, 1000).await.unwrap();
    assert_eq!(keys.len(), 1000 - 10 + 1);
}

#[tokio::test]
async fn the_folder_is_free_when_the_store_is_dropped() {
    let folder = tempdir().unwrap();
    let space = Space::host("drop");
    for round in 1..=20 {
        let store = open(folder.path());
        let sum = store.increment(&space, "rounds", 1, None).await.unwrap();
        assert_eq!(sum, round);
    }
}

#[tokio::test]
async fn expired_entries_are_removed_little_by_little() {
    let folder = tempdir().unwrap();
    let space = Space::host("nonces");
    let store = open(folder.path());
    let nonces = (0..100).map(|number| (number.to_string(), Vec::new()));
    store
        .set_many(&space, nonces.collect(), None)
        .await
        .unwrap();
    drop(store);
    let database = Connection::open(folder.path().join("botbox.sqlite")).unwrap();
    database
        .execute("UPDATE entries SET expires = 1", ())
        .unwrap();
    let store = open(folder.path());
    let entries = || -> usize {
        let count = database.query_row("SELECT count(*) FROM entries", (), |row| row.get(0));
        count.unwrap()
    };
    store.increment(&space, "writes", 1, None).await.unwrap();
    let after_one = entries();
    assert!((50..100).contains(&after_one), "{after_one} are left");
    for _ in 0..50 {
        store.increment(&space, "writes", 1, None).await.unwrap();
    }
    assert_eq!(entries(), 1);
}

#[tokio::test]
async fn waiting_events_outlive_the_process_in_order() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    channel.add(&["a1", "a2", "a3"], "a").await;
    channel.add(&["b1", "b2"], "b").await;
    // One has ended, its next one and another run.
    let claims = channel.claim().await;
    tick().await;
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
    assert_eq!(store.discard(filter).await.unwrap(), 1);
    channel.append(vec![unsend("unsend", "a", "later")]).await;
    channel.run("unsend", handled()).await;
    drop(store);

    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    assert!(channel.claim().await.is_empty());
    let appended = channel.append(vec![event("later", "a")]).await;
    assert_eq!(appended.unsent, 1, "a withdrawal is remembered");
    assert_eq!(channel.state("discarded").await, EventState::Discarded);
    assert_eq!(channel.show("dead").await.failures, [failure("no more")]);
    let replayed = store.replay(EventFilter::default(), 0, Some("v7".to_owned()));
    assert_eq!(replayed.await.unwrap().len(), 1);
    drop(store);

    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    let claim = channel.claim_one("dead").await;
    assert_eq!(claim.version.as_deref(), Some("v7"));
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
async fn appointments_outlive_the_process() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    for (key, at) in [("due", 1), ("cancelled", 1), ("later", now() + 3_600_000)] {
        let appointment = Appointment {
            key: key.to_owned(),
            at,
            event: event(key, "a"),
        };
        let any = Expected::Nothing(10);
        store
            .schedule("c", "timers", appointment, any)
            .await
            .unwrap();
    }
    assert!(store.cancel("c", "timers", "cancelled").await.unwrap());
    drop(store);

    let store = open(folder.path());
    let later = store.scheduled("c", "timers", "later").await.unwrap();
    assert_eq!(later, Some(body("later")));
    let channel = Channel::new(&store, "c");
    let claim = channel.claim_one("due").await;
    assert!(claim.is_hosts);
    drop(store);

    // It has arrived for good.
    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    channel.run("due", handled()).await;
    let stats = channel.stats().await.unwrap();
    assert_eq!((stats.scheduled, stats.waiting), (1, 0));
}

#[tokio::test]
async fn versions_and_blobs_outlive_the_process() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    for digest in ["abc", "def", "abc"] {
        store.deploy("c", digest).await.unwrap();
    }
    let versions = store.versions("c").await.unwrap();
    store.put("abc", vec![7; 100_000]).await.unwrap();
    store.put("def", vec![8]).await.unwrap();
    store.remove("def").await.unwrap();
    drop(store);

    let store = open(folder.path());
    assert_eq!(store.versions("c").await.unwrap(), versions);
    assert_eq!(versions[0].digest, "abc");
    assert!(store.fetch("abc").await.unwrap().unwrap() == [7; 100_000]);
    assert_eq!(store.fetch("def").await.unwrap(), None);
}

#[tokio::test]
async fn unfinished_blobs_are_removed() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    store.put("whole", b"whole".to_vec()).await.unwrap();
    drop(store);
    let blobs = folder.path().join("blobs");
    for name in ["abc.partial", "abc.7.partial", "whole.partial"] {
        fs::write(blobs.join(name), "hal").unwrap();
    }
    let store = open(folder.path());
    let left: Vec<_> = fs::read_dir(&blobs)
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert_eq!(left, ["whole"]);
    assert_eq!(store.fetch("abc").await.unwrap(), None);
    store.put("abc", b"all of it".to_vec()).await.unwrap();
    assert_eq!(store.fetch("abc").await.unwrap().unwrap(), b"all of it");
    assert_eq!(store.fetch("whole").await.unwrap().unwrap(), b"whole");
}

#[tokio::test]
async fn a_database_of_the_first_schema_keeps_its_entries() {
    let folder = tempdir().unwrap();
    let connection = Connection::open(folder.path().join("botbox.sqlite")).unwrap();
    connection
        .execute_batch(include_str!("../../src/sqlite/1.sql"))
        .unwrap();
    connection
        .execute_batch(
            "PRAGMA user_version = 1;
             INSERT INTO owners (id, name) VALUES (1, 'host');
             INSERT INTO entries (owner, bucket, key, value)
             VALUES (1, 'tokens', 'a', x'31'), (1, 'tokens', 'b', x'32');",
        )
        .unwrap();
    drop(connection);

    let space = Space::host("tokens");
    // As it is upgraded, and afterwards.
    for round in 0..2 {
        let store = open(folder.path());
        assert_eq!(store.keys(&space, None, 10).await.unwrap(), ["a", "b"]);
        assert_eq!(store.get(&space, "a").await.unwrap().unwrap(), b"1");
        let channel = Channel::new(&store, "c");
        let id = round.to_string();
        channel.add(&[&id], "a").await;
        let keep = Duration::ZERO;
        channel.run(&id, Outcome::Handled { keep }).await;
        store.deploy("c", &id).await.unwrap();
        assert_eq!(store.versions("c").await.unwrap().len(), round + 1);
    }
    let connection = Connection::open(folder.path().join("botbox.sqlite")).unwrap();
    let version = connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
    assert!(version.unwrap() >= 2);
}
