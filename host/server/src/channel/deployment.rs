//! A deployment that can run.

use botbox_runtime::Deployment;
use botbox_store::{Backlog, DeploymentNumber};

use crate::retries::Retries;

/// A deployment whose plugin is loaded.
pub(crate) struct LoadedDeployment {
    /// Its number among those of its channel.
    pub(crate) number: DeploymentNumber,
    /// The plugin, and what it runs with.
    pub(crate) runnable: Deployment,
    pub(crate) retries: Retries,
    // These hold for the channel while the deployment is its stable one.
    pub(crate) concurrency: usize,
    pub(crate) backlog: Backlog,
    /// The most bytes of media that are published at a time.
    pub(crate) media: u64,
}
