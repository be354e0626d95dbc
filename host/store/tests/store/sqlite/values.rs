//! Values in files.

use super::*;

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
