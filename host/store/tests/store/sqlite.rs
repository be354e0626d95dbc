//! What the data folder promises.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use botbox_clock::Clock;
use botbox_store::{
    Backlog, Blobs, DiskLimits, EventFilter, EventInspection, EventNotes, EventQueue,
    EventRetention, EventSchedule, EventState, Expected, KeyValue, NewEvent, OpenError, Outcome,
    Registry, ScheduledEvent, Settlement, Space, Sqlite, StoreError, StoreHealth, Usage,
};
use futures_util::FutureExt;
use rusqlite::Connection;
use tempfile::{TempDir, tempdir};
use tokio::task::JoinSet;

use crate::conformance;
use crate::conformance::journal::{
    Channel, HOUR, ROOM, body, dead, event, failure, handled, ids, now, retry, tick, unsend,
};

fn open(folder: &Path) -> Sqlite {
    Sqlite::open(folder, Clock::system()).unwrap()
}

fn refusal(folder: &Path) -> OpenError {
    Sqlite::open(folder, Clock::system())
        .err()
        .expect("the folder is refused")
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
    for name in ["keyvalue.sqlite", "keyvalue.sqlite-wal"] {
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
    let database = Connection::open(folder.path().join("keyvalue.sqlite")).unwrap();
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
    assert_eq!(channel.discard(filter).await, 1);
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
    assert_eq!(replayed.await.unwrap().positions.len(), 1);
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
async fn scheduled_events_outlive_the_process() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    for (key, at) in [("due", 1), ("cancelled", 1), ("later", now() + 3_600_000)] {
        let scheduled = ScheduledEvent {
            key: key.to_owned(),
            at,
            event: event(key, "a"),
        };
        let any = Expected::Nothing(10);
        store.schedule("c", "timers", scheduled, any).await.unwrap();
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
        .execute_batch(include_str!("../../src/sqlite/database/schema/1.sql"))
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

/// A copy of a folder as a kill would leave it: the files as they are, and nobody who closes them.
fn killed(folder: &Path) -> TempDir {
    let copy = tempdir().unwrap();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    copy
}

#[tokio::test]
async fn what_ran_when_the_host_ended_has_one_attempt_more_and_is_first() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    channel.add(&["idle"], "idle").await;
    channel.add(&["ran", "behind"], "a").await;
    channel.add(&["settled"], "b").await;
    for claim in channel.claim().await {
        match claim.id.as_str() {
            "ran" => store.begin(claim.position),
            "settled" => {
                store.begin(claim.position);
                channel.settle(&claim, handled()).await;
            }
            // Claimed only.
            _ => {}
        }
    }
    let mut copy = killed(folder.path());
    for round in 1..=3 {
        let store = open(copy.path());
        assert_eq!(store.recovery().cut_off, 1);
        assert_eq!(store.recovery().lost, None);
        let channel = Channel::new(&store, "c");
        let claims = channel.claim().await;
        assert_eq!(ids(&claims), ["ran", "idle"]);
        assert_eq!((claims[0].attempts, claims[0].cut_off), (round, round));
        assert_eq!(claims[1].attempts, 0);
        let failures = channel.show("ran").await.failures;
        assert_eq!(failures.len(), round as usize);
        assert_eq!(failures[0].error, "the host ended while it ran");
        store.begin(claims[0].position);
        copy = killed(copy.path());
    }
    let store = open(copy.path());
    let channel = Channel::new(&store, "c");
    let claims = channel.claim().await;
    let ran = &claims[0];
    store.begin(ran.position);
    channel.settle(ran, retry(Duration::ZERO)).await;
    let claim = channel.claim_one("ran").await;
    assert_eq!((claim.attempts, claim.cut_off), (5, 0), "it has ended once");
    store.begin(claim.position);
    // A stop in order cuts nothing off.
    drop(store);
    let store = open(copy.path());
    assert_eq!(store.recovery().cut_off, 0);
    let channel = Channel::new(&store, "c");
    let claims = channel.claim().await;
    let ran = claims.iter().find(|claim| claim.id == "ran").unwrap();
    assert_eq!(ran.attempts, 5);
    let given_up = Outcome::GivenUp { keep: HOUR };
    channel.settle(ran, given_up).await;
    assert_eq!(channel.state("ran").await, EventState::Dead);
    assert_eq!(channel.show("ran").await.failures.len(), 5);
    assert_eq!(channel.claim_one("behind").await.id, "behind");
}

#[tokio::test]
async fn a_journal_that_lost_its_end_is_told() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    channel.add(&["a1", "a2"], "a").await;
    let early = killed(folder.path());
    channel.add(&["a3", "a4", "a5"], "a").await;
    let late = killed(folder.path());
    drop(store);
    assert_eq!(open(late.path()).recovery().lost, None);

    // The log of before, and the rest as it is now.
    let wal = "botbox.sqlite-wal";
    fs::copy(early.path().join(wal), late.path().join(wal)).unwrap();
    let database = "botbox.sqlite";
    fs::copy(early.path().join(database), late.path().join(database)).unwrap();
    let store = open(late.path());
    assert_eq!(store.recovery().lost, Some((2, 5)));
    let channel = Channel::new(&store, "c");
    // No position is given twice, and the next start tells nothing any more.
    channel.add(&["a3"], "a").await;
    assert_eq!(channel.show("a3").await.entry.position, 6);
    drop(store);
    assert_eq!(open(late.path()).recovery().lost, None);
}

#[tokio::test]
async fn a_position_that_was_forgotten_is_not_taken_for_a_lost_one() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    channel.add(&["a1"], "a").await;
    channel.run("a1", handled()).await;
    drop(store);
    let database = Connection::open(folder.path().join("botbox.sqlite")).unwrap();
    database
        .execute("UPDATE events SET ended = 1, purge = 1", ())
        .unwrap();
    drop(database);
    let store = open(folder.path());
    assert_eq!(store.sweep().await.unwrap(), 1);
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.recovery().lost, None);
    let channel = Channel::new(&store, "c");
    channel.add(&["a2"], "a").await;
    assert_eq!(channel.show("a2").await.entry.position, 2);
}

