//! Blobs in files.

use super::*;

#[tokio::test]
async fn blobs_outlive_the_process() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    store.put("abc", vec![7; 100_000]).await.unwrap();
    store.put("def", vec![8]).await.unwrap();
    store.remove("def").await.unwrap();
    drop(store);

    let store = open(folder.path());
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
