//! Counts what an attempt does, and what it holds open.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use crate::limits::CALLS;

/// The calls that one event may make. Clones count together.
#[derive(Clone, Default)]
pub(crate) struct Calls(Arc<AtomicU32>);

impl Calls {
    /// Counts a call, if it may be made.
    pub(crate) fn take(&self) -> bool {
        let count = |made| (made < CALLS).then_some(made + 1);
        self.0
            .try_update(Ordering::Relaxed, Ordering::Relaxed, count)
            .is_ok()
    }
}

/// Counts what an instance holds open of one kind. Costs nothing before the first.
#[derive(Default)]
pub(crate) struct OpenCount(OnceLock<Arc<()>>);

/// One that is open, for as long as it lives.
pub(crate) struct Open {
    _counted: Arc<()>,
}

impl OpenCount {
    /// Counts one more, unless `limit` are open.
    pub(crate) fn take(&self, limit: usize) -> Option<Open> {
        let all = self.0.get_or_init(Arc::default);
        // One is the count's own.
        (Arc::strong_count(all) <= limit).then(|| Open {
            _counted: Arc::clone(all),
        })
    }

    /// Counts one more, of those that something else limits.
    pub(crate) fn add(&self) -> Open {
        Open {
            _counted: Arc::clone(self.0.get_or_init(Arc::default)),
        }
    }

    /// How many are open.
    pub(crate) fn count(&self) -> usize {
        self.0.get().map_or(0, |all| Arc::strong_count(all) - 1)
    }
}
