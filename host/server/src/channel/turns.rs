//! The turns of a channel: how many of its events are handled at a time, which may change.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The turns of a channel.
pub(crate) struct Turns {
    semaphore: Arc<Semaphore>,
    size: Mutex<Size>,
}

struct Size {
    wanted: usize,
    /// How many there are: more than wanted while those beyond are taken.
    existing: usize,
}

impl Turns {
    pub(crate) fn new(count: usize) -> Self {
        let count = count.min(Semaphore::MAX_PERMITS);
        Self {
            semaphore: Arc::new(Semaphore::new(count)),
            size: Mutex::new(Size {
                wanted: count,
                existing: count,
            }),
        }
    }

    /// Makes them more or fewer. What is taken stays taken.
    pub(crate) fn resize(&self, count: usize) {
        let mut size = self.size();
        size.wanted = count.min(Semaphore::MAX_PERMITS);
        if size.wanted > size.existing {
            self.semaphore.add_permits(size.wanted - size.existing);
            size.existing = size.wanted;
        } else {
            let excess = size.existing - size.wanted;
            size.existing -= self.semaphore.forget_permits(excess);
        }
    }

    /// Waits for a turn.
    pub(crate) async fn take(&self) -> Option<OwnedSemaphorePermit> {
        loop {
            // The semaphore is never closed.
            let turn = Arc::clone(&self.semaphore).acquire_owned().await.ok()?;
            if let Some(turn) = self.keep(turn) {
                return Some(turn);
            }
        }
    }

    /// Takes a turn if there is one.
    pub(crate) fn try_take(&self) -> Option<OwnedSemaphorePermit> {
        loop {
            let turn = Arc::clone(&self.semaphore).try_acquire_owned().ok()?;
            if let Some(turn) = self.keep(turn) {
                return Some(turn);
            }
        }
    }

    /// Gives a turn up that is one too many.
    fn keep(&self, turn: OwnedSemaphorePermit) -> Option<OwnedSemaphorePermit> {
        let mut size = self.size();
        if size.existing <= size.wanted {
            return Some(turn);
        }
        size.existing -= 1;
        turn.forget();
        None
    }

    fn size(&self) -> std::sync::MutexGuard<'_, Size> {
        // It is whole at any time.
        self.size.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(turns: &Turns) -> Vec<OwnedSemaphorePermit> {
        std::iter::from_fn(|| turns.try_take()).collect()
    }

    #[tokio::test]
    async fn they_become_more_and_fewer() {
        let turns = Turns::new(2);
        let held = takes(&turns);
        assert_eq!(held.len(), 2);
        turns.resize(3);
        assert_eq!(takes(&turns).len(), 1);
        // Those beyond are given up as they come back.
        turns.resize(1);
        drop(held);
        assert_eq!(takes(&turns).len(), 1);
        assert!(turns.take().await.is_some());
        turns.resize(4);
        assert_eq!(takes(&turns).len(), 4);
    }
}
