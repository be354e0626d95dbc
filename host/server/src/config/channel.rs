//! One channel: `[[channels]]`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use botbox_line::client::Credentials;
use botbox_runtime::{
    Beacons, Capability, Grants, Limits, MEMORY_LIMIT_MAX, PushLimits, WEIGHT_MAX,
};
use botbox_store::{Backlog, Usage};
use secrecy::SecretString;
use serde::Deserialize;

use super::access_token::{AccessToken, AccessTokenTable};
use super::account_link::{AccountLink, AccountLinkTable};
use super::beacons::{BeaconTable, BeaconVisits, BeaconVisitsTable, check_beacons};
use super::budget::BudgetTable;
use super::checker::{Checker, Fault, Told};
use super::grants::GrantEntry;
use super::milliseconds;
use super::secret::SecretRefs;
use crate::channel::retries::Retries;

/// One channel.
#[derive(Debug)]
pub struct ChannelConfig {
    /// Its number in the file, counted from 0.
    pub index: usize,
    /// Its id: the last part of its webhook's path.
    pub id: String,
    /// The LINE provider that owns it.
    pub provider: String,
    /// The channel's secrets. One of them signs webhooks; several are there while it is changed.
    pub secrets: Vec<SecretString>,
    /// The same with the channel's numeric id, where it is known.
    pub credentials: Option<Credentials>,
    /// The channel access token, for calls to LINE.
    pub access_token: AccessToken,
    /// The provider's service that users link their accounts with, if there is one.
    pub account_link: Option<AccountLink>,
    /// The most bytes of media that are published at a time.
    pub media: u64,
    /// The component.
    pub plugin: PathBuf,
    /// What the plugin may call.
    pub grants: Grants,
    /// What handling one event may use.
    pub limits: Limits,
    /// How many recipients its pushes may reach, if that has a limit.
    pub budget: Option<PushLimits>,
    /// How many of its events are handled at a time.
    pub concurrency: usize,
    /// Its share of the host's slots, beside those of others.
    pub weight: u32,
    /// How many of its events may wait.
    pub backlog: Backlog,
    /// When its failed events are tried again.
    pub retries: Retries,
    /// What the plugin finds in `wasi:config`.
    pub config: BTreeMap<String, String>,
    /// Its beacons.
    pub beacons: Beacons,
    /// How visits to beacons are told; not at all by default.
    pub beacon_visits: Option<BeaconVisits>,
}

/// How many events of a channel are handled at a time unless the configuration says otherwise.
const CONCURRENCY: usize = 32;

/// The most media that a channel has published at a time: 1 GiB. Five of the largest videos, or a
/// thousand pictures; and a plugin must not fill the disk.
const MEDIA_MIB: u64 = 1_024;

/// The most events of a channel that wait: 100,000. At a hundred in a second, that is what comes in
/// a quarter of an hour.
const BACKLOG_EVENTS: u64 = 100_000;

/// The most bytes of JSON in them: 256 MiB, twice what so many ordinary ones have. They are on the
/// disk, which is for all channels.
const BACKLOG_MIB: u64 = 256;

/// How long an event may wait for its channel's turn: 10 minutes. Its reply token is long dead then,
/// and more events would only make it worse.
const BACKLOG_AGE_MS: u64 = 600_000;

/// The most bytes that are kept of a channel's events that have ended: 1 GiB, which is a day of five
/// events in a second. A disk has room for some hundred such channels.
const KEPT_MIB: u64 = 1_024;

/// The most secrets of a channel. Changing one takes two, and a third is there when it is changed
/// again in between; each is one more try at a webhook that a stranger sends.
const SECRETS: usize = 3;

/// Of a channel that says nothing: what costs nothing and tells nothing to others.
const DEFAULT_GRANTS: [Capability; 3] =
    [Capability::Reply, Capability::Profile, Capability::Content];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChannelTable {
    pub(super) id: String,
    pub(super) provider: String,
    pub(super) channel_id: Option<String>,
    pub(super) secret: SecretRefs,
    pub(super) access_token: AccessTokenTable,
    pub(super) account_link: Option<AccountLinkTable>,
    pub(super) plugin: PathBuf,
    pub(super) grants: Option<Vec<GrantEntry>>,
    #[serde(default)]
    pub(super) limits: LimitsTable,
    #[serde(default)]
    pub(super) retries: RetriesTable,
    #[serde(default = "one")]
    pub(super) weight: u32,
    pub(super) budget: Option<BudgetTable>,
    #[serde(default)]
    pub(super) config: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) beacons: Vec<BeaconTable>,
    pub(super) beacon_visits: Option<BeaconVisitsTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LimitsTable {
    pub(super) cpu_ms: u64,
    pub(super) deadline_ms: u64,
    pub(super) memory_mib: usize,
    pub(super) concurrency: usize,
    pub(super) keyvalue_keys: u64,
    pub(super) keyvalue_mib: u64,
    pub(super) media_mib: u64,
    pub(super) backlog_events: u64,
    pub(super) backlog_mib: u64,
    pub(super) backlog_age_ms: u64,
    pub(super) kept_mib: u64,
}

/// `[channels.retries]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RetriesTable {
    attempts: u32,
    trap_attempts: u32,
    pause_ms: u64,
    hold_ms: u64,
}

impl Default for RetriesTable {
    fn default() -> Self {
        let retries = Retries::default();
        Self {
            attempts: retries.attempts,
            trap_attempts: retries.trap_attempts,
            pause_ms: milliseconds(retries.pause),
            hold_ms: milliseconds(retries.hold),
        }
    }
}

fn one() -> u32 {
    1
}

