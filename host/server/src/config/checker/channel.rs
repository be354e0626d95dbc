//! Checks one channel.

use std::time::Duration;

use botbox_line::Credentials;
use botbox_runtime::{Capability, Limits, MEMORY_LIMIT_MAX, PushLimits, WEIGHT_MAX};
use botbox_store::{Backlog, Usage};
use secrecy::SecretString;

use super::{ChannelKeys, Checker, Reported};
use crate::config::checked::ChannelConfig;
use crate::config::file::channel::ChannelTable;
use crate::config::file::grants::GrantEntry;
use crate::config::file::limits::BudgetTable;
use crate::config::file::secret::SecretRefs;
use crate::retries::Retries;

/// The most secrets of a channel. Changing one takes two, and a third is there when it is changed
/// again in between; each is one more try at a webhook that a stranger sends.
const SECRETS: usize = 3;

/// Of a channel that says nothing: what costs nothing and tells nothing to others.
const DEFAULT_GRANTS: [Capability; 3] =
    [Capability::Reply, Capability::Profile, Capability::Content];

impl Checker {
    /// Checks all of a channel, and tells what is wrong. It fails when there can be no such channel.
    pub(super) fn check_channel(
        &self,
        index: usize,
        table: ChannelTable,
        public_url: Option<&str>,
    ) -> Result<ChannelConfig, Reported> {
        let keys = ChannelKeys(index);
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        if !(1..=64).contains(&table.id.len()) || !table.id.chars().all(plain) {
            let problem = "it becomes a part of a URL: \
                           use 1 to 64 letters, digits, `-` and `_`";
            self.error(keys.of("id"), problem);
        }
        let most = MEMORY_LIMIT_MAX >> 20;
        if !(1..=most).contains(&table.limits.memory_mib) {
            let problem = format!("give a number from 1 to {most}");
            self.error(keys.of("limits.memory_mib"), problem);
        }
        if table.limits.concurrency == 0 {
            self.error(keys.of("limits.concurrency"), "give a number from 1");
        }
        if !(1..=WEIGHT_MAX).contains(&table.weight) {
            let problem = format!("give a number from 1 to {WEIGHT_MAX}");
            self.error(keys.of("weight"), problem);
        }
        let retries = &table.retries;
        for (name, attempts) in [
            ("retries.attempts", retries.attempts),
            ("retries.trap_attempts", retries.trap_attempts),
        ] {
            if attempts == 0 {
                let problem = "give a number from 1: the first attempt counts";
                self.error(keys.of(name), problem);
            }
        }
        if let Some(id) = &table.channel_id
            && (id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()))
        {
            let problem = "give the digits that the LINE Developers Console shows under \
                           `Basic settings`";
            self.error(keys.of("channel_id"), problem);
        }
        let secrets = self.secrets(&keys.of("secret"), &table.secret);
        let known_secrets = secrets.as_ref().map(Clone::clone).unwrap_or_default();
        let credentials = table.channel_id.map(|channel_id| Credentials {
            channel_id,
            secrets: known_secrets,
        });
        let access_token = self.check_access_token(keys, table.access_token, credentials.clone());
        let beacons = self.check_beacons(keys, table.beacons);
        let visits = table.beacon_visits;
        let beacon_visits = visits
            .map(|it| self.check_beacon_visits(keys, &it))
            .transpose();
        let account_link = table
            .account_link
            .map(|it| self.check_account_link(keys, it, public_url))
            .transpose();
        let grants = match table.grants {
            Some(grants) => grants.into_iter().map(|GrantEntry(grant)| grant).collect(),
            None => DEFAULT_GRANTS.into_iter().collect(),
        };
        let budget = table
            .budget
            .map(|it| self.check_budget(keys, &it))
            .transpose();
        let milliseconds = |name: &str, value| self.at_least_one(keys.of(name), value);
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

    fn check_budget(&self, keys: ChannelKeys, table: &BudgetTable) -> Result<PushLimits, Reported> {
        match (table.per_hour, table.per_month) {
            (None, None) => {
                Err(self.error(keys.of("budget"), "give `per_hour`, `per_month` or both"))
            }
            (Some(0), _) | (_, Some(0)) => {
                let problem = "give numbers from 1; to push nothing, leave the grant `push` out";
                Err(self.error(keys.of("budget"), problem))
            }
            (per_hour, per_month) => Ok(PushLimits {
                per_hour,
                per_month,
            }),
        }
    }

    fn secrets(&self, key: &str, secrets: &SecretRefs) -> Result<Vec<SecretString>, Reported> {
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
