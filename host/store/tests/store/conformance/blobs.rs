//! What every [`Blobs`] does.

use std::sync::Arc;

use botbox_store::{Blobs, StoreError};

use super::race::race;

/// Runs all of them on an empty store.
pub(crate) async fn all(store: Arc<dyn Blobs>) {
    bytes_come_and_go(&*store).await;
    what_is_there_never_changes(&*store).await;
    names_are_checked(&*store).await;
    a_put_is_whole(&store).await;
    a_removal_beside_a_put_takes_all_or_nothing(&store).await;
}

async fn bytes_come_and_go(store: &dyn Blobs) {
    assert_eq!(store.fetch("abc").await.unwrap(), None);
    store.remove("abc").await.unwrap();
    store.put("abc", b"\0\xff".to_vec()).await.unwrap();
    store.put("ABD", Vec::new()).await.unwrap();
    assert_eq!(store.fetch("abc").await.unwrap().unwrap(), b"\0\xff");
    assert_eq!(store.fetch("ABD").await.unwrap().unwrap(), b"");
    store.remove("abc").await.unwrap();
    assert_eq!(store.fetch("abc").await.unwrap(), None);
    store.put("abc", b"again".to_vec()).await.unwrap();
    assert_eq!(store.fetch("abc").await.unwrap().unwrap(), b"again");
}

async fn what_is_there_never_changes(store: &dyn Blobs) {
    store.put("fixed", b"first".to_vec()).await.unwrap();
    store.put("fixed", b"second".to_vec()).await.unwrap();
    assert_eq!(store.fetch("fixed").await.unwrap().unwrap(), b"first");
}

async fn names_are_checked(store: &dyn Blobs) {
    let longest = "f".repeat(128);
    store.put(&longest, b"x".to_vec()).await.unwrap();
    assert_eq!(store.fetch(&longest).await.unwrap().unwrap(), b"x");
    store.remove(&longest).await.unwrap();

    let too_long = "f".repeat(129);
    for name in [
        "",
        ".",
        "..",
        "a/b",
        "../lock",
        "/etc/passwd",
        "a.partial",
        "a b",
        "a\0",
        "é",
        &too_long,
    ] {
        let put = store.put(name, b"x".to_vec()).await;
        assert!(matches!(put, Err(StoreError::BlobName(_))), "{name}");
        let fetched = store.fetch(name).await;
        assert!(matches!(fetched, Err(StoreError::BlobName(_))), "{name}");
        let removed = store.remove(name).await;
        assert!(matches!(removed, Err(StoreError::BlobName(_))), "{name}");
    }
}

/// Whoever puts or fetches the same bytes at the same time.
async fn a_put_is_whole(store: &Arc<dyn Blobs>) {
    for round in 0..5 {
        let name = format!("race{round}");
        let bytes: Vec<u8> = (0..1_u32 << 20).map(|number| (number >> 8) as u8).collect();
        let outcomes = race(store, 20, |store, caller| {
            let (name, bytes) = (name.clone(), bytes.clone());
            async move {
                if caller % 2 == 0 {
                    store.put(&name, bytes.clone()).await.unwrap();
                    assert!(store.fetch(&name).await.unwrap().unwrap() == bytes);
                } else if let Some(fetched) = store.fetch(&name).await.unwrap() {
                    assert!(fetched == bytes);
                }
            }
        });
        outcomes.await;
        assert!(store.fetch(&name).await.unwrap().unwrap() == bytes);
    }
}

/// Whoever puts bytes that are removed at the same time: they are there whole, or not at all, and a put after
/// that has them.
async fn a_removal_beside_a_put_takes_all_or_nothing(store: &Arc<dyn Blobs>) {
    const NAME: &str = "removed";
    let bytes: Vec<u8> = (0..1_u32 << 16).map(|number| (number >> 8) as u8).collect();
    for _ in 0..20 {
        let outcomes = race(store, 20, |store, caller| {
            let bytes = bytes.clone();
            async move {
                match caller % 3 {
                    0 => store.remove(NAME).await.unwrap(),
                    1 => store.put(NAME, bytes).await.unwrap(),
                    _ => {
                        if let Some(fetched) = store.fetch(NAME).await.unwrap() {
                            assert!(fetched == bytes);
                        }
                    }
                }
            }
        });
        outcomes.await;
        store.put(NAME, bytes.clone()).await.unwrap();
        assert!(store.fetch(NAME).await.unwrap().unwrap() == bytes);
    }
}
