//! Checks where a channel's access token comes from.

use botbox_line::Credentials;
use botbox_line::token::{AssertionKey, Issuer, TokenKind};
use secrecy::ExposeSecret;

use super::{ChannelKeys, Checker, Reported};
use crate::config::checked::AccessToken;
use crate::config::file::access_token::{AccessTokenTable, Issue, IssueTable};
use crate::config::file::secret::SecretRef;

const ACCESS_TOKEN: &str = "access_token";
const KEY_ID: &str = "access_token.key_id";
const KEY: &str = "access_token.key";

impl Checker {
    /// Reads the secrets. Tokens are issued to the channel with these credentials.
    pub(super) fn check_access_token(
        &self,
        keys: ChannelKeys,
        table: AccessTokenTable,
        credentials: Option<Credentials>,
    ) -> Result<AccessToken, Reported> {
        let table = match table {
            AccessTokenTable::LongLived(token) => return self.long_lived(keys, &token),
            AccessTokenTable::Issued(table) => table,
        };
        let credentials = credentials.ok_or_else(|| {
            let problem = "tokens are issued to a channel id: give the one that the LINE \
                           Developers Console shows under `Basic settings`";
            self.error(keys.of("channel_id"), problem)
        })?;
        Ok(AccessToken::Issued(Issuer {
            credentials,
            kind: self.token_kind(keys, table)?,
        }))
    }

    fn long_lived(&self, keys: ChannelKeys, token: &SecretRef) -> Result<AccessToken, Reported> {
        let token = self.secret(keys.of(ACCESS_TOKEN), token)?;
        let mut bytes = token.expose_secret().bytes();
        if !bytes.all(|byte| byte.is_ascii_graphic()) {
            let problem = "it has characters that no access token has; look for blanks and breaks";
            return Err(self.bad_reference(keys.of(ACCESS_TOKEN), problem));
        }
        Ok(AccessToken::LongLived(token))
    }

    fn token_kind(&self, keys: ChannelKeys, table: IssueTable) -> Result<TokenKind, Reported> {
        let key = match (table.key_id, table.key) {
            (Some(id), Some(key)) => Some(self.assertion_key(keys, id, &key)?),
            (None, None) => None,
            (Some(_), None) => {
                let problem = "give the private key, too, as `{ file = \"PATH\" }`";
                return Err(self.error(keys.of(KEY), problem));
            }
            (None, Some(_)) => {
                let problem = "give the id that the LINE Developers Console shows for the key";
                return Err(self.error(keys.of(KEY_ID), problem));
            }
        };
        match (table.issue, key) {
            (Issue::ShortLived, None) => Ok(TokenKind::ShortLived),
            (Issue::Stateless, None) => Ok(TokenKind::Stateless),
            (Issue::Stateless, Some(key)) => Ok(TokenKind::StatelessByKey(key)),
            (Issue::V2_1, Some(key)) => Ok(TokenKind::V2_1(key)),
            (Issue::ShortLived, Some(_)) => {
                let problem = "short-lived tokens are issued by the channel secret: leave `key` \
                               and `key_id` out, or issue `v2.1` or `stateless`";
                Err(self.error(keys.of(KEY), problem))
            }
            (Issue::V2_1, None) => {
                let problem = "v2.1 tokens are issued by a key: give `key_id` and `key`, or issue \
                               `stateless`";
                Err(self.error(keys.of(KEY), problem))
            }
        }
    }

    fn assertion_key(
        &self,
        keys: ChannelKeys,
        id: String,
        key: &SecretRef,
    ) -> Result<AssertionKey, Reported> {
        let key = self.secret(keys.of(KEY), key)?;
        AssertionKey::new(id, &key)
            .map_err(|problem| self.bad_reference(keys.of(KEY), problem.to_string()))
    }
}
