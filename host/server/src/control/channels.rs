//! Channels of the admin API: made, changed and deleted while the host runs.

use std::sync::Arc;

use botbox_store::{
    Actor, ChannelRecord, Deployments, NewChannel, Origin, RegistryError, Revision, Tenants,
};
use secrecy::SecretString;
use serde_json::Value;

use super::Control;
use super::error::ControlError;
use super::names::check_name;
use super::providers::ProviderSettings;
use crate::channel::Channel;
use crate::config::document;

impl Control {
    /// Makes a channel. It takes webhooks as soon as it has its secrets.
    pub(crate) async fn add_channel(
        self: &Arc<Self>,
        actor: Actor,
        provider: &str,
        name: String,
        settings: &Value,
    ) -> Result<ChannelRecord, ControlError> {
        check_name(&name)?;
        let _changing = self.channel_locks.lock(&name).await;
        let provider = self.provider(provider).await?;
        let all = self.store.channels().await?;
        let count = all.iter().filter(|it| it.provider == provider.id).count();
        let whose = format!("the provider {:?}", provider.name);
        ProviderSettings::of(&provider)
            .ceilings
            .allow_channel(count, &whose)?;
        let settings = self.checked_settings(&name, settings)?;
        let new = NewChannel {
            name,
            provider: provider.id,
            origin: Origin::Api,
            settings,
        };
        let record = self.store.add_channel(actor, new).await?;
        self.open_record(&record, &provider, &[], None).await;
        Ok(record)
    }

    /// Changes a channel's settings, at once.
    pub(crate) async fn set_channel(
        self: &Arc<Self>,
        actor: Actor,
        name: &str,
        expected: Option<Revision>,
        settings: &Value,
    ) -> Result<ChannelRecord, ControlError> {
        let _changing = self.channel_locks.lock(name).await;
        let record = self.own_channel(name).await?;
        let settings = self.checked_settings(name, settings)?;
        // What serves must not lack a secret all at once.
        let secrets = self.store.secrets_of(record.id).await?;
        if let Ok(secrets) = self.opened(record.id, &secrets)
            && self.directory.get(name).is_some()
        {
            let public_url = self.opener.public_url.as_deref();
            document::check_settings(name, "", &settings, &secrets, public_url)
                .map_err(ControlError::Invalid)?;
        }
        let changed = self.store.set_channel(actor, record.id, expected, settings);
        let changed = changed.await?;
        self.apply_settings(&changed).await?;
        Ok(changed)
    }

    /// Settings as they are kept. What is wrong with them is told before; what is missing may follow.
    fn checked_settings(&self, name: &str, settings: &Value) -> Result<String, ControlError> {
        let settings = document::complete_settings(settings).map_err(ControlError::Invalid)?;
        let public_url = self.opener.public_url.as_deref();
        document::check_settings_alone(name, &settings, public_url)
            .map_err(ControlError::Invalid)?;
        Ok(settings)
    }

    /// Sets a secret of a channel, at once.
    pub(crate) async fn set_secret(
        self: &Arc<Self>,
        actor: Actor,
        channel: &str,
        name: &str,
        secret: &SecretString,
    ) -> Result<(), ControlError> {
        let _changing = self.channel_locks.lock(channel).await;
        let record = self.own_channel(channel).await?;
        check_secret_name(name)?;
        let sealed = self.vault.seal(record.id, name, secret)?;
        let set = self
            .store
            .set_secret(actor, record.id, name.to_owned(), sealed);
        set.await?;
        self.apply_settings(&record).await
    }

    /// Deletes a secret of a channel, at once. Returns whether there was one.
    pub(crate) async fn delete_secret(
        self: &Arc<Self>,
        actor: Actor,
        channel: &str,
        name: &str,
    ) -> Result<bool, ControlError> {
        let _changing = self.channel_locks.lock(channel).await;
        let record = self.own_channel(channel).await?;
        check_secret_name(name)?;
        let deleted = self.store.delete_secret(actor, record.id, name.to_owned());
        let deleted = deleted.await?;
        self.apply_settings(&record).await?;
        Ok(deleted)
    }

