//! A disk that has little left.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::health::StoreHealth;
use crate::key_value::{KeyValue, Space, Usage};
use crate::sqlite::folder::{DataFolder, Disk, DiskLimits, FreeSpace};

const TOTAL: u64 = 1 << 40;

/// A store on a disk that has as much free as this says.
fn open_on_disk(free: &Arc<AtomicU64>, reserve: u64) -> (TempDir, Sqlite) {
    let free = Arc::clone(free);
    let measure = move || {
        let free = free.load(Ordering::Relaxed);
        Some(FreeSpace { free, total: TOTAL })
    };
    let limits = DiskLimits {
        reserve,
        ..DiskLimits::default()
    };
    let disk = Disk::measured(Box::new(measure), limits);
    let path = tempdir().unwrap();
    let folder = Arc::new(DataFolder::open(path.path()).unwrap());
    let store = Sqlite::open_on(&folder, Arc::new(disk), Clock::system()).unwrap();
    (path, store)
}

/// Waits until the store has measured the disk again.
async fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Tenants' writes are refused before the disk is full, handled events are not kept, and webhooks are
/// taken.
#[tokio::test]
async fn the_last_of_the_disk_is_for_webhooks() {
    let reserve = 1 << 30;
    let free = Arc::new(AtomicU64::new(reserve));
    let (_folder, store) = open_on_disk(&free, reserve);
    let usage = Usage {
        keys: 10,
        bytes: 1000,
    };
    let (tenant, host) = (Space::plugin("c", "b", usage), Space::host("b"));
    store.set(&tenant, "k", Vec::new(), None).await.unwrap();
    assert!(store.warning().is_none());

    free.store(reserve - 1, Ordering::Relaxed);
    until(|| store.warning().is_some()).await;
    let warning = store.warning().unwrap();
    assert!(matches!(warning, StoreError::Reserved { .. }), "{warning}");
    let refused = store.set(&tenant, "k", Vec::new(), None).await.unwrap_err();
    assert!(refused.is_refusal());
    assert!(refused.to_string().contains("reserve_mib"), "{refused}");
    store.delete(&tenant, "k").await.unwrap();
    store.set(&host, "k", Vec::new(), None).await.unwrap();
    append(&store, &["a1"]).await.unwrap();
    let first = claim_one(&store, "a1").await;
    let handled = Outcome::Handled { keep: HOUR };
    settle(&store, &first, handled).await.unwrap();
    let shown = store.show("channel", "a1").await.unwrap().unwrap();
    assert_eq!(shown.entry.state, EventState::Handled);
    assert_eq!(shown.body, None, "there is no room for it");

    free.store(reserve, Ordering::Relaxed);
    until(|| store.warning().is_none()).await;
    store.set(&tenant, "k", Vec::new(), None).await.unwrap();
}

#[tokio::test]
async fn a_tenth_of_a_small_disk_is_for_webhooks() {
    let free = Arc::new(AtomicU64::new(TOTAL / 10));
    let (_folder, store) = open_on_disk(&free, u64::MAX);
    assert!(store.warning().is_none());
    free.store(TOTAL / 10 - 1, Ordering::Relaxed);
    until(|| store.warning().is_some()).await;
}
