//! What a channel's plugin runs with: what it may do, and whom its calls reach.

use std::collections::BTreeMap;
use std::sync::Arc;

use botbox_line::Client;
use botbox_line::log_rate::LogRate;
use botbox_store::{EventNotes, KeyValue};

use crate::beacons::Beacons;
use crate::grants::Grants;
use crate::limits::Limits;
use crate::push_budget::PushBudget;
use crate::recordings::Recordings;
use crate::services::Services;

/// What a channel's plugin runs with. Clones share what counts.
#[derive(Clone)]
pub struct Environment {
    /// What the store knows the channel by.
    pub channel: Arc<str>,
    /// Calls LINE as the channel.
    pub client: Client,
    /// What the plugin may call.
    pub grants: Grants,
    /// What handling one event may use.
    pub limits: Limits,
    /// How many its pushes may reach, if the operator limits that.
    pub push_budget: Option<Arc<PushBudget>>,
    /// How much of the plugin's log gets into the host's.
    pub log_rate: Arc<LogRate>,
    /// Tells who records what the channel's events do.
    pub recordings: Recordings,
    /// What the plugin finds in `wasi:config`.
    pub config: BTreeMap<String, String>,
    /// The channel's beacons.
    pub beacons: Beacons,
    /// What the plugin remembers.
    pub store: Arc<dyn KeyValue>,
    /// Where attempts note what they are about to send.
    pub notes: Arc<dyn EventNotes>,
    /// What the server does for it.
    pub services: Arc<dyn Services>,
}

impl Environment {
    /// The same with nothing granted.
    pub(crate) fn without_grants(&self) -> Self {
        Self {
            grants: Grants::default(),
            ..self.clone()
        }
    }
}
