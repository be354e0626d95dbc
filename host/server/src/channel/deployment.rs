//! A deployment that can run.

use std::sync::atomic::{AtomicU64, Ordering};

use botbox_runtime::Deployment;
use botbox_store::{Backlog, DeploymentNumber};

use crate::retries::Retries;

/// How many attempts ended well, and how many by the plugin's fault.
#[derive(Debug, Default)]
pub(crate) struct AttemptCounts {
    good: AtomicU64,
    bad: AtomicU64,
}

/// What was counted up to a time.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Counted {
    pub(crate) good: u64,
    pub(crate) bad: u64,
}

impl AttemptCounts {
    pub(crate) fn add_good(&self) {
        self.good.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn add_bad(&self) {
        self.bad.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn counted(&self) -> Counted {
        Counted {
            good: self.good.load(Ordering::Relaxed),
            bad: self.bad.load(Ordering::Relaxed),
        }
    }
}

impl Counted {
    /// What was counted since an earlier time.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            good: self.good.saturating_sub(before.good),
            bad: self.bad.saturating_sub(before.bad),
        }
    }

    pub(crate) fn all(self) -> u64 {
        self.good + self.bad
    }
}

/// A deployment whose plugin is loaded.
pub(crate) struct LoadedDeployment {
    /// Its number among those of its channel.
    pub(crate) number: DeploymentNumber,
    /// The plugin, and what it runs with.
    pub(crate) runnable: Deployment,
    pub(crate) retries: Retries,
    /// What came of its attempts.
    pub(crate) record: AttemptCounts,
    // These hold for the channel while the deployment is its stable one.
    pub(crate) concurrency: usize,
    pub(crate) backlog: Backlog,
    /// The most bytes of media that are published at a time.
    pub(crate) media: u64,
}
