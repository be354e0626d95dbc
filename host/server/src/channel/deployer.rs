//! Makes deployments run: finds the plugin of one, or compiles it, and joins it with its channel.

use std::sync::Arc;

use botbox_clock::Clock;
use botbox_runtime::{Deployment, Environment, LoadError, Plugin, PushBudget, Runtime, Services};
use botbox_store::{
    Blobs, DeploymentNumber, DeploymentRecord, Deployments, EventNotes, KeyValue, Sqlite,
    StoreError, Traffic as Switch,
};

use super::Channel;
use super::deployment::{AttemptCounts, LoadedDeployment};
use super::traffic::Serving;
use crate::config::{DeploymentSettings, DocumentProblem, document};

/// Makes deployments run.
pub(crate) struct Deployer {
    store: Arc<Sqlite>,
    runtime: Arc<Runtime>,
    clock: Clock,
}

/// Why a deployment can't run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeployError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the channel has no deployment {0}")]
    NoDeployment(DeploymentNumber),
    #[error("the plugin of deployment {0} is not kept any more: use another deployment")]
    PluginGone(DeploymentNumber),
    #[error("the plugin of the deployment can't be loaded: {1}")]
    Unusable(DeploymentNumber, LoadError),
    /// It was checked when it was made, by a host with other limits.
    #[error("deployment {0} is not valid any more: {1}")]
    Invalid(DeploymentNumber, String),
}

impl DeployError {
    /// Whether another try would fail as well.
    pub(crate) fn is_final(&self) -> bool {
        match self {
            Self::Store(_) => false,
            Self::NoDeployment(_) | Self::PluginGone(_) | Self::Invalid(..) => true,
            Self::Unusable(_, error) => error.is_plugin_error(),
        }
    }
}

impl Deployer {
    pub(crate) fn new(store: Arc<Sqlite>, runtime: Arc<Runtime>, clock: Clock) -> Self {
        Self {
            store,
            runtime,
            clock,
        }
    }

    pub(crate) fn runtime(&self) -> &Arc<Runtime> {
        &self.runtime
    }

    /// The deployments that a switch has serve.
    pub(crate) async fn load_switch(
        &self,
        channel: &Channel,
        switch: Switch,
    ) -> Result<Serving, DeployError> {
        let stable = self.load(channel, switch.stable).await?;
        let canary = match switch.canary {
            Some(canary) => Some(self.load(channel, canary.deployment).await?),
            None => None,
        };
        Ok(Serving::new(switch, stable, canary, &channel.traffic))
    }

    /// A deployment of a channel that serves no more, but is kept for an event. The last such one is
    /// remembered: many events are retried or replayed on the same.
    pub(crate) async fn load_kept(
        &self,
        channel: &Channel,
        number: DeploymentNumber,
    ) -> Result<Arc<LoadedDeployment>, DeployError> {
        // Held while it is loaded: others want the same.
        let mut kept = channel.kept.lock().await;
        if let Some(loaded) = kept.as_ref().filter(|it| it.number == number) {
            return Ok(Arc::clone(loaded));
        }
        let loaded = self.load(channel, number).await?;
        *kept = Some(Arc::clone(&loaded));
        Ok(loaded)
    }

    /// A deployment of a channel, ready to run.
    pub(crate) async fn load(
        &self,
        channel: &Channel,
        number: DeploymentNumber,
    ) -> Result<Arc<LoadedDeployment>, DeployError> {
        let serving = channel.traffic.current();
        if let Some(loaded) = serving.as_ref().and_then(|it| it.find(number)) {
            return Ok(Arc::clone(loaded));
        }
        let record = self.store.deployment(channel.record, number).await?;
        let record = record.ok_or(DeployError::NoDeployment(number))?;
        let settings = settings(&record)?;
        let plugin = self.plugin(channel, number, &record.digest, &settings);
        let plugin = plugin.await?;
        Ok(Arc::new(self.join(channel, number, &settings, plugin)))
    }

