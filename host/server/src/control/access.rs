//! Who may use the admin API, and for what.

use std::future::pending;

use botbox_clock::Clock;
use botbox_store::{
    Access, Actor, AuditEntry, AuditFilter, NewToken, RegistryError, StoreError, TokenId,
    TokenRecord,
};
use ring::digest::{SHA256, digest};

use super::Control;
use super::caller::{Caller, Role};
use super::error::ControlError;
use super::names::check_name;
use crate::random::random;

/// What a token begins with, so that scanners for leaked secrets know it.
const PREFIX: &str = "botbox_";

/// A new token. It is shown once.
pub(crate) struct IssuedToken {
    pub(crate) token: String,
    pub(crate) record: TokenRecord,
}

impl Control {
    /// Reads the tokens of the registry.
    pub(crate) async fn load_tokens(&self) -> Result<(), StoreError> {
        let all = self.store.tokens().await?.into_iter().collect();
        self.tokens.replace(all);
        Ok(())
    }

    /// Who has a token, unless it is unknown or expired. What is looked up is its digest, so that the
    /// time it takes tells nothing of other tokens.
    pub(crate) fn caller(&self, token: &[u8], clock: &Clock) -> Option<Caller> {
        let digest = digest(&SHA256, token);
        let record = self.tokens.find(digest.as_ref())?;
        if record.expires.is_some_and(|at| at <= clock.now_ms()) {
            return None;
        }
        Some(Caller {
            provider: record.provider,
            role: Role::of(&record.role)?,
            name: record.name,
            token: Some(digest.as_ref().to_vec()),
        })
    }

    /// Waits until a caller's token is revoked or expires. That of the configuration never does.
    pub(crate) async fn token_ended(&self, caller: &Caller, clock: &Clock) {
        match &caller.token {
            Some(digest) => self.tokens.ended(digest, clock).await,
            None => pending().await,
        }
    }

    /// Makes a token for a provider, or for the host.
    pub(crate) async fn add_token(
        &self,
        actor: Actor,
        name: String,
        provider: Option<&str>,
        role: Role,
        expires: Option<i64>,
    ) -> Result<IssuedToken, ControlError> {
        check_name(&name)?;
        let provider = match provider {
            Some(provider) => Some(self.provider(provider).await?.id),
            None => None,
        };
        // 256 bits.
        let random = || random().map_err(|_| ControlError::NoRandom);
        let token = format!("{PREFIX}{}{}", random()?, random()?);
        let new = NewToken {
            digest: digest(&SHA256, token.as_bytes()).as_ref().to_vec(),
            name,
            provider,
            role: role.name().to_owned(),
            expires,
        };
        let record = self.store.add_token(actor, new).await?;
        self.load_tokens().await?;
        Ok(IssuedToken { token, record })
    }

    /// All tokens, by their ids.
    pub(crate) async fn tokens(&self) -> Result<Vec<TokenRecord>, StoreError> {
        let all = self.store.tokens().await?;
        Ok(all.into_iter().map(|(_, record)| record).collect())
    }

    /// Revokes a token, at once.
    pub(crate) async fn revoke_token(&self, actor: Actor, name: &str) -> Result<(), ControlError> {
        let id = self.token_named(name).await?;
        self.store.revoke_token(actor, id).await?;
        Ok(self.load_tokens().await?)
    }

    async fn token_named(&self, name: &str) -> Result<TokenId, ControlError> {
        let mut all = self.tokens().await?.into_iter();
        let found = all.find(|it| it.name == name);
        found.map(|it| it.id).ok_or_else(|| {
            let (kind, name) = ("token", name.to_owned());
            RegistryError::NotFound { kind, name }.into()
        })
    }

    /// A page of the audit, newest first.
    pub(crate) async fn audit(
        &self,
        filter: AuditFilter,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        self.store.audit(filter, before, limit).await
    }
}