#[test]
fn a_folder_that_others_can_write_is_refused() {
    let parent = tempdir().unwrap();
    let folder = parent.path().join("data");
    drop(open(&folder));
    for mode in [0o777, 0o770, 0o702] {
        fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        let error = refusal(&folder);
        assert!(matches!(error, OpenError::Exposed { mode: told, .. } if told == mode));
        let told = error.to_string();
        assert!(told.contains("chmod 700"), "{told}");
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    open(&folder);
}

/// The tenants' writes are refused before the disk is full, and webhooks are taken.
#[tokio::test]
async fn the_last_of_the_disk_is_for_webhooks() {
    let folder = tempdir().unwrap();
    let limits = DiskLimits {
        // A tenth of the disk is what counts then, and less than that may be free.
        reserve: u64::MAX,
        ..DiskLimits::default()
    };
    let store = Sqlite::open_with(folder.path(), limits, Clock::system()).unwrap();
    let usage = Usage {
        keys: 10,
        bytes: 1000,
    };
    let (tenant, host) = (Space::plugin("c", "b", usage), Space::host("b"));
    store.set(&host, "k", Vec::new(), None).await.unwrap();
    Channel::new(&store, "c").add(&["a1"], "a").await;
    let set = store.set(&tenant, "k", Vec::new(), None).await;
    let Some(warning) = store.warning() else {
        // More than a tenth of this disk is free.
        set.unwrap();
        return;
    };
    assert!(matches!(warning, StoreError::Reserved { .. }), "{warning}");
    let refused = set.unwrap_err();
    assert!(refused.is_callers());
    assert!(refused.to_string().contains("reserve_mib"), "{refused}");
    store.delete(&tenant, "k").await.unwrap();
}

#[tokio::test]
async fn a_log_that_cannot_be_moved_is_bounded_and_told_and_recovers() {
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
    assert!(!refused.is_callers());
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

#[tokio::test]
async fn a_large_webhook_outlives_the_process_and_keeps_its_order() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    channel.add(&["a0"], "a").await;
    let names: Vec<String> = (0..300).map(|number| format!("{number:03}")).collect();
    let chat = |index: usize| ["a", "b", "c"][index % 3];
    let events: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(index, name)| event(name, chat(index)))
        .collect();
    channel.append(events.clone()).await;
    // Behind it, and again.
    channel
        .append(vec![event("later", "a"), event("000", "a")])
        .await;
    channel.append(events).await;
    assert_eq!(channel.waiting().await.0, 1 + 300 + 2 + 300);
    let copy = killed(folder.path());
    drop(store);
    let store = open(copy.path());
    assert_eq!(store.recovery().lost, None);
    let channel = Channel::new(&store, "c");
    let mut expected: Vec<_> = names.iter().step_by(3).map(String::as_str).collect();
    expected.insert(0, "a0");
    expected.push("later");
    // Some, then a crash in the middle.
    let claims = channel.claims().await.events;
    let first = claims.iter().find(|claim| claim.id == "a0").unwrap();
    channel.settle(first, handled()).await;
    let copy = killed(copy.path());
    let store = open(copy.path());
    let channel = Channel::new(&store, "c");
    let order = channel.drain().await;
    let of_a: Vec<_> = order
        .iter()
        .map(String::as_str)
        .filter(|id| expected.contains(id))
        .collect();
    assert_eq!(of_a, expected[1..]);
    assert_eq!(order.len(), 301, "each once");
    assert_eq!(channel.waiting().await, (0, 0));
    // What is small comes one by one again.
    let appended = channel
        .append(vec![event("last", "a"), event("000", "a")])
        .await;
    assert_eq!((appended.new, appended.duplicates), (1, 1));
}

