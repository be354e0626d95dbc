//! Plugins, the deployments that are made of them, and the traffic between deployments.

use std::fmt;

use super::tenants::{ChannelId, ProviderId};
use super::{Actor, Revision};
use crate::error::StoreFuture;

/// The most deployments of one page: 100.
pub const PAGE_DEPLOYMENTS: usize = 100;

/// Names a deployment among those of its channel: 1 for the first one. Never given again.
pub type DeploymentNumber = i64;

/// A plugin, by what it is. Its bytes are a [blob](crate::Blobs) of the same digest.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PluginRecord {
    /// The SHA-256 of the component, in hexadecimal.
    pub digest: String,
    /// How many bytes it has.
    pub size: u64,
    /// What was found out about it, as a JSON document.
    pub details: String,
    /// Who brought it first, of those whom the reader sees. Empty: a deployment alone tells that it is there.
    pub uploaded_by: String,
    /// When it was brought last, in milliseconds since the Unix epoch.
    pub uploaded: i64,
}

/// Who looks at plugins.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Viewer {
    /// The host, which sees all.
    Host,
    /// A provider, which sees those that it has brought, and those of its channels' deployments.
    Provider(ProviderId),
}

/// A plugin that is brought.
#[derive(Clone, Debug)]
pub struct NewPlugin {
    /// Whose token brings it. None: the host's.
    pub provider: Option<ProviderId>,
    /// The SHA-256 of the component, in hexadecimal.
    pub digest: String,
    /// How many bytes it has.
    pub size: u64,
    /// What was found out about it, as a JSON document.
    pub details: String,
}

/// A plugin, and what it runs with. It never changes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeploymentRecord {
    /// Its number.
    pub number: DeploymentNumber,
    /// The digest of its plugin.
    pub digest: String,
    /// What the plugin runs with, as a JSON document.
    pub document: String,
    /// Who made it.
    pub created_by: String,
    /// When it was made, in milliseconds since the Unix epoch.
    pub created: i64,
}

/// Which deployments of a channel serve: the one thing that a switch changes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Traffic {
    /// How often it was switched.
    pub revision: Revision,
    /// What most chats get.
    pub stable: DeploymentNumber,
    /// What some get.
    pub canary: Option<Canary>,
    /// Whether only a person may switch.
    pub is_pinned: bool,
    /// Why it was switched.
    pub reason: String,
    /// Who switched.
    pub by: String,
    /// When, in milliseconds since the Unix epoch.
    pub at: i64,
    /// The deployment that was taken out of traffic because it failed. The pin is against its plugin only.
    pub aborted: Option<DeploymentNumber>,
}

impl fmt::Display for Traffic {
    /// In words for the audit: `stable 3, canary 4 on 10 %, pinned: why`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "stable {}", self.stable)?;
        if let Some(canary) = self.canary {
            let Canary {
                deployment,
                percent,
            } = canary;
            write!(formatter, ", canary {deployment} on {percent} %")?;
        }
        if self.is_pinned {
            formatter.write_str(", pinned")?;
        }
        if !self.reason.is_empty() {
            write!(formatter, ": {}", self.reason)?;
        }
        Ok(())
    }
}

/// A deployment that is tried on some chats.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Canary {
    /// The deployment.
    pub deployment: DeploymentNumber,
    /// How many of a hundred chats get it: 1 to 99.
    pub percent: u8,
}

/// A switch.
#[derive(Clone, Debug)]
pub struct NewTraffic {
    /// The revision that is replaced, if it must be that one. `Some(0)`: there is none yet.
    pub expected: Option<Revision>,
    /// What most chats get.
    pub stable: DeploymentNumber,
    /// What some get.
    pub canary: Option<Canary>,
    /// Whether only a person may switch.
    pub is_pinned: bool,
    /// Why.
    pub reason: String,
    /// The deployment that is taken out of traffic because it failed.
    pub aborted: Option<DeploymentNumber>,
}

/// Plugins, deployments and traffic. Each call is one atomic step, is durable when it returns, and is in
/// the audit if it has changed anything. A call that fails has changed nothing.
pub trait Deployments: Send + Sync {
    /// Knows a plugin, whose bytes are there, and that the provider has it. Nothing but the time changes if
    /// it does already.
    fn add_plugin(&self, actor: Actor, plugin: NewPlugin) -> StoreFuture<'_, PluginRecord>;

    /// The plugin of a digest, as who reads sees it: None, if it is not theirs.
    fn plugin<'a>(
        &'a self,
        viewer: Viewer,
        digest: &'a str,
    ) -> StoreFuture<'a, Option<PluginRecord>>;

    /// All plugins that who reads has, those that were brought last first.
    fn plugins(&self, viewer: Viewer) -> StoreFuture<'_, Vec<PluginRecord>>;

    /// Forgets plugins that were brought before a time, in milliseconds since the Unix epoch, and which
    /// neither traffic nor the newest `keep` deployments of a channel need. Returns their digests.
    fn forget_plugins(&self, before: i64, keep: usize) -> StoreFuture<'_, Vec<String>>;

    /// Makes the next deployment of a channel.
    fn add_deployment(
        &self,
        actor: Actor,
        channel: ChannelId,
        digest: String,
        document: String,
    ) -> StoreFuture<'_, DeploymentRecord>;

    /// A deployment of a channel.
    fn deployment(
        &self,
        channel: ChannelId,
        number: DeploymentNumber,
    ) -> StoreFuture<'_, Option<DeploymentRecord>>;

    /// The newest deployments of a channel before a number, newest first: at most `limit`, or
    /// [`PAGE_DEPLOYMENTS`] if that is less.
    fn deployments(
        &self,
        channel: ChannelId,
        before: Option<DeploymentNumber>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<DeploymentRecord>>;

    /// Switches a channel's traffic. Fails if its revision is not the expected one, or a deployment is
    /// not there.
    fn set_traffic(
        &self,
        actor: Actor,
        channel: ChannelId,
        traffic: NewTraffic,
    ) -> StoreFuture<'_, Traffic>;

    /// A channel's traffic.
    fn traffic(&self, channel: ChannelId) -> StoreFuture<'_, Option<Traffic>>;

    /// The traffic of all channels that have any, each with its stable deployment.
    fn all_traffic(&self) -> StoreFuture<'_, Vec<(ChannelId, Traffic, DeploymentRecord)>>;

    /// A channel's switches, newest first: at most `limit`, or [`PAGE_DEPLOYMENTS`] if that is less.
    fn switches(
        &self,
        channel: ChannelId,
        before: Option<Revision>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<Traffic>>;
}
