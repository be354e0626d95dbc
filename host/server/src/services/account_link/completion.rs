//! The end of a link: LINE's event brings the nonce back.

use std::time::Duration;

use botbox_line::webhook::{Event, EventKind, Source};
use botbox_store::StoreError;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::AccountLinks;
use crate::random::digest;

/// How long a nonce is known: a day. The user has 10 minutes at LINE's dialog; LINE sends a webhook
/// again for longer, when the host was away.
const NONCE_TIME: Duration = Duration::from_secs(24 * 3_600);

/// What a nonce stands for.
#[derive(Deserialize, Serialize)]
pub(super) struct Nonce {
    user: String,
    account: String,
    outcome: Outcome,
}

/// What came of a nonce. It is kept, so that an event that LINE sends again has the same outcome.
#[derive(Clone, Copy, Deserialize, Eq, PartialEq, Serialize)]
enum Outcome {
    Waiting,
    Linked,
    Refused,
}

impl Nonce {
    pub(super) fn new(user: String, account: String) -> Self {
        Self {
            user,
            account,
            outcome: Outcome::Waiting,
        }
    }
}

/// Why an event of a link can't be completed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompletionError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the store has a nonce that can't be read")]
    Unreadable(#[from] serde_json::Error),
}

impl AccountLinks {
    pub(super) async fn keep_nonce(&self, nonce: &str, meaning: Nonce) -> Result<(), StoreError> {
        self.set_nonce(&digest(nonce), &meaning).await
    }

    /// Of an event that ends a link, keeps the link, and puts the account into the place of the
    /// nonce. Events with a nonce that is not the host's stay as they are: the bot links on its own.
    pub(crate) async fn complete(&self, event: &mut Event) -> Result<(), CompletionError> {
        let EventKind::AccountLink(link) = &event.kind else {
            return Ok(());
        };
        let Some(nonce) = &link.nonce else {
            return Ok(());
        };
        let key = digest(nonce.expose_secret());
        let Some(json) = self.store.get(&self.nonces, &key).await? else {
            return Ok(());
        };
        let mut nonce: Nonce = serde_json::from_slice(&json)?;
        let is_users = link.is_linked && user_id(event) == Some(&nonce.user);
        if nonce.outcome == Outcome::Waiting {
            if link.is_linked && !is_users {
                tracing::warn!("refused an account link: LINE linked another user than was asked");
            }
            // The account first: between the two writes, the event can come again.
            if is_users {
                let account = nonce.account.clone().into();
                self.store
                    .set(&self.accounts, &nonce.user, account, None)
                    .await?;
            }
            nonce.outcome = if is_users {
                Outcome::Linked
            } else {
                Outcome::Refused
            };
            self.set_nonce(&key, &nonce).await?;
        }
        let is_linked = is_users && nonce.outcome == Outcome::Linked;
        event.settle_link(is_linked.then_some(nonce.account));
        Ok(())
    }

    async fn set_nonce(&self, key: &str, nonce: &Nonce) -> Result<(), StoreError> {
        // Two texts and a word can't fail to be JSON.
        let json = serde_json::to_vec(nonce).unwrap_or_default();
        let expires = Some(self.expires_in(NONCE_TIME));
        self.store.set(&self.nonces, key, json, expires).await
    }
}

/// The user in whose chat it happened.
fn user_id(event: &Event) -> Option<&String> {
    match event.source.as_ref()? {
        Source::User { user_id } => user_id.as_ref(),
        _ => None,
    }
}