impl Default for LimitsTable {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            cpu_ms: milliseconds(limits.cpu),
            deadline_ms: milliseconds(limits.deadline),
            memory_mib: limits.memory >> 20,
            concurrency: CONCURRENCY,
            keyvalue_keys: limits.keyvalue.keys,
            keyvalue_mib: limits.keyvalue.bytes >> 20,
            media_mib: MEDIA_MIB,
            backlog_events: BACKLOG_EVENTS,
            backlog_mib: BACKLOG_MIB,
            backlog_age_ms: BACKLOG_AGE_MS,
            kept_mib: KEPT_MIB,
        }
    }
}

impl Checker<'_> {
    /// Checks all of a channel, and tells what is wrong. It fails when there can be no such channel.
    pub(super) fn check_channel(
        &self,
        index: usize,
        table: ChannelTable,
        public_url: Option<&str>,
    ) -> Result<ChannelConfig, Told> {
        let key = |name: &str| format!("channels[{index}].{name}");
        let fault = |it: Fault| self.fault(key(&it.key), it);
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        if !(1..=64).contains(&table.id.len()) || !table.id.chars().all(plain) {
            let problem = "it becomes a part of a URL: \
                           use 1 to 64 letters, digits, `-` and `_`";
            self.error(key("id"), problem);
        }
        let most = MEMORY_LIMIT_MAX >> 20;
        if !(1..=most).contains(&table.limits.memory_mib) {
            let problem = format!("give a number from 1 to {most}");
            self.error(key("limits.memory_mib"), problem);
        }
        if table.limits.concurrency == 0 {
            self.error(key("limits.concurrency"), "give a number from 1");
        }
        if !(1..=WEIGHT_MAX).contains(&table.weight) {
            let problem = format!("give a number from 1 to {WEIGHT_MAX}");
            self.error(key("weight"), problem);
        }
        let retries = &table.retries;
        for (name, attempts) in [
            ("retries.attempts", retries.attempts),
            ("retries.trap_attempts", retries.trap_attempts),
        ] {
            if attempts == 0 {
                let problem = "give a number from 1: the first attempt counts";
                self.error(key(name), problem);
            }
        }
        if let Some(id) = &table.channel_id
            && (id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()))
        {
            let problem = "give the digits that the LINE Developers Console shows under \
                           `Basic settings`";
            self.error(key("channel_id"), problem);
        }
        let secrets = self.secrets(&key("secret"), &table.secret);
        let known_secrets = secrets.as_ref().map(Clone::clone).unwrap_or_default();
        let credentials = table.channel_id.map(|channel_id| Credentials {
            channel_id,
            secrets: known_secrets,
        });
        let access_token = table
            .access_token
            .check(credentials.clone(), |path| self.path(path))
            .map_err(fault);
        let beacons = check_beacons(table.beacons).map_err(fault);
        let visits = table.beacon_visits.map(|visits| visits.check());
        let beacon_visits = visits.transpose().map_err(fault);
        let account_link = table
            .account_link
            .map(|it| self.check_account_link(key, it, public_url))
            .transpose();
        let grants = match table.grants {
            Some(grants) => grants.into_iter().map(|GrantEntry(grant)| grant).collect(),
            None => DEFAULT_GRANTS.into_iter().collect(),
        };
        let budget = table.budget.map(BudgetTable::check).transpose();
        let budget = budget.map_err(|problem| self.error(key("budget"), problem));
        let milliseconds = |name: &str, value| self.at_least_one(key(name), value);
        let cpu = milliseconds("limits.cpu_ms", table.limits.cpu_ms);
        let deadline = milliseconds("limits.deadline_ms", table.limits.deadline_ms);
        let age = milliseconds("limits.backlog_age_ms", table.limits.backlog_age_ms);
        let pause = milliseconds("retries.pause_ms", table.retries.pause_ms);
        // All is checked before anything is given up.
        Ok(ChannelConfig {
            index,
            budget: budget?,
            secrets: secrets?,
            credentials,
            access_token: access_token?,
            account_link: account_link?,
            media: table.limits.media_mib.saturating_mul(1 << 20),
            plugin: self.path(&table.plugin),
            grants,
            limits: Limits {
                cpu: cpu?,
                deadline: deadline?,
                memory: table.limits.memory_mib << 20,
                keyvalue: Usage {
                    keys: table.limits.keyvalue_keys,
                    bytes: table.limits.keyvalue_mib.saturating_mul(1 << 20),
                },
            },
            concurrency: table.limits.concurrency,
            weight: table.weight,
            backlog: Backlog {
                events: table.limits.backlog_events,
                bytes: table.limits.backlog_mib.saturating_mul(1 << 20),
                kept: table.limits.kept_mib.saturating_mul(1 << 20),
                age: age?,
            },
            retries: Retries {
                attempts: table.retries.attempts,
                trap_attempts: table.retries.trap_attempts,
                pause: pause?,
                hold: Duration::from_millis(table.retries.hold_ms),
            },
            config: table.config,
            beacons: beacons?,
            beacon_visits: beacon_visits?,
            id: table.id,
            provider: table.provider,
        })
    }

    fn secrets(&self, key: &str, secrets: &SecretRefs) -> Result<Vec<SecretString>, Told> {
        let SecretRefs(secrets) = secrets;
        if !(1..=SECRETS).contains(&secrets.len()) {
            let problem = format!(
                "it lists {} secrets; give 1 to {SECRETS}, the newest first",
                secrets.len()
            );
            return Err(self.error(key, problem));
        }
        secrets.iter().map(|it| self.secret(key, it)).collect()
    }
}
