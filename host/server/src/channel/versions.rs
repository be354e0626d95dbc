//! The versions of a channel's plugin: those that it ran are kept, so that dead letters can be
//! handed to the one that they failed with, or to one before it.

use std::sync::Arc;

use botbox_runtime::{LoadError, Plugin, Runtime};
use botbox_store::{Blobs, Registry, StoreError};
use tokio::sync::Mutex;

/// How many versions of a channel are kept: 10. Dead letters are replayed against the newest, or
/// against one before a mistake.
const KEPT: usize = 10;

/// Held while a version is deployed, by one channel at a time: channels may share components.
static DEPLOYING: Mutex<()> = Mutex::const_new(());

/// A channel's versions.
pub(crate) struct Versions {
    registry: Arc<dyn Registry>,
    blobs: Arc<dyn Blobs>,
    runtime: Arc<Runtime>,
    provider: String,
    /// The version that was asked for last: many events are replayed with the same one.
    last: Mutex<Option<Plugin>>,
}

/// Why a version can't be run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VersionError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the version {0} of the plugin is not kept any more: replay with another")]
    Gone(String),
    #[error("the version {0} of the plugin can't be loaded")]
    Unusable(String, #[source] LoadError),
}

impl Versions {
    pub(crate) fn new(
        registry: Arc<dyn Registry>,
        blobs: Arc<dyn Blobs>,
        runtime: Arc<Runtime>,
        provider: String,
    ) -> Self {
        Self {
            registry,
            blobs,
            runtime,
            provider,
            last: Mutex::default(),
        }
    }

    /// Keeps what the channel runs from now on, and forgets what is older than the last few.
    pub(crate) async fn deploy(
        &self,
        channel: &str,
        plugin: &Plugin,
        wasm: Vec<u8>,
    ) -> Result<(), StoreError> {
        let versions = self.registry.versions(channel).await?;
        if versions
            .first()
            .is_some_and(|it| it.digest == plugin.digest())
        {
            return Ok(());
        }
        // What one forgets, another may be about to deploy.
        let _deploying = DEPLOYING.lock().await;
        // First, so that no version is known whose component is not kept.
        self.blobs.put(plugin.digest(), wasm).await?;
        self.registry.deploy(channel, plugin.digest()).await?;
        for digest in self.registry.forget_versions(channel, KEPT).await? {
            self.blobs.remove(&digest).await?;
        }
        Ok(())
    }

    /// A version that the channel ran.
    pub(crate) async fn load(&self, digest: &str) -> Result<Plugin, VersionError> {
        // Held while it is loaded: others want the same.
        let mut last = self.last.lock().await;
        if let Some(plugin) = last.as_ref().filter(|it| it.digest() == digest) {
            return Ok(plugin.clone());
        }
        let Some(wasm) = self.blobs.fetch(digest).await? else {
            return Err(VersionError::Gone(digest.to_owned()));
        };
        let loaded = self.runtime.plugins().load(&self.provider, &wasm).await;
        let plugin = loaded.map_err(|error| VersionError::Unusable(digest.to_owned(), error))?;
        *last = Some(plugin.clone());
        Ok(plugin)
    }
}
