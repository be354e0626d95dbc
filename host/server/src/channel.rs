//! A channel at work: what its settings make, and the traffic between its deployments.
//!
//! A channel is there as soon as the host is: it takes webhooks whether a plugin is there or not. It
//! outlives every switch of its traffic and every change of its settings, and so do its counters and limits.

pub(crate) mod configured;
pub(crate) mod counters;
pub(crate) mod deployer;
pub(crate) mod deployment;
pub(crate) mod directory;
pub(crate) mod opener;
pub(crate) mod plugin_details;
pub(crate) mod quota;
pub(crate) mod setup;
pub(crate) mod shares;
pub(crate) mod stored_token;
pub(crate) mod traffic;
pub(crate) mod usage;
pub(crate) mod webhook_limits;

use std::sync::{Arc, PoisonError, RwLock};

use botbox_line::log_rate::LogRate;
use botbox_runtime::{Recordings, Share};
use botbox_store::{Backlog, ChannelId, ProviderId};
use tokio::sync::{Mutex, watch};
use tokio_util::task::TaskTracker;

use self::counters::EventCounters;
use self::deployment::LoadedDeployment;
use self::setup::Setup;
use self::traffic::{Serving, Traffic};
use self::usage::Quota;
use self::webhook_limits::WebhookLimits;

pub(crate) struct Channel {
    /// What operators call it, and the last part of its webhook's path.
    pub(crate) id: Arc<str>,
    /// What the store knows it by. No other channel ever has the same.
    pub(crate) key: Arc<str>,
    /// What the registry knows it by.
    pub(crate) record: ChannelId,
    pub(crate) provider: Arc<str>,
    /// What the registry knows its provider by.
    pub(crate) owner: ProviderId,
    setup: RwLock<Arc<Setup>>,
    /// What runs its events.
    pub(crate) traffic: Traffic,
    /// Held while its traffic is switched, or its settings are changed.
    pub(crate) changing: Mutex<()>,
    pub(crate) webhook_limits: WebhookLimits,
    pub(crate) log_rate: Arc<LogRate>,
    /// Tells who records what its events do.
    pub(crate) recordings: Recordings,
    pub(crate) counters: EventCounters,
    pub(crate) quota: Quota,
    /// How many of its events run at a time.
    concurrency: watch::Sender<usize>,
    /// Its share of the host's slots.
    pub(crate) share: Share,
    backlog: RwLock<Backlog>,
    /// What no longer serves, and was wanted last for an event that had begun on it.
    kept: Mutex<Option<Arc<LoadedDeployment>>>,
    /// The events that run.
    pub(crate) running: TaskTracker,
}

impl Channel {
    /// What its settings make.
    pub(crate) fn setup(&self) -> Arc<Setup> {
        let setup = self.setup.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&setup)
    }

    /// Replaces what its settings make.
    pub(crate) fn set_setup(&self, setup: Setup) {
        *self.setup.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(setup);
    }

    /// Forgets what was kept of deployments that serve no more.
    pub(crate) async fn forget_kept(&self) {
        *self.kept.lock().await = None;
    }

    /// How many of its events may wait.
    pub(crate) fn backlog(&self) -> Backlog {
        *self.backlog.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many of its events run at a time, and when that changes.
    pub(crate) fn concurrency(&self) -> watch::Receiver<usize> {
        self.concurrency.subscribe()
    }

    /// Has these deployments serve from now on, within the limits of the stable one.
    pub(crate) fn serve(&self, serving: Serving) {
        self.limit(&serving.stable);
        self.traffic.set(traffic::State::Serving(Arc::new(serving)));
    }

    /// Applies the limits that are the channel's, and not an attempt's.
    fn limit(&self, deployment: &LoadedDeployment) {
        *self.backlog.write().unwrap_or_else(PoisonError::into_inner) = deployment.backlog;
        self.concurrency.send_replace(deployment.concurrency);
        if let Some(media) = &self.setup().services.media {
            media.set_limit(deployment.media);
        }
    }
}
