//! The signed exchange with the service: a browser that agreed to link goes to the service's login
//! and comes back with the account that logged in.
//!
//! The state that goes along is the digest of a secret in the browser's cookie. So the answer is valid in
//! that browser only, and nobody can end in it what they began in another one.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use botbox_store::StoreError;
use form_urlencoded::Serializer;
use ring::hmac;
use secrecy::ExposeSecret;
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::AccountLinks;
use super::completion::Nonce;
use crate::random::{NoRandom, digest, random};

/// How long a user may take to log in: 10 minutes.
pub(crate) const SESSION_TIME: Duration = Duration::from_secs(600);

/// The longest account: 255 bytes. Ids and mail addresses are shorter.
const ACCOUNT_LENGTH: usize = 255;

/// A session that has begun.
pub(crate) struct Session {
    /// For the browser's cookie.
    pub(crate) secret: String,
    /// The service's login, with the state.
    pub(crate) login_url: String,
}

/// What the service sends back by the browser.
#[derive(Deserialize)]
pub(crate) struct LoggedIn {
    pub(crate) state: String,
    pub(crate) account: String,
    /// HMAC-SHA256 of `state.account` by the shared secret, in base64url without padding.
    pub(crate) signature: String,
}

/// Why linking does not go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LinkError {
    #[error("the ticket or the state is unknown, used or expired")]
    Stale,
    #[error("the browser is not the one that began")]
    OtherBrowser,
    #[error("the service's answer has not its signature: compare the secrets of both")]
    WrongSignature,
    #[error("the account has {0} bytes; the service must give 1 to {ACCOUNT_LENGTH}")]
    AccountLength(usize),
    #[error("LINE issued no link token")]
    NoLinkToken(#[source] botbox_line::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    NoRandom(#[from] NoRandom),
}

impl AccountLinks {
    /// Whether the ticket can still be used.
    pub(crate) async fn has_ticket(&self, ticket: &str) -> Result<bool, StoreError> {
        self.store.exists(&self.tickets, &digest(ticket)).await
    }

    /// Uses a ticket up and begins a session for its user.
    pub(crate) async fn begin(&self, ticket: &str) -> Result<Session, LinkError> {
        let user = self.store.take(&self.tickets, &digest(ticket)).await?;
        let user = user.ok_or(LinkError::Stale)?;
        let secret = random()?;
        let state = digest(&secret);
        let expires = Some(self.expires_in(SESSION_TIME));
        self.store
            .set(&self.sessions, &digest(&state), user, expires)
            .await?;
        let login_url = &self.service.login_url;
        let joint = if login_url.contains('?') { '&' } else { '?' };
        Ok(Session {
            secret,
            login_url: format!("{login_url}{joint}state={state}"),
        })
    }

    /// Ends the session of the browser with this secret. Returns where LINE asks the user.
    pub(crate) async fn finish(&self, answer: LoggedIn, secret: &str) -> Result<String, LinkError> {
        let state = digest(secret);
        if !bool::from(state.as_bytes().ct_eq(answer.state.as_bytes())) {
            return Err(LinkError::OtherBrowser);
        }
        self.check_signature(&answer)?;
        let length = answer.account.len();
        if !(1..=ACCOUNT_LENGTH).contains(&length) {
            return Err(LinkError::AccountLength(length));
        }
        let user = self.store.take(&self.sessions, &digest(&state)).await?;
        let user = user.and_then(|user| String::from_utf8(user).ok());
        let user = user.ok_or(LinkError::Stale)?;
        let link_token = self
            .client
            .issue_link_token(&user)
            .await
            .map_err(LinkError::NoLinkToken)?;
        let nonce = random()?;
        self.keep_nonce(&nonce, Nonce::new(user, answer.account))
            .await?;
        let query = Serializer::new(String::new())
            .append_pair("linkToken", link_token.expose_secret())
            .append_pair("nonce", &nonce)
            .finish();
        Ok(format!("{}?{query}", self.dialog_url))
    }

    pub(super) fn check_signature(&self, answer: &LoggedIn) -> Result<(), LinkError> {
        let secret = self.service.secret.expose_secret();
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let signed = format!("{}.{}", answer.state, answer.account);
        let signature = BASE64_URL_SAFE_NO_PAD.decode(&answer.signature);
        signature
            .ok()
            .and_then(|it| hmac::verify(&key, signed.as_bytes(), &it).ok())
            .ok_or(LinkError::WrongSignature)
    }
}
