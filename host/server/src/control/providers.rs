//! Providers: the tenants.

use botbox_runtime::WEIGHT_MAX;
use botbox_store::{Actor, Provider, RegistryError, Revision, StoreError, Tenants};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Control;
use super::error::ControlError;
use super::names::check_name;
use crate::config::ceilings::Ceilings;
use crate::config::document;

/// What a provider is given.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ProviderSettings {
    /// Its share of the host, beside those of others: 1 to 1,000. Default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000))]
    pub(crate) weight: Option<u32>,
    /// What its deployments may have at most.
    pub(crate) ceilings: Ceilings,
}

impl ProviderSettings {
    /// A provider's settings. What can't be read is what a provider has without any.
    pub(crate) fn of(provider: &Provider) -> Self {
        serde_json::from_str(&provider.settings).unwrap_or_default()
    }

    fn written(settings: &Value) -> Result<String, ControlError> {
        let settings: Self = document::parsed(settings).map_err(ControlError::Invalid)?;
        if let Some(weight) = settings.weight
            && !(1..=WEIGHT_MAX).contains(&weight)
        {
            let what = format!("give a number from 1 to {WEIGHT_MAX}");
            return Err(ControlError::invalid("weight", what));
        }
        settings.ceilings.check()?;
        Ok(document::written(&settings))
    }
}

impl Control {
    /// Makes a provider.
    pub(crate) async fn add_provider(
        &self,
        actor: Actor,
        name: String,
        settings: &Value,
    ) -> Result<Provider, ControlError> {
        check_name(&name)?;
        let settings = ProviderSettings::written(settings)?;
        Ok(self.store.add_provider(actor, name, settings).await?)
    }

    /// Changes a provider's settings. Its weight counts at once. Its deployments stay as they are; the next
    /// ones keep to its ceilings.
    pub(crate) async fn set_provider(
        &self,
        actor: Actor,
        name: &str,
        expected: Option<Revision>,
        settings: &Value,
    ) -> Result<Provider, ControlError> {
        let provider = self.provider(name).await?;
        let settings = ProviderSettings::written(settings)?;
        let changed = self
            .store
            .set_provider(actor, provider.id, expected, settings);
        let changed = changed.await?;
        let weight = ProviderSettings::of(&changed).weight.unwrap_or(1);
        self.reweigh_provider(name, weight);
        Ok(changed)
    }

    /// Gives a provider another weight from now on. Returns whether it had another one.
    pub(super) fn reweigh_provider(&self, name: &str, weight: u32) -> bool {
        let reweighed = self.shares.reweigh(name, weight);
        if let Some(provider) = reweighed {
            self.runtime.set_provider_weight(provider);
        }
        reweighed.is_some()
    }

    /// Deletes a provider that has no channels any more.
    pub(crate) async fn delete_provider(
        &self,
        actor: Actor,
        name: &str,
    ) -> Result<(), ControlError> {
        let provider = self.provider(name).await?;
        self.store.delete_provider(actor, provider.id).await?;
        // Its tokens went with it.
        Ok(self.load_tokens().await?)
    }

    /// The provider of a name.
    pub(crate) async fn provider(&self, name: &str) -> Result<Provider, ControlError> {
        let found = self.store.provider_named(name).await?;
        found.ok_or_else(|| {
            let (kind, name) = ("provider", name.to_owned());
            RegistryError::NotFound { kind, name }.into()
        })
    }

    /// All providers, by name.
    pub(crate) async fn providers(&self) -> Result<Vec<Provider>, StoreError> {
        self.store.providers().await
    }
}
