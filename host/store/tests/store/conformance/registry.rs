//! What every [`Registry`] does.

use std::sync::Arc;

use botbox_store::Registry;

use super::race;

/// Runs all of them on an empty store.
pub(crate) async fn all(store: Arc<dyn Registry>) {
    the_last_deployed_is_first(&*store).await;
    channels_are_apart(&*store).await;
    old_versions_are_forgotten(&*store).await;
    what_another_channel_has_is_not_told(&*store).await;
    every_deployment_counts(&store).await;
}

async fn digests(store: &dyn Registry, channel: &str) -> Vec<String> {
    let versions = store.versions(channel).await.unwrap();
    assert!(
        versions.is_sorted_by(|newer, older| newer.deployed > older.deployed),
        "no two are deployed at the same time: {versions:?}"
    );
    versions.into_iter().map(|version| version.digest).collect()
}

async fn the_last_deployed_is_first(store: &dyn Registry) {
    assert!(digests(store, "order").await.is_empty());
    for digest in ["a", "b", "c"] {
        store.deploy("order", digest).await.unwrap();
    }
    assert_eq!(digests(store, "order").await, ["c", "b", "a"]);
    // Back to an old one, which is there once.
    store.deploy("order", "a").await.unwrap();
    assert_eq!(digests(store, "order").await, ["a", "c", "b"]);
    store.deploy("order", "a").await.unwrap();
    assert_eq!(digests(store, "order").await, ["a", "c", "b"]);
}

async fn channels_are_apart(store: &dyn Registry) {
    store.deploy("apart", "x").await.unwrap();
    store.deploy("Apart", "y").await.unwrap();
    assert_eq!(digests(store, "apart").await, ["x"]);
    assert_eq!(digests(store, "Apart").await, ["y"]);
    assert!(digests(store, "").await.is_empty());
}

async fn old_versions_are_forgotten(store: &dyn Registry) {
    for digest in ["f1", "f2", "f3", "f4"] {
        store.deploy("forget", digest).await.unwrap();
    }
    for keep in [4, 5, usize::MAX] {
        let forgotten = store.forget_versions("forget", keep).await.unwrap();
        assert!(forgotten.is_empty());
    }
    let mut forgotten = store.forget_versions("forget", 2).await.unwrap();
    forgotten.sort_unstable();
    assert_eq!(forgotten, ["f1", "f2"]);
    assert_eq!(digests(store, "forget").await, ["f4", "f3"]);
    let nobody = store.forget_versions("nobody", 0).await.unwrap();
    assert!(nobody.is_empty());
    let mut rest = store.forget_versions("forget", 0).await.unwrap();
    rest.sort_unstable();
    assert_eq!(rest, ["f3", "f4"]);
    assert!(digests(store, "forget").await.is_empty());
}

/// Its bytes are still needed.
async fn what_another_channel_has_is_not_told(store: &dyn Registry) {
    for channel in ["one", "other"] {
        store.deploy(channel, "shared").await.unwrap();
    }
    store.deploy("one", "own").await.unwrap();
    store.deploy("one", "new").await.unwrap();
    let forgotten = store.forget_versions("one", 1).await.unwrap();
    assert_eq!(forgotten, ["own"]);
    store.deploy("other", "new").await.unwrap();
    let forgotten = store.forget_versions("other", 1).await.unwrap();
    assert_eq!(forgotten, ["shared"]);
    assert_eq!(digests(store, "one").await, ["new"]);
}

async fn every_deployment_counts(store: &Arc<dyn Registry>) {
    race(store, 20, |store, caller| async move {
        let digest = format!("race{caller:02}");
        store.deploy("race", &digest).await.unwrap();
    })
    .await;
    let mut all = digests(&**store, "race").await;
    all.sort_unstable();
    let expected: Vec<_> = (0..20).map(|caller| format!("race{caller:02}")).collect();
    assert_eq!(all, expected);
}
