//! Who may do what with the registry, and who did what.

use super::Actor;
use super::tenants::ProviderId;
use crate::error::StoreFuture;

/// The most entries of one page: 1,000.
pub const PAGE_AUDIT: usize = 1_000;

/// Names a token. Never given again.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct TokenId(pub i64);

/// A token of the admin API, which is kept as a digest only.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TokenRecord {
    /// Its id.
    pub id: TokenId,
    /// What operators call it. Its changes are in the audit under this name.
    pub name: String,
    /// The provider that it is for, or the host.
    pub provider: Option<ProviderId>,
    /// What it allows, in the caller's words.
    pub role: String,
    /// When it was made, in milliseconds since the Unix epoch.
    pub created: i64,
    /// When it expires, in milliseconds since the Unix epoch.
    pub expires: Option<i64>,
}

/// A token that is to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// The SHA-256 of the token.
    pub digest: Vec<u8>,
    /// What operators call it.
    pub name: String,
    /// The provider that it is for, or the host.
    pub provider: Option<ProviderId>,
    /// What it allows, in the caller's words.
    pub role: String,
    /// When it expires, in milliseconds since the Unix epoch.
    pub expires: Option<i64>,
}

/// One change.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuditEntry {
    /// Its place in the audit.
    pub number: i64,
    /// When, in milliseconds since the Unix epoch.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// The provider that it concerns. None: the host.
    pub provider: Option<ProviderId>,
    /// The name of the channel that it concerns.
    pub channel: Option<String>,
    /// What was changed, and to what.
    pub detail: String,
}

/// A change that is not the registry's own, for the audit.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewAuditEntry {
    /// What was done.
    pub action: &'static str,
    /// The provider that it concerns. None: the host.
    pub provider: Option<ProviderId>,
    /// The name of the channel that it concerns.
    pub channel: Option<String>,
    /// What was changed, and to what. Tells no secret.
    pub detail: String,
}

/// Which entries are meant. An absent condition excludes none.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Of this provider.
    pub provider: Option<ProviderId>,
    /// Of the channels of this name.
    pub channel: Option<String>,
}

/// Tokens and the audit. Each call is one atomic step, is durable when it returns, and is in the audit if
/// it has changed anything. A call that fails has changed nothing.
pub trait Access: Send + Sync {
    /// Makes a token.
    fn add_token(&self, actor: Actor, token: NewToken) -> StoreFuture<'_, TokenRecord>;

    /// All tokens with the SHA-256 of each, by id.
    fn tokens(&self) -> StoreFuture<'_, Vec<(Vec<u8>, TokenRecord)>>;

    /// Revokes a token.
    fn revoke_token(&self, actor: Actor, id: TokenId) -> StoreFuture<'_, ()>;

    /// Writes down a change that was made elsewhere: in the journal, among values, or at LINE.
    fn add_to_audit(&self, actor: Actor, entry: NewAuditEntry) -> StoreFuture<'_, ()>;

    /// The newest entries before a number, newest first: at most `limit`, or [`PAGE_AUDIT`] if that is
    /// less.
    fn audit(
        &self,
        filter: AuditFilter,
        before: Option<i64>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<AuditEntry>>;
}
