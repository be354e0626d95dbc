//! Events that may have ended the host run alone, so that the one that does is found, and does not
//! take others with it again.

use std::sync::Arc;

use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

/// From how many attempts in a row on that the end of the host cut off an event runs alone: 2. One is
/// what a kill or a power failure does to all that ran, and those need not wait for one another.
const SUSPECT: u32 = 2;

/// What all events pass before they run. A clone is the same.
#[derive(Clone, Default)]
pub(super) struct Gate(Arc<RwLock<()>>);

/// Held while an event runs.
pub(super) enum Pass {
    /// Others run, too.
    Beside { _guard: OwnedRwLockReadGuard<()> },
    /// No other does.
    Alone { _guard: OwnedRwLockWriteGuard<()> },
}

impl Gate {
    /// Waits until an event may run, of which the end of the host cut off so many attempts.
    pub(super) async fn pass(&self, cut_off: u32) -> Pass {
        let lock = Arc::clone(&self.0);
        if cut_off < SUSPECT {
            return Pass::Beside {
                _guard: lock.read_owned().await,
            };
        }
        Pass::Alone {
            _guard: lock.write_owned().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_suspect_runs_alone() {
        let gate = Gate::default();
        let (first, second) = (gate.pass(0).await, gate.pass(SUSPECT - 1).await);
        let mut suspect = Box::pin(gate.pass(SUSPECT));
        assert!((&mut suspect).now_or_never().is_none());
        let mut next = Box::pin(gate.pass(0));
        assert!(
            (&mut next).now_or_never().is_none(),
            "it is behind the suspect"
        );
        drop((first, second));
        let suspect = suspect.await;
        assert!((&mut next).now_or_never().is_none());
        drop(suspect);
        next.await;
    }
}