    /// What serves, joined anew with what the channel's settings have made.
    pub(crate) async fn rejoin(
        &self,
        channel: &Channel,
        serving: &Serving,
    ) -> Result<Serving, DeployError> {
        let canary = match &serving.canary {
            Some(canary) => Some(self.rejoin_one(channel, canary).await?),
            None => None,
        };
        let stable = self.rejoin_one(channel, &serving.stable).await?;
        let switch = serving.switch.clone();
        Ok(Serving::new(switch, stable, canary, &channel.traffic))
    }

    async fn rejoin_one(
        &self,
        channel: &Channel,
        loaded: &LoadedDeployment,
    ) -> Result<Arc<LoadedDeployment>, DeployError> {
        let number = loaded.number;
        let record = self.store.deployment(channel.record, number).await?;
        let record = record.ok_or(DeployError::NoDeployment(number))?;
        let plugin = loaded.runnable.plugin.clone();
        let joined = self.join(channel, number, &settings(&record)?, plugin);
        Ok(Arc::new(joined))
    }

    /// The plugin of a deployment of a channel.
    pub(crate) async fn plugin(
        &self,
        channel: &Channel,
        number: DeploymentNumber,
        digest: &str,
        settings: &DeploymentSettings,
    ) -> Result<Plugin, DeployError> {
        let unusable = |error| DeployError::Unusable(number, error);
        let plugins = self.runtime.plugins();
        let compiled = plugins.find_compiled(digest).await;
        let plugin = match compiled.map_err(unusable)? {
            Some(plugin) => plugin,
            None => {
                // One component is in memory for each that may be compiled, and no more.
                let turn = plugins.turn(&channel.provider).await;
                let wasm = self.store.fetch(digest).await?;
                let wasm = wasm.ok_or(DeployError::PluginGone(number))?;
                plugins.compile(turn, &wasm).await.map_err(unusable)?
            }
        };
        plugin.check(&settings.limits).map_err(unusable)?;
        Ok(plugin)
    }

    /// A plugin as a deployment of a channel.
    pub(crate) fn join(
        &self,
        channel: &Channel,
        number: DeploymentNumber,
        settings: &DeploymentSettings,
        plugin: Plugin,
    ) -> LoadedDeployment {
        let setup = channel.setup();
        let store: Arc<dyn KeyValue> = Arc::clone(&self.store) as _;
        let notes: Arc<dyn EventNotes> = Arc::clone(&self.store) as _;
        let budget = settings.budget.map(|limits| {
            Arc::new(PushBudget::new(
                limits,
                Arc::clone(&store),
                &channel.key,
                self.clock.clone(),
            ))
        });
        let environment = Environment {
            channel: Arc::clone(&channel.key),
            client: setup.client.clone(),
            grants: settings.grants.clone(),
            limits: settings.limits,
            push_budget: budget,
            log_rate: Arc::clone(&channel.log_rate),
            recordings: channel.recordings.clone(),
            config: settings.config.clone(),
            beacons: setup.beacons.clone(),
            store,
            notes,
            services: Arc::clone(&setup.services) as Arc<dyn Services>,
        };
        LoadedDeployment {
            number,
            runnable: Deployment {
                plugin,
                environment: Arc::new(environment),
            },
            retries: settings.retries,
            record: AttemptCounts::default(),
            concurrency: settings.concurrency,
            backlog: settings.backlog,
            media: settings.media,
        }
    }
}

/// What a deployment's document says.
fn settings(record: &DeploymentRecord) -> Result<DeploymentSettings, DeployError> {
    document::check_deployment(&record.document)
        .map_err(|problems| DeployError::Invalid(record.number, in_words(&problems)))
}

/// What is wrong with a document, in one line.
pub(crate) fn in_words(problems: &[DocumentProblem]) -> String {
    let words = problems.iter().map(|it| match it.key.as_str() {
        "" => it.what.clone(),
        key => format!("{key}: {}", it.what),
    });
    words.collect::<Vec<_>>().join("; ")
}
