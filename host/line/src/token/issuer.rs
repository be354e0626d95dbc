//! LINE's operations on access tokens (LINE reference, "Channel access token").

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::assertion::AssertionKey;
use super::issued::{Issued, now};
use crate::credentials::{Credentials, refuses_credentials};
use crate::error::{Error, TokenError};
use crate::operation::Operation;
use crate::transport::{self, Connection, NoAuthorization};

/// How many v2.1 tokens of one channel may be valid (LINE documentation, "Channel access token").
const TOKENS_LIMIT: usize = 30;

/// How long a v2.1 token is to be valid, in seconds: 30 days, the longest that LINE allows.
const TOKEN_LIFETIME: u64 = 30 * 24 * 60 * 60;

/// How long it is to be valid where the last one may have been lost, in seconds: an hour. LINE revokes a
/// token only for who shows it, so a lost one counts until it expires. A host that crashes again and again
/// while it gets a token loses fewer than LINE allows.
const CAUTIOUS_LIFETIME: u64 = 60 * 60;

/// Has LINE issue the tokens of one channel.
#[derive(Debug)]
pub struct Issuer {
    /// The channel.
    pub credentials: Credentials,
    /// Which tokens.
    pub kind: TokenKind,
}

/// Which tokens, and how who asks for them is authenticated.
#[derive(Debug)]
pub enum TokenKind {
    /// Valid for 30 days; issued by the channel secret.
    ShortLived,
    /// Valid for 15 minutes; issued by the channel secret.
    Stateless,
    /// Valid for 15 minutes; issued by an assertion that this key signs.
    StatelessByKey(AssertionKey),
    /// Valid for 30 days; issued by an assertion that this key signs.
    V2_1(AssertionKey),
}

impl TokenKind {
    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::ShortLived => "short-lived",
            Self::Stateless | Self::StatelessByKey(_) => "stateless",
            Self::V2_1(_) => "v2.1",
        }
    }

    /// Whether tokens are kept for the next process, and revoked: of stateless ones there may be any
    /// number, and LINE can't revoke them.
    pub(super) fn is_persistent(&self) -> bool {
        matches!(self, Self::ShortLived | Self::V2_1(_))
    }

    /// Whether LINE limits how many may be valid, so that a lost one takes a place.
    pub(super) fn is_limited(&self) -> bool {
        matches!(self, Self::V2_1(_))
    }

    fn credentials(&self) -> &'static str {
        match self {
            Self::ShortLived | Self::Stateless => "`channel_id` and `secret`",
            Self::StatelessByKey(_) | Self::V2_1(_) => "`channel_id`, `key_id` and `key`",
        }
    }
}

/// A request that carries no token: it authenticates by its form, or shows the token that it is about.
type Request<'a> = transport::Request<'a, NoAuthorization>;

fn request(connection: &Connection, operation: Operation) -> Request<'_> {
    Request::new(connection, operation, &NoAuthorization)
}

#[derive(Deserialize)]
struct NewToken {
    access_token: SecretString,
    /// In seconds.
    expires_in: u64,
    /// Of a v2.1 token: by this LINE lists it.
    key_id: Option<String>,
}

#[derive(Deserialize)]
struct Verified {
    client_id: String,
}

#[derive(Deserialize)]
struct KeyIds {
    kids: Vec<String>,
}

impl Issuer {
    /// Has LINE issue a token. `is_cautious`: for a short time, since the last one may be lost.
    pub(super) async fn issue(
        &self,
        connection: &Connection,
        is_cautious: bool,
    ) -> Result<Issued, TokenError> {
        let lifetime = match is_cautious {
            true => CAUTIOUS_LIFETIME,
            false => TOKEN_LIFETIME,
        };
        let token = match &self.kind {
            TokenKind::ShortLived => {
                self.by_secret(connection, Operation::IssueChannelToken)
                    .await
            }
            TokenKind::Stateless => {
                let operation = Operation::IssueStatelessChannelToken;
                self.by_secret(connection, operation).await
            }
            TokenKind::StatelessByKey(key) => {
                let operation = Operation::IssueStatelessChannelToken;
                self.by_assertion(connection, operation, key, TOKEN_LIFETIME)
                    .await
            }
            TokenKind::V2_1(key) => {
                let operation = Operation::IssueChannelTokenByJwt;
                self.by_assertion(connection, operation, key, lifetime)
                    .await
            }
        };
        let token = match token {
            Ok(token) => token,
            Err(error) => return Err(self.explain(connection, error).await),
        };
        let issued = Issued::for_seconds(
            token.access_token.expose_secret(),
            token.expires_in,
            now(&connection.platform.clock),
        );
        tracing::info!(
            channel_id = self.credentials.channel_id,
            kind = self.kind.name(),
            key_id = token.key_id,
            expires_in_s = token.expires_in,
            "LINE issued an access token"
        );
        Ok(issued)
    }