    /// Encrypts all secrets with the host's current key. Returns how many there are.
    pub(crate) async fn reseal_secrets(&self, actor: Actor) -> Result<usize, ControlError> {
        let mut secrets = self.store.secrets().await?;
        for (channel, secret) in &mut secrets {
            let opened = self.vault.open(*channel, &secret.name, &secret.sealed)?;
            secret.sealed = self.vault.seal(*channel, &secret.name, &opened)?;
        }
        let count = secrets.len();
        self.store.reseal_secrets(actor, secrets).await?;
        Ok(count)
    }

    /// The channel of a name, wherever it was made.
    pub(crate) async fn channel(&self, name: &str) -> Result<ChannelRecord, ControlError> {
        let found = self.store.channel_named(name).await?;
        let found = found.filter(|it| !it.is_deleted);
        found.ok_or_else(|| unknown_channel(name))
    }

    /// The channel of a name, if the admin API may change it.
    pub(crate) async fn own_channel(&self, name: &str) -> Result<ChannelRecord, ControlError> {
        let record = self.channel(name).await?;
        match record.origin {
            Origin::Api => Ok(record),
            Origin::File => Err(ControlError::Configured {
                kind: "channel",
                name: name.to_owned(),
            }),
        }
    }

    /// Has a channel work with its settings and secrets as the registry has them now. One that lacks
    /// something takes no webhooks until it has it.
    async fn apply_settings(self: &Arc<Self>, record: &ChannelRecord) -> Result<(), ControlError> {
        let secrets = self.store.secrets_of(record.id).await?;
        let Some(provider) = self.store.provider(record.provider).await? else {
            return Ok(());
        };
        let Some(channel) = self.directory.get(&record.name) else {
            let first = match self.store.traffic(record.id).await? {
                Some(switch) => {
                    let stable = self.store.deployment(record.id, switch.stable).await?;
                    stable.map(|stable| (switch, stable))
                }
                None => None,
            };
            self.open_record(record, &provider, &secrets, first).await;
            return Ok(());
        };
        let _changing = channel.changing.lock().await;
        let public_url = self.opener.public_url.as_deref();
        let settings = self.opened(record.id, &secrets).and_then(|secrets| {
            document::check_settings(
                &record.name,
                &provider.name,
                &record.settings,
                &secrets,
                public_url,
            )
            .map_err(|problems| crate::channel::deployer::in_words(&problems))
        });
        match settings {
            Ok(settings) => {
                let share = channel.share.with_weight(settings.weight);
                let setup = self.opener.set_up_again(&channel, settings).await?;
                channel.set_setup(setup);
                self.runtime.set_channel_weight(share);
                self.rejoin(&channel).await
            }
            Err(why) => {
                self.supervisor.stop(&channel).await;
                self.list_failed(&record.name, &provider.name, why);
                Ok(())
            }
        }
    }

    /// Joins what serves with what the channel's new settings made.
    pub(super) async fn rejoin(&self, channel: &Channel) -> Result<(), ControlError> {
        channel.forget_kept().await;
        channel.setup().client.prepare_token();
        let Some(serving) = channel.traffic.current() else {
            return Ok(());
        };
        channel.serve(self.deployer.rejoin(channel, &serving).await?);
        Ok(())
    }
}

pub(super) fn unknown_channel(name: &str) -> ControlError {
    let (kind, name) = ("channel", name.to_owned());
    RegistryError::NotFound { kind, name }.into()
}

fn check_secret_name(name: &str) -> Result<(), ControlError> {
    let known = document::secret_names();
    if known.contains(&name) {
        return Ok(());
    }
    let what = format!(
        "there is no secret `{name}`; the secrets are {}",
        known.join(", ")
    );
    Err(ControlError::invalid("name", what))
}
