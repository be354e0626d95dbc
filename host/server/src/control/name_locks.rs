//! Locks by name: what changes one channel is done one after the other, and holds up few others.

use std::hash::{BuildHasher, RandomState};

use tokio::sync::{Mutex, MutexGuard};

/// How many locks there are: 64. Two names share one now and then, which costs a moment.
const LOCKS: usize = 64;

pub(super) struct NameLocks {
    locks: [Mutex<()>; LOCKS],
    hash: RandomState,
}

impl Default for NameLocks {
    fn default() -> Self {
        Self {
            locks: std::array::from_fn(|_| Mutex::default()),
            hash: RandomState::new(),
        }
    }
}

impl NameLocks {
    /// Waits until nobody else changes what has this name.
    pub(super) async fn lock(&self, name: &str) -> MutexGuard<'_, ()> {
        let place = self.hash.hash_one(name) % LOCKS as u64;
        // It is less than the number of locks.
        self.locks[place as usize].lock().await
    }
}
