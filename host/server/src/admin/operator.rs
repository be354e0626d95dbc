//! What the operator looks at and works on.

use std::sync::Arc;

use botbox_store::{EventInspection, Registry, StoreHealth};

use super::refusal::Refusal;
use crate::channel::directory::Directory;
use crate::dispatch::live_events::LiveEvents;
use crate::webhook::WebhookCounters;

/// What the operator looks at and works on.
pub(crate) struct Operator {
    pub(crate) directory: Arc<Directory>,
    pub(crate) webhooks: Arc<WebhookCounters>,
    pub(crate) journal: Arc<dyn EventInspection>,
    pub(crate) health: Arc<dyn StoreHealth>,
    pub(crate) registry: Arc<dyn Registry>,
    pub(crate) live_events: LiveEvents,
}

impl Operator {
    /// Refuses a name that no channel has. What left the configuration may have events left.
    pub(super) async fn check_channel(&self, channel: &str) -> Result<(), Refusal> {
        if self.directory.has(channel) {
            return Ok(());
        }
        let stats = self.journal.stats().await?;
        if stats.iter().any(|it| it.channel == channel) {
            return Ok(());
        }
        Err(self.unknown_channel(channel))
    }

    /// Refuses a name that no channel of the configuration has.
    pub(super) fn configured(&self, channel: &str) -> Result<(), Refusal> {
        match self.directory.has(channel) {
            true => Ok(()),
            false => Err(self.unknown_channel(channel)),
        }
    }

    pub(super) fn unknown_channel(&self, channel: &str) -> Refusal {
        let mut known: Vec<_> = self.directory.ids().collect();
        known.sort_unstable();
        let known = known.join(", ");
        Refusal::NotFound(format!(
            "there is no channel {channel:?}; the configuration has {known}"
        ))
    }
}
