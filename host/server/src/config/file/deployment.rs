//! A deployment, as it is written: what a plugin runs with, in the configuration file or in JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::grants::GrantEntry;
use super::limits::{BudgetTable, LimitsTable, RetriesTable};

/// What a plugin runs with. As JSON it is the document of a deployment.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DeploymentTable {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) grants: Option<Vec<GrantEntry>>,
    pub(crate) limits: LimitsTable,
    pub(crate) retries: RetriesTable,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) budget: Option<BudgetTable>,
    pub(crate) config: BTreeMap<String, String>,
}
