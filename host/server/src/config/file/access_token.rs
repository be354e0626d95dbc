//! A channel's access token, as it is written: `{ env = "NAME" }`, `{ file = "PATH" }`, or how it is
//! issued.

use schemars::JsonSchema;
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
use toml::Value;

use super::secret::SecretRef;

/// `access_token`
#[derive(Debug)]
pub(crate) enum AccessTokenTable {
    LongLived(SecretRef),
    Issued(IssueTable),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IssueTable {
    pub(crate) issue: Issue,
    pub(crate) key_id: Option<String>,
    pub(crate) key: Option<SecretRef>,
}

/// How LINE issues access tokens.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "TokenKind")]
pub(crate) enum Issue {
    #[serde(rename = "short-lived")]
    ShortLived,
    #[serde(rename = "stateless")]
    Stateless,
    #[serde(rename = "v2.1")]
    V2_1,
}

impl<'de> Deserialize<'de> for AccessTokenTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let table = if value.get("issue").is_some() {
            value.try_into().map(Self::Issued)
        } else {
            value.try_into().map(Self::LongLived)
        };
        table.map_err(|error| D::Error::custom(error.message()))
    }
}
