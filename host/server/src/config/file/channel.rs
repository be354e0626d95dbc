//! One channel, as it is written.

use std::collections::BTreeMap;
use std::mem;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::access_token::AccessTokenTable;
use super::deployment::DeploymentTable;
use super::grants::GrantEntry;
use super::limits::{BudgetTable, LimitsTable, RetriesTable, ReuseTable};
use super::secret::{SecretRef, SecretRefs};

/// `[[channels]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChannelTable {
    pub(crate) id: String,
    pub(crate) provider: String,
    pub(crate) channel_id: Option<String>,
    pub(crate) secret: SecretRefs,
    pub(crate) access_token: AccessTokenTable,
    pub(crate) account_link: Option<AccountLinkTable>,
    pub(crate) plugin: PathBuf,
    // What follows up to `config` is its deployment; serde's `flatten` would take unknown keys.
    pub(crate) grants: Option<Vec<GrantEntry>>,
    #[serde(default)]
    pub(crate) limits: LimitsTable,
    #[serde(default)]
    pub(crate) retries: RetriesTable,
    pub(crate) budget: Option<BudgetTable>,
    pub(crate) reuse: Option<ReuseTable>,
    #[serde(default)]
    pub(crate) config: BTreeMap<String, String>,
    #[serde(default = "one")]
    pub(crate) weight: u32,
    #[serde(default)]
    pub(crate) beacons: Vec<BeaconTable>,
    pub(crate) beacon_visits: Option<BeaconVisitsTable>,
}

impl ChannelTable {
    /// Takes what its deployment is made of.
    pub(crate) fn take_deployment(&mut self) -> DeploymentTable {
        DeploymentTable {
            grants: self.grants.take(),
            limits: mem::take(&mut self.limits),
            retries: mem::take(&mut self.retries),
            budget: self.budget.take(),
            reuse: self.reuse.take(),
            config: mem::take(&mut self.config),
        }
    }
}

/// `[channels.account_link]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountLinkTable {
    pub(crate) service: String,
    pub(crate) login_url: String,
    pub(crate) secret: SecretRef,
}

/// A beacon that the plugin knows by name: `[[channels.beacons]]` of the configuration file.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Beacon")]
pub(crate) struct BeaconTable {
    /// Its hardware id: 10 hexadecimal digits.
    pub(crate) hwid: String,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) labels: BTreeMap<String, String>,
}

/// How visits are made of what LINE tells about beacons: `[channels.beacon_visits]` of the configuration
/// file.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "BeaconVisits")]
pub(crate) struct BeaconVisitsTable {
    /// For how long an `enter` that comes again is the same one, in seconds.
    #[schemars(range(min = 1, max = 86_400))]
    pub(crate) debounce_s: u64,
    /// After how long without a sign of the user a visit has ended, in seconds.
    #[schemars(range(min = 1, max = 86_400))]
    pub(crate) gap_s: u64,
}

impl Default for BeaconVisitsTable {
    fn default() -> Self {
        Self {
            // LINE tells again of a user who starts LINE anew, or walks along the edge of the range.
            debounce_s: 60,
            // LINE tells about every 10 s that a user is still there; some of it gets lost.
            gap_s: 60,
        }
    }
}

pub(crate) fn one() -> u32 {
    1
}
