//! Deployments: checked before they are made, against their plugin, what is granted, and the ceilings.

use std::collections::BTreeSet;
use std::sync::Arc;

use botbox_line::webhook::Event;
use botbox_runtime::{Capability, Grants};
use botbox_store::{
    ChannelRecord, DeploymentNumber, DeploymentRecord, Deployments, RegistryError, Tenants,
};
use serde_json::Value;

use super::Control;
use super::caller::Caller;
use super::error::ControlError;
use super::providers::ProviderSettings;
use crate::channel::Channel;
use crate::config::{DeploymentSettings, document};

/// A deployment that is to be made.
pub(crate) struct NewDeployment {
    /// The digest of its plugin.
    pub(crate) plugin: String,
    /// What the plugin runs with.
    pub(crate) document: Value,
    /// Whether the plugin may import what it is not granted.
    pub(crate) allow_missing: bool,
    /// Whether it is only checked.
    pub(crate) is_dry_run: bool,
}

/// A deployment that was made, or could be.
pub(crate) struct Checked {
    /// None: it was only checked.
    pub(crate) record: Option<DeploymentRecord>,
    /// What the plugin imports and is not granted.
    pub(crate) missing: Vec<String>,
    /// What it is granted, and what serves now is not.
    pub(crate) added_grants: Vec<String>,
    /// What serves now is granted, and it is not.
    pub(crate) removed_grants: Vec<String>,
}

impl Control {
    /// Checks a deployment and makes it. It serves nobody yet.
    pub(crate) async fn add_deployment(
        &self,
        caller: &Caller,
        channel: &str,
        new: NewDeployment,
    ) -> Result<Checked, ControlError> {
        let record = self.own_channel(channel).await?;
        let text = document::complete_deployment(&new.document).map_err(ControlError::Invalid)?;
        let settings = document::check_deployment(&text).map_err(ControlError::Invalid)?;
        self.check_ceilings(&record, &settings).await?;
        if self
            .store
            .plugin(caller.viewer(), &new.plugin)
            .await?
            .is_none()
        {
            let (kind, name) = ("plugin", new.plugin);
            return Err(RegistryError::NotFound { kind, name }.into());
        }
        let open = self.directory.get(channel);
        let missing = match &open {
            Some(channel) => self.check_plugin(channel, &new, &settings).await?,
            None => Vec::new(),
        };
        let before = open.and_then(|it| it.traffic.current());
        let before = before.map(|it| granted(&it.stable.runnable.environment.grants));
        let (before, after) = (before.unwrap_or_default(), granted(&settings.grants));
        let names = |names: BTreeSet<&str>| names.into_iter().map(String::from).collect();
        let record = if new.is_dry_run {
            None
        } else {
            let added = self
                .store
                .add_deployment(caller.actor(), record.id, new.plugin, text);
            Some(added.await?)
        };
        Ok(Checked {
            record,
            missing,
            added_grants: names(&after - &before),
            removed_grants: names(&before - &after),
        })
    }

    /// Fails if the plugin can't run in the deployment. Returns what it imports and is not granted.
    async fn check_plugin(
        &self,
        channel: &Arc<Channel>,
        new: &NewDeployment,
        settings: &DeploymentSettings,
    ) -> Result<Vec<String>, ControlError> {
        // It has no number yet.
        let unnumbered = DeploymentNumber::default();
        let plugin = self
            .deployer
            .plugin(channel, unnumbered, &new.plugin, settings)
            .await?;
        let imports = plugin.imports().iter();
        let missing = imports.filter(|&&it| !settings.grants.allow(it));
        let missing: Vec<_> = missing.map(|it| it.name().to_owned()).collect();
        if !missing.is_empty() && !new.allow_missing {
            return Err(ControlError::NotGranted(missing));
        }
        let deployment = self.deployer.join(channel, unnumbered, settings, plugin);
        let slot = self.runtime.slot(channel.share).await;
        // It is no event of the channel's, and no handler sees it.
        if let Ok(event) = Event::from_host("{\"type\":\"botbox.check\"}") {
            let tried = self.runtime.try_out(slot, &deployment.runnable, event);
            tried.await.map_err(ControlError::FailsAtStart)?;
        }
        Ok(missing)
    }

    async fn check_ceilings(
        &self,
        record: &ChannelRecord,
        settings: &DeploymentSettings,
    ) -> Result<(), ControlError> {
        self.ceilings.allow(settings, "the host")?;
        let Some(provider) = self.store.provider(record.provider).await? else {
            return Ok(());
        };
        let whose = format!("the provider {:?}", provider.name);
        Ok(ProviderSettings::of(&provider)
            .ceilings
            .allow(settings, &whose)?)
    }
}

fn granted(grants: &Grants) -> BTreeSet<&'static str> {
    let all = Capability::ALL.iter().filter(|it| grants.allow(**it));
    all.map(|it| it.name()).collect()
}
