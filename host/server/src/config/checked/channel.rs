//! One channel, checked.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use botbox_line::Credentials;
use botbox_line::token::Issuer;
use botbox_runtime::{Beacons, Grants, Limits, PushLimits};
use botbox_store::Backlog;
use secrecy::SecretString;

use crate::retries::Retries;

/// One channel.
#[derive(Debug)]
pub struct ChannelConfig {
    /// Its number in the file, counted from 0.
    pub index: usize,
    /// Its id: the last part of its webhook's path.
    pub id: String,
    /// The LINE provider that owns it.
    pub provider: String,
    /// What outlives its deployments.
    pub settings: ChannelSettings,
    /// The component.
    pub plugin: PathBuf,
    /// What the plugin runs with.
    pub deployment: DeploymentSettings,
    /// The same as a document.
    pub document: String,
}

/// What outlives a channel's deployments.
#[derive(Debug)]
pub struct ChannelSettings {
    /// The channel's secrets. One of them signs webhooks; several are there while it is changed.
    pub secrets: Vec<SecretString>,
    /// The same with the channel's numeric id, where it is known.
    pub credentials: Option<Credentials>,
    /// The channel access token, for calls to LINE.
    pub access_token: AccessToken,
    /// The provider's service that users link their accounts with, if there is one.
    pub account_link: Option<AccountLink>,
    /// Its share of the host's slots, beside those of others.
    pub weight: u32,
    /// Its beacons.
    pub beacons: Beacons,
    /// How visits to beacons are told; not at all by default.
    pub beacon_visits: Option<BeaconVisits>,
    /// The SHA-256 of all that is written and of the secrets: it tells whether anything has changed.
    pub fingerprint: [u8; 32],
}

/// What a plugin runs with.
#[derive(Clone, Debug)]
pub struct DeploymentSettings {
    /// What the plugin may call.
    pub grants: Grants,
    /// What handling one event may use.
    pub limits: Limits,
    /// How many recipients its pushes may reach, if that has a limit.
    pub budget: Option<PushLimits>,
    /// How many of its events are handled at a time.
    pub concurrency: usize,
    /// How many of its events may wait.
    pub backlog: Backlog,
    /// When its failed events are tried again.
    pub retries: Retries,
    /// What the plugin finds in `wasi:config`.
    pub config: BTreeMap<String, String>,
    /// The most bytes of media that are published at a time.
    pub media: u64,
}

/// Where a channel's access token comes from.
#[derive(Debug)]
pub enum AccessToken {
    /// From the LINE Developers Console.
    LongLived(SecretString),
    /// From LINE, on request.
    Issued(Issuer),
}

/// A service whose accounts users link.
#[derive(Debug)]
pub struct AccountLink {
    /// What users know it as.
    pub service: String,
    /// Its login page.
    pub login_url: String,
    /// Signs what the service says about who logged in.
    pub secret: SecretString,
}

/// How visits to beacons are told.
#[derive(Clone, Copy, Debug)]
pub struct BeaconVisits {
    /// How long the plugin hears nothing of the same user's coming to the same beacon again.
    pub debounce: Duration,
    /// How long nothing has to come for a visit to have ended.
    pub gap: Duration,
}
