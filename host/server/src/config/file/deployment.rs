//! A deployment, as it is written: what a plugin runs with, in the configuration file or in JSON.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::grants::GrantEntry;
use super::limits::{BudgetTable, LimitsTable, RetriesTable, ReuseTable};

/// What a plugin runs with. As JSON it is the document of a deployment.
#[derive(Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "DeploymentDocument")]
pub(crate) struct DeploymentTable {
    /// What the plugin may do. Absent: `reply`, `profile` and `content`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) grants: Option<Vec<GrantEntry>>,
    pub(crate) limits: LimitsTable,
    pub(crate) retries: RetriesTable,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) budget: Option<BudgetTable>,
    /// Absent: each event has an instance of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reuse: Option<ReuseTable>,
    /// What the plugin finds in `wasi:config`.
    pub(crate) config: BTreeMap<String, String>,
}
