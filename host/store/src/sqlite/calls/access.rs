//! [`Access`].

use rusqlite::{OptionalExtension, params};

use crate::error::StoreFuture;
use crate::registry::Actor;
use crate::registry::access::{
    Access, AuditEntry, AuditFilter, NewAuditEntry, NewToken, PAGE_AUDIT, TokenId, TokenRecord,
};
use crate::registry::error::RegistryError;
use crate::registry::tenants::ProviderId;
use crate::sqlite::registry::{Change, TOKEN, audited, is_there, not_found, provider_by_id, token};
use crate::sqlite::store::Sqlite;

impl Access for Sqlite {
    fn add_token(&self, actor: Actor, new: NewToken) -> StoreFuture<'_, TokenRecord> {
        self.registry.write(move |connection, now| {
            let NewToken {
                digest,
                name,
                provider,
                role,
                expires,
            } = new;
            if let Some(provider) = provider {
                provider_by_id(connection, provider)?;
            }
            if is_there(connection, "SELECT 1 FROM tokens WHERE name = ?1", [&name])? {
                let kind = "token";
                return Err(RegistryError::Exists { kind, name }.into());
            }
            let sql = format!(
                "INSERT INTO tokens (digest, name, provider, role, created, expires)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING {TOKEN}"
            );
            let mut insert = connection.prepare_cached(&sql)?;
            let of = provider.map(|it| it.0);
            let added = insert.query_row(params![digest, name, of, role, now, expires], token)?;
            let change = Change {
                action: "token added",
                provider,
                channel: None,
                detail: format!("{name}: {role}"),
            };
            audited(connection, now, &actor, &change)?;
            Ok(added)
        })
    }

    fn tokens(&self) -> StoreFuture<'_, Vec<(Vec<u8>, TokenRecord)>> {
        self.registry.read(|connection| {
            let sql = format!("SELECT {TOKEN}, digest FROM tokens ORDER BY id");
            let mut tokens = connection.prepare_cached(&sql)?;
            let tokens = tokens.query_map([], |row| Ok((row.get(6)?, token(row)?)))?;
            Ok(tokens.collect::<Result<_, _>>()?)
        })
    }

    fn revoke_token(&self, actor: Actor, id: TokenId) -> StoreFuture<'_, ()> {
        self.registry.write(move |connection, now| {
            let sql = format!("DELETE FROM tokens WHERE id = ?1 RETURNING {TOKEN}");
            let mut delete = connection.prepare_cached(&sql)?;
            let revoked = delete.query_row([id.0], token).optional()?;
            let revoked = revoked.ok_or_else(|| not_found("token", id.0))?;
            let change = Change {
                action: "token revoked",
                provider: revoked.provider,
                channel: None,
                detail: revoked.name,
            };
            audited(connection, now, &actor, &change)
        })
    }

    fn add_to_audit(&self, actor: Actor, entry: NewAuditEntry) -> StoreFuture<'_, ()> {
        self.registry.write(move |connection, now| {
            let change = Change {
                action: entry.action,
                provider: entry.provider,
                channel: entry.channel.as_deref(),
                detail: entry.detail,
            };
            audited(connection, now, &actor, &change)
        })
    }

    fn audit(
        &self,
        filter: AuditFilter,
        before: Option<i64>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<AuditEntry>> {
        self.registry.read(move |connection| {
            let mut page = connection.prepare_cached(
                "SELECT number, at, actor, action, provider, channel, detail FROM audit
                 WHERE number < ?1 AND (?2 IS NULL OR provider = ?2)
                 AND (?3 IS NULL OR channel = ?3)
                 ORDER BY number DESC LIMIT ?4",
            )?;
            let values = params![
                before.unwrap_or(i64::MAX),
                filter.provider.map(|it| it.0),
                filter.channel,
                limit.min(PAGE_AUDIT)
            ];
            let page = page.query_map(values, |row| {
                Ok(AuditEntry {
                    number: row.get(0)?,
                    at: row.get(1)?,
                    actor: row.get(2)?,
                    action: row.get(3)?,
                    provider: row.get::<_, Option<i64>>(4)?.map(ProviderId),
                    channel: row.get(5)?,
                    detail: row.get(6)?,
                })
            })?;
            Ok(page.collect::<Result<_, _>>()?)
        })
    }
}
