//! A channel's access token: `{ env = "NAME" }`, `{ file = "PATH" }`, or how it is issued.

use std::path::{Path, PathBuf};

use botbox_line::client::{AssertionKey, Credentials, Issuer, TokenKind};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use toml::Value;

use super::checker::Fault;
use super::secret::SecretRef;

/// Where a channel's access token comes from.
#[derive(Debug)]
pub enum AccessToken {
    /// From the LINE Developers Console.
    LongLived(SecretString),
    /// From LINE, on request.
    Issued(Issuer),
}

pub(super) enum AccessTokenTable {
    LongLived(SecretRef),
    Issued(IssueTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IssueTable {
    issue: Issue,
    key_id: Option<String>,
    key: Option<SecretRef>,
}

#[derive(Clone, Copy, Deserialize)]
enum Issue {
    #[serde(rename = "short-lived")]
    ShortLived,
    #[serde(rename = "stateless")]
    Stateless,
    #[serde(rename = "v2.1")]
    V2_1,
}

const ACCESS_TOKEN: &str = "access_token";
const KEY_ID: &str = "access_token.key_id";
const KEY: &str = "access_token.key";

impl AccessTokenTable {
    /// Reads the secrets. Tokens are issued to the channel with these credentials.
    pub(super) fn check(
        self,
        credentials: Option<Credentials>,
        locate: impl Fn(&Path) -> PathBuf,
    ) -> Result<AccessToken, Fault> {
        let table = match self {
            Self::LongLived(token) => return long_lived(&token, locate),
            Self::Issued(table) => table,
        };
        let credentials = credentials.ok_or_else(|| {
            let problem = "tokens are issued to a channel id: give the one that the LINE \
                           Developers Console shows under `Basic settings`";
            Fault::text("channel_id", problem)
        })?;
        Ok(AccessToken::Issued(Issuer {
            credentials,
            kind: table.kind(locate)?,
        }))
    }
}

impl IssueTable {
    fn kind(self, locate: impl Fn(&Path) -> PathBuf) -> Result<TokenKind, Fault> {
        let key = match (self.key_id, self.key) {
            (Some(id), Some(key)) => Some(read_key(id, &key, locate)?),
            (None, None) => None,
            (Some(_), None) => {
                let problem = "give the private key, too, as `{ file = \"PATH\" }`";
                return Err(Fault::text(KEY, problem));
            }
            (None, Some(_)) => {
                let problem = "give the id that the LINE Developers Console shows for the key";
                return Err(Fault::text(KEY_ID, problem));
            }
        };
        match (self.issue, key) {
            (Issue::ShortLived, None) => Ok(TokenKind::ShortLived),
            (Issue::Stateless, None) => Ok(TokenKind::Stateless),
            (Issue::Stateless, Some(key)) => Ok(TokenKind::StatelessByKey(key)),
            (Issue::V2_1, Some(key)) => Ok(TokenKind::V2_1(key)),
            (Issue::ShortLived, Some(_)) => {
                let problem = "short-lived tokens are issued by the channel secret: leave `key` \
                               and `key_id` out, or issue `v2.1` or `stateless`";
                Err(Fault::text(KEY, problem))
            }
            (Issue::V2_1, None) => {
                let problem = "v2.1 tokens are issued by a key: give `key_id` and `key`, or issue \
                               `stateless`";
                Err(Fault::text(KEY, problem))
            }
        }
    }
}

fn long_lived(token: &SecretRef, locate: impl Fn(&Path) -> PathBuf) -> Result<AccessToken, Fault> {
    let token = token
        .read(locate)
        .map_err(|problem| Fault::reference(ACCESS_TOKEN, problem))?;
    let mut bytes = token.expose_secret().bytes();
    if !bytes.all(|byte| byte.is_ascii_graphic()) {
        let problem = "it has characters that no access token has; look for blanks and breaks";
        return Err(Fault::reference(ACCESS_TOKEN, problem));
    }
    Ok(AccessToken::LongLived(token))
}

fn read_key(
    id: String,
    key: &SecretRef,
    locate: impl Fn(&Path) -> PathBuf,
) -> Result<AssertionKey, Fault> {
    let key = key
        .read(locate)
        .map_err(|problem| Fault::reference(KEY, problem))?;
    AssertionKey::new(id, &key).map_err(|problem| Fault::reference(KEY, problem.to_string()))
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
