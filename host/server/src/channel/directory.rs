//! The channels of the host, by their ids.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use tokio_util::task::task_tracker::TaskTrackerToken;

use super::Channel;

/// The channels of the host, by their ids. They come and go while it runs.
#[derive(Default)]
pub(crate) struct Directory {
    entries: RwLock<HashMap<Arc<str>, Listed>>,
}

/// A channel that is known, whether it can be used or not.
#[derive(Clone)]
pub(crate) enum Listed {
    Open(Arc<Channel>),
    /// It can't even take webhooks, for it lacks what it is made of, such as its secret.
    Failed(FailedChannel),
}

/// Why a channel can't be used.
#[derive(Clone)]
pub(crate) struct FailedChannel {
    pub(crate) provider: Arc<str>,
    /// In words for the operator.
    pub(crate) why: Arc<str>,
}

impl Directory {
    /// Lists a channel, in the place of one with the same id.
    pub(crate) fn set(&self, id: &str, listed: Listed) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.insert(id.into(), listed);
    }

    /// Takes a channel off the list.
    pub(crate) fn remove(&self, id: &str) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.remove(id);
    }

    /// The channel with this id, if it can be used.
    pub(crate) fn get(&self, id: &str) -> Option<Arc<Channel>> {
        match self.read().get(id)? {
            Listed::Open(channel) => Some(Arc::clone(channel)),
            Listed::Failed(_) => None,
        }
    }

    /// The channel with this id, if it can be used, and what keeps it from being deleted meanwhile.
    pub(crate) fn enter(&self, id: &str) -> Option<(Arc<Channel>, TaskTrackerToken)> {
        let entries = self.read();
        match entries.get(id)? {
            // While nobody can take it off the list.
            Listed::Open(channel) => Some((Arc::clone(channel), channel.running.token())),
            Listed::Failed(_) => None,
        }
    }

    /// All channels that can be used, in order of their ids.
    pub(crate) fn all(&self) -> Vec<Arc<Channel>> {
        let open = |listed: &Listed| match listed {
            Listed::Open(channel) => Some(Arc::clone(channel)),
            Listed::Failed(_) => None,
        };
        let mut all: Vec<_> = self.read().values().filter_map(open).collect();
        all.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        all
    }

    /// Those that can't even take webhooks, in order of their ids.
    pub(crate) fn failed(&self) -> Vec<(Arc<str>, FailedChannel)> {
        let failed = |(id, listed): (&Arc<str>, &Listed)| match listed {
            Listed::Open(_) => None,
            Listed::Failed(failed) => Some((Arc::clone(id), failed.clone())),
        };
        let mut all: Vec<_> = self.read().iter().filter_map(failed).collect();
        all.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        all
    }

    /// The ids of all channels, in order.
    pub(crate) fn ids(&self) -> Vec<Arc<str>> {
        let mut ids: Vec<_> = self.read().keys().cloned().collect();
        ids.sort_unstable();
        ids
    }

    /// Whether a channel is known.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.read().contains_key(id)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, HashMap<Arc<str>, Listed>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }
}
