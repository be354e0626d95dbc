//! Tokens that outlive the process: LINE asks not to issue them more often than needed.

use std::error::Error;
use std::pin::Pin;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::keeper::Issued;

/// Why a token can't be loaded or saved.
pub type StorageError = Box<dyn Error + Send + Sync>;

/// What a storage will answer.
pub type StorageAnswer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StorageError>> + Send + 'a>>;

/// Keeps the last token of one channel. What is kept is a text, and a secret.
pub trait TokenStorage: Send + Sync {
    /// What was saved last, if anything.
    fn load(&self) -> StorageAnswer<'_, Option<SecretString>>;

    /// Keeps this instead of what was there.
    fn save(&self, token: SecretString) -> StorageAnswer<'_, ()>;
}

/// A token as it is kept.
#[derive(Serialize, Deserialize)]
struct Record<'a> {
    kind: &'a str,
    token: &'a str,
    renew_at: u64,
    expires_at: u64,
}

pub(super) fn write(kind: &str, token: &Issued) -> Result<SecretString, serde_json::Error> {
    let record = Record {
        kind,
        token: token.secret.expose_secret(),
        renew_at: token.renew_at,
        expires_at: token.expires_at,
    };
    Ok(serde_json::to_string(&record)?.into())
}

/// Nothing when it is a token of another kind.
pub(super) fn read(kind: &str, text: &SecretString) -> Result<Option<Issued>, serde_json::Error> {
    let record: Record<'_> = serde_json::from_str(text.expose_secret())?;
    Ok(
        (record.kind == kind)
            .then(|| Issued::new(record.token, record.renew_at, record.expires_at)),
    )
}
