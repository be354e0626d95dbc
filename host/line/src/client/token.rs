//! The channel access token (LINE documentation, "Channel access token").
//!
//! A [`Token`] is what requests carry. A long-lived one comes from the LINE Developers Console. The
//! others are issued: by an [`Issuer`], which knows LINE's operations, for a [`Keeper`], which has
//! one at hand at any time.

mod assertion;
mod issued;
mod issuer;
mod keeper;
mod storage;

use std::sync::Arc;

use secrecy::SecretString;
use serde::Serialize;

pub use assertion::{AssertionKey, BadKey};
pub use issuer::{Issuer, TokenKind};
pub use storage::{StorageAnswer, StorageError, TokenStorage};

use super::Connection;
use crate::Error;
use keeper::Keeper;

/// Where a channel's access token comes from.
pub enum TokenSource {
    /// A long-lived token, from the LINE Developers Console.
    LongLived(SecretString),
    /// Tokens that LINE issues on request.
    Issued {
        /// Requests them.
        issuer: Issuer,
        /// Where they outlive the process.
        storage: Arc<dyn TokenStorage>,
    },
}

/// What can be told of a channel's access token.
#[derive(Debug, Serialize)]
pub struct TokenStatus {
    /// `long-lived`, `short-lived`, `stateless` or `v2.1`.
    pub kind: &'static str,
    /// When it expires, in seconds since 1970: nothing while there is none, and of a long-lived
    /// token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<u64>,
}

/// A channel's access token.
#[derive(Clone, Debug)]
pub(super) enum Token {
    LongLived(Arc<SecretString>),
    Issued(Arc<Keeper>),
}

impl Token {
    pub(super) fn new(connection: Arc<Connection>, source: TokenSource) -> Self {
        match source {
            TokenSource::LongLived(token) => Self::LongLived(Arc::new(token)),
            TokenSource::Issued { issuer, storage } => {
                Self::Issued(Arc::new(Keeper::new(connection, issuer, storage)))
            }
        }
    }

    /// The token for a call.
    pub(super) async fn current(&self) -> Result<Arc<SecretString>, Error> {
        match self {
            Self::LongLived(token) => Ok(Arc::clone(token)),
            Self::Issued(keeper) => keeper.current().await.map_err(Error::NoToken),
        }
    }

    /// Whether there will be another token than this, which LINE refused.
    pub(super) fn replaces(&self, refused: &Arc<SecretString>) -> bool {
        match self {
            Self::LongLived(_) => false,
            Self::Issued(keeper) => keeper.replaces(refused),
        }
    }

    pub(super) fn prepare(&self) {
        if let Self::Issued(keeper) = self {
            keeper.prepare();
        }
    }

    pub(super) fn status(&self) -> TokenStatus {
        match self {
            Self::LongLived(_) => TokenStatus {
                kind: "long-lived",
                expires_at: None,
            },
            Self::Issued(keeper) => keeper.status(),
        }
    }
}
