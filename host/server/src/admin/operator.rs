//! What operators look at and work on, each within what their token allows.

use std::collections::{HashMap, HashSet};
use std::future::pending;
use std::sync::Arc;
use std::time::Instant;

use botbox_clock::Clock;
use botbox_store::{
    Access, ChannelRecord, EventFilter, EventInspection, NewAuditEntry, ProviderId, Sqlite,
    StoreError, StoreHealth, Tenants,
};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::refusal::Refusal;
use super::streams::Streams;
use crate::channel::directory::Directory;
use crate::control::Control;
use crate::control::caller::Caller;
use crate::watch::Watch;
use crate::webhook::WebhookCounters;

/// What operators look at and work on.
pub(crate) struct Operator {
    pub(crate) directory: Arc<Directory>,
    pub(crate) webhooks: Arc<WebhookCounters>,
    pub(crate) journal: Arc<dyn EventInspection>,
    pub(crate) health: Arc<dyn StoreHealth>,
    pub(crate) store: Arc<Sqlite>,
    pub(crate) watch: Watch,
    pub(crate) streams: Streams,
    pub(crate) clock: Clock,
    pub(crate) started: Instant,
    /// Whether each channel has metrics of its own, if who asks does not say.
    pub(crate) channel_labels: bool,
    /// Of a host that runs.
    pub(crate) control: Option<Arc<Control>>,
}

impl Operator {
    /// What changes the host, if it runs.
    pub(super) fn control(&self) -> Result<&Arc<Control>, Refusal> {
        self.control.as_ref().ok_or(Refusal::Stopped)
    }

    /// Who has a token of the registry.
    pub(super) fn caller(&self, token: &[u8]) -> Option<Caller> {
        self.control.as_ref()?.caller(token, &self.clock)
    }

    /// Waits until a caller's token is revoked or expires.
    pub(super) fn token_ended(&self, caller: &Caller) -> BoxFuture<'static, ()> {
        let (caller, clock) = (caller.clone(), self.clock.clone());
        match self.control.clone() {
            Some(control) => async move { control.token_ended(&caller, &clock).await }.boxed(),
            // There is but the token of this process.
            None => pending().boxed(),
        }
    }

    /// The channel of a name. Refuses a name that no channel has which the caller sees.
    pub(super) async fn visible(
        &self,
        caller: &Caller,
        channel: &str,
    ) -> Result<ChannelRecord, Refusal> {
        let found = self.owned(caller, channel).await?;
        if found.is_deleted {
            return Err(self.unknown_channel(caller, channel).await?);
        }
        Ok(found)
    }

    /// The same, and what is left of a channel whose deletion has not come to its end.
    pub(super) async fn owned(
        &self,
        caller: &Caller,
        channel: &str,
    ) -> Result<ChannelRecord, Refusal> {
        let found = self.store.channel_named(channel).await?;
        match found.filter(|it| caller.sees(it.provider)) {
            Some(found) => Ok(found),
            None => Err(self.unknown_channel(caller, channel).await?),
        }
    }

    /// What the store knows a channel by. What left the configuration may have events left.
    pub(super) async fn key(&self, caller: &Caller, channel: &str) -> Result<String, Refusal> {
        let refusal = match self.visible(caller, channel).await {
            Ok(record) => return Ok(record.key()),
            Err(refusal) => refusal,
        };
        // A data folder of before the registry has events of channels that it does not know.
        let stats = self.journal.stats().await?;
        if caller.provider.is_none() && stats.iter().any(|it| it.channel == channel) {
            return Ok(channel.to_owned());
        }
        Err(refusal)
    }

    /// A channel that is served.
    pub(super) async fn served(
        &self,
        caller: &Caller,
        channel: &str,
    ) -> Result<ChannelRecord, Refusal> {
        let record = self.visible(caller, channel).await?;
        if self.directory.has(channel) {
            return Ok(record);
        }
        Err(self.unknown_channel(caller, channel).await?)
    }

    /// Restricts a filter to what the caller sees: who sees one provider only must name a channel.
    pub(super) async fn restrict(
        &self,
        caller: &Caller,
        filter: &mut EventFilter,
    ) -> Result<(), Refusal> {
        match &mut filter.channel {
            Some(channel) => *channel = self.key(caller, channel).await?,
            None if caller.provider.is_some() => {
                let why = "channel: the token is for one provider; name one of its channels";
                return Err(Refusal::BadRequest(String::from(why)));
            }
            None => {}
        }
        Ok(())
    }

    /// The names of the channels that a caller sees. `None`: all.
    pub(super) async fn seen(
        &self,
        caller: &Caller,
    ) -> Result<Option<HashSet<String>>, StoreError> {
        let Some(provider) = caller.provider else {
            return Ok(None);
        };
        let all = self.store.channels().await?.into_iter();
        let own = all.filter(|it| it.provider == provider);
        Ok(Some(own.map(|it| it.name).collect()))
    }

    /// Writes down for the audit what a caller did to a channel, or to the host, outside of the registry.
    /// Whoever hears that it is done can rely on its being there.
    pub(super) async fn add_to_audit(
        &self,
        caller: &Caller,
        channel: Option<&ChannelRecord>,
        action: &'static str,
        detail: String,
    ) -> Result<(), StoreError> {
        let entry = NewAuditEntry {
            action,
            provider: channel.map(|it| it.provider).or(caller.provider),
            channel: channel.map(|it| it.name.clone()),
            detail,
        };
        self.store.add_to_audit(caller.actor(), entry).await
    }

    /// What operators call each provider.
    pub(super) async fn provider_names(&self) -> Result<HashMap<ProviderId, String>, StoreError> {
        let all = self.store.providers().await?.into_iter();
        Ok(all.map(|it| (it.id, it.name)).collect())
    }

    async fn unknown_channel(&self, caller: &Caller, channel: &str) -> Result<Refusal, StoreError> {
        let mut known = self.directory.ids();
        if let Some(seen) = self.seen(caller).await? {
            known.retain(|it| seen.contains(&**it));
        }
        let known = match &known[..] {
            [] => String::from("none"),
            known => known.join(", "),
        };
        Ok(Refusal::NotFound(format!(
            "there is no channel {channel:?}; the host has {known}"
        )))
    }
}
