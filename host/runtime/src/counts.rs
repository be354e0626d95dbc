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
}