    /// Whether LINE knows a token as this channel's.
    pub(super) async fn knows(
        &self,
        connection: &Connection,
        token: &SecretString,
    ) -> Result<bool, Error> {
        let request = match self.kind {
            TokenKind::V2_1(_) => request(connection, Operation::VerifyChannelTokenByJwt)
                .query("access_token", Some(token.expose_secret())),
            _ => request(connection, Operation::VerifyChannelToken)
                .form("access_token", token.clone()),
        };
        match request.receive::<Verified>().await {
            Ok(verified) => Ok(verified.client_id == self.credentials.channel_id),
            Err(error) if refuses_credentials(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Makes a token invalid.
    pub(super) async fn revoke(
        &self,
        connection: &Connection,
        token: &SecretString,
    ) -> Result<(), Error> {
        match self.kind {
            TokenKind::ShortLived => {
                let request = request(connection, Operation::RevokeChannelToken);
                request.form("access_token", token.clone()).send().await
            }
            TokenKind::V2_1(_) => {
                let revoke = |secret| {
                    let request = request(connection, Operation::RevokeChannelTokenByJwt);
                    let request = request.form("access_token", token.clone());
                    self.authenticated(request, secret).send()
                };
                self.credentials.with_a_secret(revoke).await
            }
            TokenKind::Stateless | TokenKind::StatelessByKey(_) => Ok(()),
        }
    }

    async fn by_secret(
        &self,
        connection: &Connection,
        operation: Operation,
    ) -> Result<NewToken, Error> {
        let issue = |secret| {
            let request = request(connection, operation);
            let request = request.form("grant_type", "client_credentials");
            self.authenticated(request, secret).receive()
        };
        self.credentials.with_a_secret(issue).await
    }

    async fn by_assertion(
        &self,
        connection: &Connection,
        operation: Operation,
        key: &AssertionKey,
        lifetime: u64,
    ) -> Result<NewToken, Error> {
        let request = request(connection, operation);
        let request = request.form("grant_type", "client_credentials");
        let request = request.form("client_assertion_type", AssertionKey::TYPE);
        let request = request.form(
            "client_assertion",
            self.assertion(connection, key, lifetime)?,
        );
        request.receive().await
    }

    fn assertion(
        &self,
        connection: &Connection,
        key: &AssertionKey,
        token_lifetime: u64,
    ) -> Result<SecretString, Error> {
        let now = now(&connection.platform.clock);
        key.assertion(&self.credentials.channel_id, token_lifetime, now)
    }

    fn authenticated<'a>(&self, request: Request<'a>, secret: &SecretString) -> Request<'a> {
        let request = request.form("client_id", self.credentials.channel_id.as_str());
        request.form("client_secret", secret.clone())
    }

    /// Turns why none was issued into an error that says what to do.
    async fn explain(&self, connection: &Connection, error: Error) -> TokenError {
        if !refuses_credentials(&error) {
            return TokenError::Unavailable(error);
        }
        if let TokenKind::V2_1(key) = &self.kind
            && let Ok(live) = self.live(connection, key).await
            && live >= TOKENS_LIMIT
        {
            let limit = TOKENS_LIMIT;
            return TokenError::TooMany { live, limit };
        }
        TokenError::Refused {
            credentials: self.kind.credentials(),
            source: error,
        }
    }

    /// How many v2.1 tokens are valid.
    async fn live(&self, connection: &Connection, key: &AssertionKey) -> Result<usize, Error> {
        let request = request(connection, Operation::GetsAllValidChannelAccessTokenKeyIds);
        let request = request.query("client_assertion_type", Some(AssertionKey::TYPE));
        let assertion = self.assertion(connection, key, TOKEN_LIFETIME)?;
        let request = request.query("client_assertion", Some(assertion.expose_secret()));
        Ok(request.receive::<KeyIds>().await?.kids.len())
    }
}
