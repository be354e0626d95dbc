//! The channels of the host, by their ids.

use std::collections::HashMap;
use std::sync::Arc;

use super::Channel;

/// The channels of the host, by their ids.
pub(crate) struct Directory {
    channels: HashMap<String, Arc<Channel>>,
}

impl Directory {
    pub(crate) fn new(channels: HashMap<String, Arc<Channel>>) -> Self {
        Self { channels }
    }

    /// The channel with this id.
    pub(crate) fn get(&self, id: &str) -> Option<&Arc<Channel>> {
        self.channels.get(id)
    }

    /// All channels, in no order.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Channel>> {
        self.channels.values()
    }
}
