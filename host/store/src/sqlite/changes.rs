//! Tells who claims a channel's events that there may be more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

/// A bell for each channel. A clone is the same.
#[derive(Clone, Default)]
pub(super) struct Changes(Arc<Mutex<HashMap<Box<str>, Arc<Notify>>>>);

impl Changes {
    /// Rings for a channel. Whoever waits for it next hears it, too.
    pub(super) fn ring(&self, channel: &str) {
        self.bell(channel).notify_one();
    }

    /// Waits until it rings for a channel.
    pub(super) async fn wait(&self, channel: &str) {
        self.bell(channel).notified().await;
    }

    fn bell(&self, channel: &str) -> Arc<Notify> {
        let mut bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = bells.get(channel) {
            return Arc::clone(bell);
        }
        let bell = Arc::default();
        bells.insert(channel.into(), Arc::clone(&bell));
        bell
    }
}
