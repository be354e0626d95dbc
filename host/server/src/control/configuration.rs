//! The channels of the configuration file. The registry knows them like all others; the file alone changes
//! them.

use std::collections::HashMap;
use std::sync::{Arc, MutexGuard, PoisonError};

use botbox_store::{
    Actor, ChannelRecord, DeploymentNumber, NewChannel, Origin, Provider, StoreError, Tenants,
};
use futures_util::future::try_join_all;
use tokio::task::AbortHandle;

use super::Control;
use super::error::ReloadError;
use crate::channel::configured::{Failure, Wanted};
use crate::channel::directory::{FailedChannel, Listed};
use crate::channel::traffic::State;
use crate::config::{ChannelConfig, UnusableChannel};

/// What a configuration file says of channels.
pub(crate) struct Configured {
    /// The channels that can be used.
    pub(crate) channels: Vec<ChannelConfig>,
    /// The others.
    pub(crate) unusable: Vec<UnusableChannel>,
    /// The weights of those providers that have one.
    pub(crate) weights: HashMap<String, u32>,
}

/// What the registry has of the file's providers and channels, by name.
pub(super) struct Known {
    providers: HashMap<String, Provider>,
    pub(super) channels: HashMap<String, ChannelRecord>,
}

impl Control {
    /// Opens the channels of the configuration file, and loads what they run in the background.
    pub(crate) async fn open_configured(
        self: &Arc<Self>,
        configured: Configured,
    ) -> Result<(), StoreError> {
        for unusable in &configured.unusable {
            let problems: Vec<_> = unusable.problems.iter().map(ToString::to_string).collect();
            self.list_failed(&unusable.id, &unusable.provider, problems.join("; "));
        }
        let known = self.register(&configured.channels).await?;
        for channel in configured.channels {
            let Some(record) = known.channels.get(&channel.id) else {
                continue;
            };
            self.open_one(record, channel, &configured.weights).await;
        }
        Ok(())
    }

    pub(super) async fn open_one(
        self: &Arc<Self>,
        record: &ChannelRecord,
        config: ChannelConfig,
        weights: &HashMap<String, u32>,
    ) {
        let ChannelConfig {
            id,
            provider,
            settings,
            plugin,
            deployment,
            document,
            ..
        } = config;
        if record.origin == Origin::Api {
            let why =
                "the admin API has a channel of this name: delete that one, or rename this one";
            self.list_failed(&id, &provider, String::from(why));
            return;
        }
        let weight = weights.get(&provider).copied().unwrap_or(1);
        let share = self.shares.channel(&provider, weight, settings.weight);
        let opened = self.opener.open(
            record,
            &provider,
            share,
            settings,
            &deployment,
            State::Loading,
        );
        let channel = match opened.await {
            Ok(channel) => Arc::new(channel),
            Err(error) => {
                self.list_failed(&id, &provider, error.to_string());
                return;
            }
        };
        self.supervisor.start(&channel);
        let wanted = Wanted {
            file: plugin,
            settings: deployment,
            document,
        };
        let files = Arc::clone(&self.files);
        let deployed = wanted.clone();
        let deploy = async move { files.run(&channel, deployed).await };
        let loading = self.loading.lock().await.spawn(deploy);
        self.remember(&id, wanted, Some(loading));
    }

    /// Remembers what a channel of the file is to run, and what loads it.
    pub(super) fn remember(&self, id: &str, wanted: Wanted, loading: Option<AbortHandle>) {
        let mut configured = self.configured();
        configured.insert(id.to_owned(), (wanted, loading));
    }

    /// Forgets what a channel of the file was to run, and loads it no more.
    pub(super) fn forget(&self, id: &str) -> Option<Wanted> {
        let (wanted, loading) = self.configured().remove(id)?;
        if let Some(loading) = loading {
            loading.abort();
        }
        Some(wanted)
    }

    /// What the channels of the file are to run.
    pub(super) fn configured(
        &self,
    ) -> MutexGuard<'_, HashMap<String, (Wanted, Option<AbortHandle>)>> {
        // It is whole at any time.
        self.configured
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the plugin of a channel of the file again, and has the channel serve it at once. Returns
    /// which deployment serves.
    pub(crate) async fn redeploy(&self, id: &str) -> Result<DeploymentNumber, ReloadError> {
        let wanted = self.configured().get(id).map(|(wanted, _)| wanted.clone());
        let (Some(wanted), Some(channel)) = (wanted, self.directory.get(id)) else {
            return Err(ReloadError::Unknown(id.to_owned()));
        };
        let failed = |failure: Failure| ReloadError::Plugin(id.to_owned(), failure.to_string());
        self.files.deploy(&channel, &wanted).await.map_err(failed)
    }

    /// What the registry has of these channels, which it is told of if it has not.
    pub(super) async fn register(&self, channels: &[ChannelConfig]) -> Result<Known, StoreError> {
        let file = || Actor(String::from("configuration file"));
        let mut known = Known {
            providers: by_name(self.store.providers().await?, |it| &it.name),
            channels: by_name(self.store.channels().await?, |it| &it.name),
        };
        let mut new: Vec<_> = channels.iter().map(|it| it.provider.as_str()).collect();
        new.sort_unstable();
        new.dedup();
        new.retain(|it| !known.providers.contains_key(*it));
        // Together, for what they write shares a sync.
        let added = new.into_iter().map(|name| {
            let settings = String::from("{}");
            self.store.add_provider(file(), name.to_owned(), settings)
        });
        for provider in try_join_all(added).await? {
            known.providers.insert(provider.name.clone(), provider);
        }
        let changed = channels.iter().filter_map(|channel| {
            let provider = known.providers.get(&channel.provider)?.id;
            match known.channels.get(&channel.id) {
                None => {
                    let new = NewChannel {
                        name: channel.id.clone(),
                        provider,
                        origin: Origin::File,
                        settings: String::from("{}"),
                    };
                    Some(self.store.add_channel(file(), new))
                }
                Some(record) if record.origin == Origin::File && record.provider != provider => {
                    Some(self.store.move_channel(file(), record.id, provider))
                }
                Some(_) => None,
            }
        });
        let changed: Vec<_> = changed.collect();
        for channel in try_join_all(changed).await? {
            known.channels.insert(channel.name.clone(), channel);
        }
        Ok(known)
    }

    /// Tells the operator that a channel can't be used.
    pub(super) fn list_failed(&self, id: &str, provider: &str, why: String) {
        tracing::error!(channel = id, provider, why, "the channel can't be used");
        let failed = FailedChannel {
            provider: provider.into(),
            why: why.into(),
        };
        self.directory.set(id, Listed::Failed(failed));
    }
}

fn by_name<T>(all: Vec<T>, name: impl Fn(&T) -> &String) -> HashMap<String, T> {
    all.into_iter().map(|it| (name(&it).clone(), it)).collect()
}
