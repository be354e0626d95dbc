//! The settings of a channel that is not of the configuration file: what outlives its deployments, in JSON.
//! Its secrets are apart, by name.

use std::collections::HashMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::access_token::{AccessTokenTable, Issue, IssueTable};
use super::channel::{AccountLinkTable, BeaconTable, BeaconVisitsTable, ChannelTable, one};
use super::secret::{SecretRef, SecretRefs};

/// The names of a channel's secrets.
pub(crate) const SECRETS: [&str; 6] = [
    CHANNEL_SECRETS[0],
    CHANNEL_SECRETS[1],
    CHANNEL_SECRETS[2],
    ACCESS_TOKEN,
    ASSERTION_KEY,
    ACCOUNT_LINK_SECRET,
];

/// One of them signs webhooks. The others are there while it is changed.
const CHANNEL_SECRETS: [&str; 3] = ["channel-secret", "channel-secret-2", "channel-secret-3"];

/// A long-lived access token.
const ACCESS_TOKEN: &str = "access-token";

/// The private key by which access tokens are issued.
const ASSERTION_KEY: &str = "assertion-key";

/// What the service that users link their accounts with signs with.
const ACCOUNT_LINK_SECRET: &str = "account-link-secret";

/// What a channel is given beside its secrets and its deployments.
#[derive(Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ChannelSettings")]
pub(crate) struct SettingsTable {
    /// Its id in the LINE Developers Console.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_id: Option<String>,
    /// How access tokens are issued. Without it, the channel has a long-lived one.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<IssuedTokenTable>,
    /// The service that users link their accounts with.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_link: Option<LinkServiceTable>,
    /// The beacons that the plugin knows by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    beacons: Vec<BeaconTable>,
    /// How visits to beacons are made. Absent: none are.
    #[serde(skip_serializing_if = "Option::is_none")]
    beacon_visits: Option<BeaconVisitsTable>,
    /// Its share of what its provider gets: 1 to 1,000. Default 1.
    #[schemars(range(min = 1, max = 1_000))]
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<u32>,
}

#[derive(Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "IssuedToken")]
struct IssuedTokenTable {
    issue: Issue,
    /// The id of the key by which tokens of v2.1 are issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    key_id: Option<String>,
}

#[derive(Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LinkService")]
struct LinkServiceTable {
    /// What users know it as.
    service: String,
    /// Where users log in.
    login_url: String,
}

impl SettingsTable {
    /// The table of a channel of the configuration file that would be the same.
    pub(crate) fn into_channel(
        self,
        id: String,
        provider: String,
        secrets: &HashMap<String, SecretString>,
    ) -> ChannelTable {
        let secret = |name: &'static str| SecretRef::Stored(name, secrets.get(name).cloned());
        let others = CHANNEL_SECRETS[1..].iter();
        let others = others.filter(|&&name| secrets.contains_key(name));
        let channel_secrets = CHANNEL_SECRETS[..1].iter().chain(others);
        let access_token = match self.access_token {
            None => AccessTokenTable::LongLived(secret(ACCESS_TOKEN)),
            Some(IssuedTokenTable { issue, key_id }) => AccessTokenTable::Issued(IssueTable {
                issue,
                key: key_id.is_some().then(|| secret(ASSERTION_KEY)),
                key_id,
            }),
        };
        ChannelTable {
            id,
            provider,
            channel_id: self.channel_id,
            secret: SecretRefs(channel_secrets.map(|&name| secret(name)).collect()),
            access_token,
            account_link: self.account_link.map(|it| AccountLinkTable {
                service: it.service,
                login_url: it.login_url,
                secret: secret(ACCOUNT_LINK_SECRET),
            }),
            plugin: PathBuf::new(),
            grants: None,
            limits: Default::default(),
            retries: Default::default(),
            budget: None,
            reuse: None,
            config: Default::default(),
            weight: self.weight.unwrap_or_else(one),
            beacons: self.beacons,
            beacon_visits: self.beacon_visits,
        }
    }
}
