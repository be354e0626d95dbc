//! A channel at work: its secrets, its turns, and the deployment that it runs.
//!
//! A channel is there as soon as the host is: it takes webhooks whether its plugin is there or not.

pub(crate) mod counters;
pub(crate) mod deployed;
pub(crate) mod directory;
pub(crate) mod loader;
pub(crate) mod quota;
pub(crate) mod stored_token;
pub(crate) mod usage;
pub(crate) mod versions;
pub(crate) mod webhook_limits;

use std::sync::Arc;

use botbox_line::Client;
use botbox_runtime::Share;
use botbox_store::Backlog;
use secrecy::SecretString;
use tokio::sync::Semaphore;

use self::counters::EventCounters;
use self::deployed::Deployed;
use self::usage::Quota;
use self::versions::Versions;
use self::webhook_limits::WebhookLimits;
use crate::retries::Retries;
use crate::services::ChannelServices;
use crate::services::visits::Visits;

pub(crate) struct Channel {
    pub(crate) id: Arc<str>,
    pub(crate) provider: String,
    /// One of them signs webhooks.
    pub(crate) secrets: Vec<SecretString>,
    /// Calls LINE as the channel.
    pub(crate) client: Client,
    /// What runs its events.
    pub(crate) deployed: Deployed,
    pub(crate) webhook_limits: WebhookLimits,
    /// Earlier versions of its plugin.
    pub(crate) versions: Versions,
    /// The same that its deployment has.
    pub(crate) services: Arc<ChannelServices>,
    pub(crate) counters: EventCounters,
    pub(crate) quota: Quota,
    /// One permit for each event that may be handled at a time.
    pub(crate) turns: Arc<Semaphore>,
    /// Its share of the host's slots.
    pub(crate) share: Share,
    pub(crate) retries: Retries,
    pub(crate) backlog: Backlog,
    /// Of channels that have them on.
    pub(crate) visits: Option<Visits>,
}
