//! One channel, as it is written.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::access_token::AccessTokenTable;
use super::grants::GrantEntry;
use super::limits::{BudgetTable, LimitsTable, RetriesTable};
use super::secret::{SecretRef, SecretRefs};

/// `[[channels]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChannelTable {
    pub(crate) id: String,
    pub(crate) provider: String,
    pub(crate) channel_id: Option<String>,
    pub(crate) secret: SecretRefs,
    pub(crate) access_token: AccessTokenTable,
    pub(crate) account_link: Option<AccountLinkTable>,
    pub(crate) plugin: PathBuf,
    pub(crate) grants: Option<Vec<GrantEntry>>,
    #[serde(default)]
    pub(crate) limits: LimitsTable,
    #[serde(default)]
    pub(crate) retries: RetriesTable,
    #[serde(default = "one")]
    pub(crate) weight: u32,
    pub(crate) budget: Option<BudgetTable>,
    #[serde(default)]
    pub(crate) config: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) beacons: Vec<BeaconTable>,
    pub(crate) beacon_visits: Option<BeaconVisitsTable>,
}

/// `[channels.account_link]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountLinkTable {
    pub(crate) service: String,
    pub(crate) login_url: String,
    pub(crate) secret: SecretRef,
}

/// `[[channels.beacons]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BeaconTable {
    pub(crate) hwid: String,
    pub(crate) name: String,
    pub(crate) place: Option<String>,
    #[serde(default)]
    pub(crate) labels: BTreeMap<String, String>,
}

/// `[channels.beacon_visits]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BeaconVisitsTable {
    pub(crate) debounce_s: u64,
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

fn one() -> u32 {
    1
}
