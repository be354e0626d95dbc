//! The configuration file is read again while the host runs.
//!
//! It is applied as a whole or not at all: whatever is wrong with it, or with a plugin that it names, is
//! told, and the host goes on as before. What is not of channels needs a new start.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use super::Control;
use super::error::ReloadError;
use crate::channel::Channel;
use crate::channel::configured::{Failure, Wanted};
use crate::config::{ChannelConfig, Config, ConfigError, DeploymentSettings};

impl Control {
    /// Reads the configuration file again, and applies what has changed of channels. Returns what that
    /// is, a line each.
    pub(crate) async fn reload(self: &Arc<Self>) -> Result<Vec<String>, ReloadError> {
        let _reloading = self.reloading.lock().await;
        let config = self.read_config().await?;
        // Compiled now: nothing that can fail for a plugin's sake is left for later.
        for channel in &config.channels {
            let DeploymentSettings { limits, .. } = &channel.deployment;
            let loaded = self
                .files
                .loader
                .load(&channel.plugin, &channel.provider, limits);
            let failed =
                |failure: Failure| ReloadError::Plugin(channel.id.clone(), failure.to_string());
            loaded.await.map_err(failed)?;
        }
        let mut changes = Vec::new();
        let kept: HashSet<_> = config.channels.iter().map(|it| it.id.clone()).collect();
        let gone: Vec<_> = {
            let configured = self.configured();
            configured
                .keys()
                .filter(|it| !kept.contains(*it))
                .cloned()
                .collect()
        };
        for id in gone {
            self.forget(&id);
            match self.directory.get(&id) {
                Some(channel) => self.supervisor.stop(&channel).await,
                None => self.directory.remove(&id),
            }
            changes.push(format!("channel {id:?}: not served any more"));
        }
        let known = self.register(&config.channels).await?;
        let providers: BTreeSet<_> = config.channels.iter().map(|it| &it.provider).collect();
        for provider in providers {
            let weight = config.provider_weights.get(provider).copied().unwrap_or(1);
            if self.reweigh_provider(provider, weight) {
                changes.push(format!("provider {provider:?}: its weight is {weight}"));
            }
        }
        for channel in config.channels {
            let id = channel.id.clone();
            let open = self.directory.get(&id);
            match open.filter(|it| *it.provider == *channel.provider) {
                Some(open) => changes.extend(self.apply(&open, channel).await?),
                None => {
                    self.forget(&id);
                    if let Some(open) = self.directory.get(&id) {
                        self.supervisor.stop(&open).await;
                    }
                    if let Some(record) = known.channels.get(&id) {
                        self.open_one(record, channel, &config.provider_weights)
                            .await;
                    }
                    changes.push(format!("channel {id:?}: opened"));
                }
            }
        }
        tracing::info!(changes = changes.len(), "the configuration file is applied");
        Ok(changes)
    }

    async fn read_config(&self) -> Result<Config, ReloadError> {
        let file = self.config_file.clone();
        let read = tokio::task::spawn_blocking(move || Config::load(&file)).await;
        let config = match read {
            Ok(config) => config?,
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        };
        // At a start they would cost their channels only. Now there is something good to keep.
        let problems: Vec<_> = config.failed.iter().flat_map(|it| &it.problems).collect();
        if problems.is_empty() {
            return Ok(config);
        }
        let problems = problems.into_iter().cloned().collect();
        Err(ConfigError::Problems(problems).into())
    }

    /// Applies what has changed of a channel that is open.
    async fn apply(
        &self,
        channel: &Arc<Channel>,
        config: ChannelConfig,
    ) -> Result<Vec<String>, ReloadError> {
        let id = config.id;
        let mut changes = Vec::new();
        let failed = |why: String| ReloadError::Channel(id.clone(), why);
        if channel.setup().fingerprint != config.settings.fingerprint {
            let _changing = channel.changing.lock().await;
            let share = channel.share.with_weight(config.settings.weight);
            let setup = self.opener.set_up_again(channel, config.settings).await;
            channel.set_setup(setup.map_err(|error| failed(error.to_string()))?);
            self.runtime.set_channel_weight(share);
            let rejoined = self.rejoin(channel).await;
            rejoined.map_err(|error| failed(error.to_string()))?;
            changes.push(format!("channel {id:?}: its settings are changed"));
        }
        let wanted = Wanted {
            file: config.plugin,
            settings: config.deployment,
            document: config.document,
        };
        self.forget(&id);
        let before = channel.traffic.current().map(|it| it.stable.number);
        let deployed = self.files.deploy(channel, &wanted).await;
        self.remember(&id, wanted, None);
        let number = deployed
            .map_err(|failure: Failure| ReloadError::Plugin(id.clone(), failure.to_string()))?;
        if before != Some(number) {
            changes.push(format!("channel {id:?}: deployment {number} serves"));
        }
        Ok(changes)
    }
}
