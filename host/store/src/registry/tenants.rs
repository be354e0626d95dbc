//! Providers, which are the tenants, and their channels.

use super::{Actor, Revision};
use crate::error::StoreFuture;

/// Names a provider. Never given again.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ProviderId(pub i64);

/// Names a channel. Never given again.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ChannelId(pub i64);

/// Where a provider or channel was made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Origin {
    /// In the configuration file, which alone changes it.
    File,
    /// By the admin API.
    Api,
}

/// A tenant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Provider {
    /// Its id.
    pub id: ProviderId,
    /// What operators call it.
    pub name: String,
    /// What it was given, as a JSON document.
    pub settings: String,
    /// When it was made, in milliseconds since the Unix epoch.
    pub created: i64,
    /// How often its settings were changed.
    pub revision: Revision,
}

/// A channel of a provider.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChannelRecord {
    /// Its id.
    pub id: ChannelId,
    /// What operators call it, and the last part of its webhook's path.
    pub name: String,
    /// Its owner.
    pub provider: ProviderId,
    /// Where it was made.
    pub origin: Origin,
    /// What it was given, as a JSON document.
    pub settings: String,
    /// When it was made, in milliseconds since the Unix epoch.
    pub created: i64,
    /// How often its settings were changed.
    pub revision: Revision,
    /// Whether it is being deleted: its name is taken until all that belongs to it is gone.
    pub is_deleted: bool,
}

impl ChannelRecord {
    /// What everything else knows the channel by: the journal, key-value and media.
    ///
    /// A channel of the configuration file has its name for a key, for there the operator decides that it
    /// is the same one. One of the API has a key that no other channel ever had or gets.
    #[must_use]
    pub fn key(&self) -> String {
        match self.origin {
            Origin::File => self.name.clone(),
            Origin::Api => format!("{}~{}", self.name, self.id.0),
        }
    }

    /// The name of the channel that has a key.
    #[must_use]
    pub fn name_of(key: &str) -> &str {
        // No name has a tilde.
        key.split_once('~').map_or(key, |(name, _)| name)
    }
}

/// A channel that is to be made.
#[derive(Clone, Debug)]
pub struct NewChannel {
    /// Its name.
    pub name: String,
    /// Its owner.
    pub provider: ProviderId,
    /// Where it is made.
    pub origin: Origin,
    /// A JSON document.
    pub settings: String,
}

/// A secret of a channel, as it is kept: encrypted by the caller.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SealedSecret {
    /// What it is for.
    pub name: String,
    /// The encrypted secret.
    pub sealed: Vec<u8>,
    /// When it was set, in milliseconds since the Unix epoch.
    pub set: i64,
}

/// Providers and channels. Each call is one atomic step, is durable when it returns, and is in the audit
/// if it has changed anything. A call that fails has changed nothing.
pub trait Tenants: Send + Sync {
    /// Makes a provider.
    fn add_provider(
        &self,
        actor: Actor,
        name: String,
        settings: String,
    ) -> StoreFuture<'_, Provider>;

    /// Changes a provider's settings, if its revision is the expected one.
    fn set_provider(
        &self,
        actor: Actor,
        id: ProviderId,
        expected: Option<Revision>,
        settings: String,
    ) -> StoreFuture<'_, Provider>;

    /// All providers, by name.
    fn providers(&self) -> StoreFuture<'_, Vec<Provider>>;

    /// A provider.
    fn provider(&self, id: ProviderId) -> StoreFuture<'_, Option<Provider>>;

    /// The provider of a name.
    fn provider_named<'a>(&'a self, name: &'a str) -> StoreFuture<'a, Option<Provider>>;

    /// Deletes a provider that has no channels any more, with its tokens.
    fn delete_provider(&self, actor: Actor, id: ProviderId) -> StoreFuture<'_, ()>;

    /// Makes a channel.
    fn add_channel(&self, actor: Actor, channel: NewChannel) -> StoreFuture<'_, ChannelRecord>;

    /// Changes a channel's settings, if its revision is the expected one.
    fn set_channel(
        &self,
        actor: Actor,
        id: ChannelId,
        expected: Option<Revision>,
        settings: String,
    ) -> StoreFuture<'_, ChannelRecord>;

    /// Gives a channel of the configuration file to another provider.
    fn move_channel(
        &self,
        actor: Actor,
        id: ChannelId,
        provider: ProviderId,
    ) -> StoreFuture<'_, ChannelRecord>;

    /// The channel of a name.
    fn channel_named<'a>(&'a self, name: &'a str) -> StoreFuture<'a, Option<ChannelRecord>>;

    /// All channels, by name.
    fn channels(&self) -> StoreFuture<'_, Vec<ChannelRecord>>;

    /// Begins to delete a channel: from now on it is never served again.
    fn begin_delete_channel(&self, actor: Actor, id: ChannelId) -> StoreFuture<'_, ()>;

    /// Forgets a channel that was deleted, and whose data are gone: its settings, secrets, deployments and
    /// traffic. Its name is free.
    fn finish_delete_channel(&self, id: ChannelId) -> StoreFuture<'_, ()>;

    /// Sets a secret of a channel. `sealed` is what encrypts to it.
    fn set_secret(
        &self,
        actor: Actor,
        channel: ChannelId,
        name: String,
        sealed: Vec<u8>,
    ) -> StoreFuture<'_, ()>;

    /// Deletes a secret of a channel. Returns whether there was one.
    fn delete_secret(
        &self,
        actor: Actor,
        channel: ChannelId,
        name: String,
    ) -> StoreFuture<'_, bool>;

    /// The secrets of a channel, by name.
    fn secrets_of(&self, channel: ChannelId) -> StoreFuture<'_, Vec<SealedSecret>>;

    /// The secrets of all channels.
    fn secrets(&self) -> StoreFuture<'_, Vec<(ChannelId, SealedSecret)>>;

    /// Replaces secrets by the same ones, sealed otherwise: all of them or none. One that was set since it
    /// was read stays.
    fn reseal_secrets(
        &self,
        actor: Actor,
        secrets: Vec<(ChannelId, SealedSecret)>,
    ) -> StoreFuture<'_, ()>;
}
