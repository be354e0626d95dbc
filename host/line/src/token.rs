//! The channel access token (LINE documentation, "Channel access token").
//!
//! A `Token` is what requests carry. A long-lived one comes from the LINE Developers Console. The
//! others are issued: by an `Issuer`, which knows LINE's operations, for a `Keeper`, which has
//! one at hand at any time.

mod assertion;
mod issued;
mod issuer;
mod keeper;
mod storage;

use std::sync::Arc;

use secrecy::SecretString;

pub use assertion::{AssertionKey, BadKey};
pub use issuer::{Issuer, TokenKind};
pub use keeper::TokenStatus;
pub use storage::{StorageError, StorageFuture, TokenStorage};

use crate::error::Error;
use crate::transport::{Authorization, Connection};
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

/// A channel's access token.
#[derive(Clone, Debug)]
pub(crate) enum Token {
    LongLived(Arc<SecretString>),
    Issued(Arc<Keeper>),
}

impl Token {
    pub(crate) fn new(connection: Arc<Connection>, source: TokenSource) -> Self {
        match source {
            TokenSource::LongLived(token) => Self::LongLived(Arc::new(token)),
            TokenSource::Issued { issuer, storage } => {
                Self::Issued(Arc::new(Keeper::new(connection, issuer, storage)))
            }
        }
    }

    pub(crate) fn prepare(&self) {
        if let Self::Issued(keeper) = self {
            keeper.prepare();
        }
    }

    pub(crate) fn status(&self) -> TokenStatus {
        match self {
            Self::LongLived(_) => TokenStatus {
                kind: "long-lived",
                expires_at: None,
            },
            Self::Issued(keeper) => keeper.status(),
        }
    }
}

impl Authorization for Token {
    async fn token(&self) -> Result<Option<Arc<SecretString>>, Error> {
        match self {
            Self::LongLived(token) => Ok(Some(Arc::clone(token))),
            Self::Issued(keeper) => keeper.current().await.map(Some).map_err(Error::NoToken),
        }
    }

    fn replaces(&self, refused: &Arc<SecretString>) -> bool {
        match self {
            Self::LongLived(_) => false,
            Self::Issued(keeper) => keeper.replaces(refused),
        }
    }
}
