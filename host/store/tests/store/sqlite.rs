//! What the data folder promises.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use botbox_store::{KeyValue, OpenError, Space, Sqlite, StoreError};
use rusqlite::Connection;
use tempfile::{TempDir, tempdir};
use tokio::task::JoinSet;

use crate::conformance;

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conforms() {
    let folder = tempdir().unwrap();
    conformance::all(Arc::new(open(folder.path()))).await;
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
        assert_eq!(mode(&file.unwrap().path()), 0o600);
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

#[tokio::test]
async fn damage_is_told() {
    let (folder, database) = used_folder();
    // All pages but the first, which names the tables.
    let file = File::options().write(true).open(&database).unwrap();
    let size = file.metadata().unwrap().len();
    file.set_len(4096).unwrap();
    file.set_len(size).unwrap();
    let store = open(folder.path());
    let error = store.set(&Space::host("a"), "a", Vec::new(), None).await;
    assert!(matches!(error, Err(StoreError::Corrupt(_))), "{error:?}");
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
