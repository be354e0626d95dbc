//! A channel at work: its secrets, its deployment, and its turns.

pub(crate) mod counters;
pub(crate) mod directory;
pub(crate) mod journal_event;
pub(crate) mod retries;
pub(crate) mod stored_token;
pub(crate) mod usage;
pub(crate) mod versions;

use std::sync::Arc;

use botbox_runtime::{Deployment, Share};
use botbox_store::Backlog;
use secrecy::SecretString;
use tokio::sync::Semaphore;

use self::counters::EventCounters;
use self::retries::Retries;
use self::usage::Quota;
use self::versions::Versions;
use crate::services::ChannelServices;
use crate::services::visits::Visits;

pub(crate) struct Channel {
    pub(crate) id: Arc<str>,
    pub(crate) provider: String,
    /// One of them signs webhooks.
    pub(crate) secrets: Vec<SecretString>,
    pub(crate) deployment: Arc<Deployment>,
    /// Earlier versions of its plugin.
    pub(crate) versions: Versions,
    /// The same that the deployment has.
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
