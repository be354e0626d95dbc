//! The channels of the admin API, as the registry has them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use botbox_store::{
    ChannelId, ChannelRecord, DeploymentRecord, Deployments, Origin, Provider, ProviderId,
    SealedSecret, StoreError, Tenants, Traffic as Switch,
};
use secrecy::SecretString;

use super::Control;
use super::providers::ProviderSettings;
use crate::channel::Channel;
use crate::channel::deployer::in_words;
use crate::channel::traffic::State;
use crate::config::document;

/// How long the host waits when it is at fault that a deployment can't be loaded, such as by a disk that
/// is full.
const REST: Duration = Duration::from_secs(30);

impl Control {
    /// Opens the channels of the admin API, and loads what they run in the background.
    pub(crate) async fn open_registered(self: &Arc<Self>) -> Result<(), StoreError> {
        let providers = self.store.providers().await?;
        let providers: HashMap<ProviderId, Provider> =
            providers.into_iter().map(|it| (it.id, it)).collect();
        let mut secrets: HashMap<ChannelId, Vec<SealedSecret>> = HashMap::new();
        for (channel, secret) in self.store.secrets().await? {
            secrets.entry(channel).or_default().push(secret);
        }
        let traffic = self.store.all_traffic().await?.into_iter();
        let mut traffic: HashMap<_, _> = traffic
            .map(|(channel, switch, stable)| (channel, (switch, stable)))
            .collect();
        for record in self.store.channels().await? {
            let Some(provider) = providers.get(&record.provider) else {
                continue;
            };
            if record.origin == Origin::Api && !record.is_deleted {
                let secrets = secrets.remove(&record.id).unwrap_or_default();
                let first = traffic.remove(&record.id);
                self.open_record(&record, provider, &secrets, first).await;
            }
        }
        Ok(())
    }

    /// Opens a channel of the admin API. One that lacks something is listed with what it lacks.
    pub(super) async fn open_record(
        self: &Arc<Self>,
        record: &ChannelRecord,
        provider: &Provider,
        secrets: &[SealedSecret],
        first: Option<(Switch, DeploymentRecord)>,
    ) -> Option<Arc<Channel>> {
        let failed = |why| {
            self.list_failed(&record.name, &provider.name, why);
            None
        };
        let secrets = match self.opened(record.id, secrets) {
            Ok(secrets) => secrets,
            Err(why) => return failed(why),
        };
        let public_url = self.opener.public_url.as_deref();
        let settings = document::check_settings(
            &record.name,
            &provider.name,
            &record.settings,
            &secrets,
            public_url,
        );
        let settings = match settings {
            Ok(settings) => settings,
            Err(problems) => return failed(in_words(&problems)),
        };
        let state = match &first {
            None => State::Empty,
            Some(_) => State::Loading,
        };
        // Whatever is wrong with a deployment is told when it is loaded.
        let limits = first.as_ref().map_or("{}", |(_, it)| it.document.as_str());
        let limits =
            document::check_deployment(limits).or_else(|_| document::check_deployment("{}"));
        let limits = match limits {
            Ok(limits) => limits,
            Err(problems) => return failed(in_words(&problems)),
        };
        let weight = ProviderSettings::of(provider).weight.unwrap_or(1);
        let share = self.shares.channel(&provider.name, weight, settings.weight);
        let opened = self
            .opener
            .open(record, &provider.name, share, settings, &limits, state);
        let channel = match opened.await {
            Ok(channel) => Arc::new(channel),
            Err(error) => return failed(error.to_string()),
        };
        self.supervisor.start(&channel);
        if let Some((switch, _)) = first {
            let (control, channel) = (Arc::clone(self), Arc::clone(&channel));
            self.loading.lock().await.spawn(async move {
                control.load_first(&channel, switch).await;
            });
        }
        Some(channel)
    }

    /// Loads what a channel is to serve, however often that has to be tried.
    async fn load_first(&self, channel: &Channel, switch: Switch) {
        loop {
            let _changing = channel.changing.lock().await;
            // Somebody has switched meanwhile.
            if channel.traffic.current().is_some() {
                return;
            }
            match self.deployer.load_switch(channel, switch.clone()).await {
                Ok(serving) => {
                    tracing::info!(
                        channel = &*channel.id,
                        provider = &*channel.provider,
                        deployment = serving.switch.stable,
                        "channel ready"
                    );
                    channel.serve(serving);
                    return;
                }
                Err(error) => {
                    let (why, is_final) = (error.to_string(), error.is_final());
                    tracing::error!(
                        channel = &*channel.id,
                        provider = &*channel.provider,
                        why,
                        "the channel's deployment can't be loaded: its events wait"
                    );
                    channel.traffic.set(State::Failed(why.into()));
                    if is_final {
                        return;
                    }
                }
            }
            drop(_changing);
            tokio::time::sleep(REST).await;
        }
    }

    /// A channel's secrets by name, decrypted.
    pub(super) fn opened(
        &self,
        channel: ChannelId,
        secrets: &[SealedSecret],
    ) -> Result<HashMap<String, SecretString>, String> {
        let open = |secret: &SealedSecret| {
            let name = secret.name.clone();
            let opened = self.vault.open(channel, &name, &secret.sealed);
            opened
                .map(|opened| (name.clone(), opened))
                .map_err(|error| format!("{name}: {error}"))
        };
        secrets.iter().map(open).collect()
    }
}
