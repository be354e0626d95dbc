//! Tokens that outlive the process: LINE asks not to issue them more often than needed.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::issued::Issued;

/// Why a token can't be loaded or saved.
pub type StorageError = Box<dyn Error + Send + Sync>;

/// What a storage returns, when it has worked.
pub type StorageFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StorageError>> + Send + 'a>>;

/// Keeps what is known of one channel's tokens, as a text that is secret.
pub trait TokenStorage: Send + Sync {
    /// What was saved last, if anything.
    fn load(&self) -> StorageFuture<'_, Option<SecretString>>;

    /// Replaces what was saved.
    fn save(&self, token: SecretString) -> StorageFuture<'_, ()>;
}

/// What is kept of a channel's tokens.
#[derive(Default)]
pub(super) struct Record {
    /// The one to use.
    pub(super) current: Option<Issued>,
    /// Whether LINE was asked for another one, which is not kept yet. After a crash nobody knows that one.
    pub(super) is_issuing: bool,
    /// The token that `current` has replaced, until it is revoked.
    pub(super) replaced: Option<Arc<SecretString>>,
}

/// A [`Record`] as JSON.
#[derive(Serialize, Deserialize)]
struct Json<'a> {
    kind: &'a str,
    token: Option<&'a str>,
    renew_at: u64,
    expires_at: u64,
    #[serde(default)]
    is_issuing: bool,
    replaced: Option<&'a str>,
}

pub(super) fn write(kind: &str, record: &Record) -> Result<SecretString, serde_json::Error> {
    let current = record.current.as_ref();
    let json = Json {
        kind,
        token: current.map(|it| it.secret.expose_secret()),
        renew_at: current.map_or(0, |it| it.renew_at),
        expires_at: current.map_or(0, |it| it.expires_at),
        is_issuing: record.is_issuing,
        replaced: record.replaced.as_ref().map(|it| it.expose_secret()),
    };
    Ok(serde_json::to_string(&json)?.into())
}

/// Reads a record; nothing when its tokens are of another kind.
pub(super) fn read(kind: &str, text: &SecretString) -> Result<Option<Record>, serde_json::Error> {
    let json: Json<'_> = serde_json::from_str(text.expose_secret())?;
    let current = json.token;
    let record = Record {
        current: current.map(|token| Issued::new(token, json.renew_at, json.expires_at)),
        is_issuing: json.is_issuing,
        replaced: json.replaced.map(|it| Arc::new(it.into())),
    };
    Ok((json.kind == kind).then_some(record))
}