/// What is over a full backlog is refused by what is new of it, without being written.
#[tokio::test]
async fn a_large_webhook_has_room_or_is_refused_whole() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    let events = |from: usize, to: usize| -> Vec<_> {
        (from..to).map(|it| event(&it.to_string(), "a")).collect()
    };
    let limit = Backlog {
        events: 300,
        ..ROOM
    };
    let append = |events| store.append("c", events, limit);
    let refused = append(events(0, 301)).await;
    assert!(
        matches!(refused, Err(StoreError::Backlog { events: 301, .. })),
        "{refused:?}"
    );
    assert_eq!(channel.stats().await, None);
    append(events(0, 300)).await.unwrap();
    assert!(
        append(events(300, 301)).await.is_err(),
        "packed events count"
    );
    assert_eq!(channel.drain().await.len(), 300);
    append(events(300, 600)).await.unwrap();
    let first = channel.claim().await;
    assert_eq!(ids(&first), ["300"]);
    // Duplicates are taken whatever waits.
    append(events(290, 600)).await.unwrap();
    channel.settle(&first[0], handled()).await;
    assert_eq!(channel.drain().await.len(), 299);
}

#[tokio::test]
async fn room_that_is_not_used_is_given_back() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let space = Space::host("large");
    let keys: Vec<_> = (0..24).map(|key| key.to_string()).collect();
    for key in &keys {
        store
            .set(&space, key, vec![7; 1 << 20], None)
            .await
            .unwrap();
    }
    store.delete_many(&space, keys).await.unwrap();
    for _ in 0..8 {
        store.increment(&space, "n", 1, None).await.unwrap();
    }
    drop(store);
    let size = fs::metadata(folder.path().join("keyvalue.sqlite"))
        .unwrap()
        .len();
    assert!(size < 20 << 20, "{size} bytes are left");
}
