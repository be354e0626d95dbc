//! The channels of the host, by their ids.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::Channel;

/// The channels of the host, by their ids.
pub(crate) struct Directory {
    channels: HashMap<String, Arc<Channel>>,
    failed: BTreeMap<String, FailedChannel>,
}

/// A channel that can't even take webhooks, for it lacks what it is made of, such as its secret.
pub(crate) struct FailedChannel {
    pub(crate) provider: String,
    /// In words for the operator.
    pub(crate) why: String,
}

impl Directory {
    pub(crate) fn new(
        channels: HashMap<String, Arc<Channel>>,
        failed: BTreeMap<String, FailedChannel>,
    ) -> Self {
        Self { channels, failed }
    }

    /// The channel with this id.
    pub(crate) fn get(&self, id: &str) -> Option<&Arc<Channel>> {
        self.channels.get(id)
    }

    /// All channels, in no order.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Channel>> {
        self.channels.values()
    }

    /// Those that can't even take webhooks.
    pub(crate) fn failed(&self) -> &BTreeMap<String, FailedChannel> {
        &self.failed
    }

    /// The ids of all that are configured, in no order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        let failed = self.failed.keys().map(String::as_str);
        self.channels.keys().map(String::as_str).chain(failed)
    }

    /// Whether a channel is configured.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.channels.contains_key(id) || self.failed.contains_key(id)
    }
}
