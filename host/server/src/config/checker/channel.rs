//! Checks one channel.

use botbox_line::Credentials;
use botbox_runtime::WEIGHT_MAX;
use secrecy::SecretString;

use super::{ChannelKeys, Checker, Reported};
use crate::config::checked::{ChannelConfig, ChannelSettings};
use crate::config::file::channel::ChannelTable;
use crate::config::file::secret::SecretRefs;

/// The most secrets of a channel. Changing one takes two, and a third is there when it is changed
/// again in between; each is one more try at a webhook that a stranger sends.
const SECRETS: usize = 3;

impl Checker {
    /// Checks all of a channel, and tells what is wrong. It fails when there can be no such channel.
    pub(super) fn check_channel(
        &self,
        index: usize,
        mut table: ChannelTable,
        public_url: Option<&str>,
    ) -> Result<ChannelConfig, Reported> {
        let keys = ChannelKeys(index);
        let deployment = table.take_deployment();
        // No part of it is anything but a text, a number or a list of them.
        let document = serde_json::to_string(&deployment).unwrap_or_default();
        let (id, provider) = (table.id.clone(), table.provider.clone());
        let plugin = self.path(&keys.of("plugin"), &table.plugin);
        let deployment = self.check_deployment(keys, deployment);
        let settings = self.check_settings(keys, table, public_url);
        // All is checked before anything is given up.
        Ok(ChannelConfig {
            index,
            id,
            provider,
            settings: settings?,
            plugin,
            deployment: deployment?,
            document,
        })
    }

    /// Checks what outlives a channel's deployments.
    pub(super) fn check_settings(
        &self,
        keys: ChannelKeys,
        table: ChannelTable,
        public_url: Option<&str>,
    ) -> Result<ChannelSettings, Reported> {
        // The settings that were read before are not this channel's.
        self.fingerprint("");
        let written = format!("{table:?}");
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        if !(1..=64).contains(&table.id.len()) || !table.id.chars().all(plain) {
            let problem = "it becomes a part of a URL: \
                           use 1 to 64 letters, digits, `-` and `_`";
            self.error(keys.of("id"), problem);
        }
        if !(1..=WEIGHT_MAX).contains(&table.weight) {
            let problem = format!("give a number from 1 to {WEIGHT_MAX}");
            self.error(keys.of("weight"), problem);
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
        // All is checked before anything is given up.
        Ok(ChannelSettings {
            secrets: secrets?,
            credentials,
            access_token: access_token?,
            account_link: account_link?,
            weight: table.weight,
            beacons: beacons?,
            beacon_visits: beacon_visits?,
            fingerprint: self.fingerprint(&written),
        })
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
