//! The rows of the registry's tables.

use rusqlite::{Connection, OptionalExtension, Params, Row};

use crate::error::StoreError;
use crate::registry::Revision;
use crate::registry::access::{TokenId, TokenRecord};
use crate::registry::deployments::{Canary, DeploymentRecord, PluginRecord, Traffic};
use crate::registry::error::RegistryError;
use crate::registry::tenants::{
    ChannelId, ChannelRecord, Origin, Provider, ProviderId, SealedSecret,
};

/// The columns of a [`provider`].
pub(crate) const PROVIDER: &str = "id, name, settings, created, revision";

pub(crate) fn provider(row: &Row<'_>) -> rusqlite::Result<Provider> {
    Ok(Provider {
        id: ProviderId(row.get(0)?),
        name: row.get(1)?,
        settings: row.get(2)?,
        created: row.get(3)?,
        revision: row.get(4)?,
    })
}

/// The columns of a [`channel`].
pub(crate) const CHANNEL: &str = "id, name, provider, origin, settings, created, revision, deleted";

pub(crate) fn channel(row: &Row<'_>) -> rusqlite::Result<ChannelRecord> {
    let origin: i64 = row.get(3)?;
    Ok(ChannelRecord {
        id: ChannelId(row.get(0)?),
        name: row.get(1)?,
        provider: ProviderId(row.get(2)?),
        origin: if origin == 0 {
            Origin::File
        } else {
            Origin::Api
        },
        settings: row.get(4)?,
        created: row.get(5)?,
        revision: row.get(6)?,
        is_deleted: row.get(7)?,
    })
}

/// The columns of a [`secret`].
pub(crate) const SECRET: &str = r#"channel, name, sealed, "set""#;

/// A secret, and whose it is.
pub(crate) fn secret(row: &Row<'_>) -> rusqlite::Result<(ChannelId, SealedSecret)> {
    let secret = SealedSecret {
        name: row.get(1)?,
        sealed: row.get(2)?,
        set: row.get(3)?,
    };
    Ok((ChannelId(row.get(0)?), secret))
}

/// A plugin, of its digest, size, details, who brought it and when.
pub(crate) fn plugin(row: &Row<'_>) -> rusqlite::Result<PluginRecord> {
    Ok(PluginRecord {
        digest: row.get(0)?,
        size: row.get(1)?,
        details: row.get(2)?,
        uploaded_by: row.get(3)?,
        uploaded: row.get(4)?,
    })
}

/// The columns of a [`deployment`].
pub(crate) const DEPLOYMENT: &str = "number, digest, document, created_by, created";

pub(crate) fn deployment(row: &Row<'_>) -> rusqlite::Result<DeploymentRecord> {
    deployment_at(row, 0)
}

/// A deployment whose columns begin at this one of a row.
pub(crate) fn deployment_at(row: &Row<'_>, first: usize) -> rusqlite::Result<DeploymentRecord> {
    Ok(DeploymentRecord {
        number: row.get(first)?,
        digest: row.get(first + 1)?,
        document: row.get(first + 2)?,
        created_by: row.get(first + 3)?,
        created: row.get(first + 4)?,
    })
}

/// Columns with the name of their table, for queries over several.
pub(crate) fn columns_of(table: &str, columns: &str) -> String {
    let columns = columns.split(", ").map(|it| format!("{table}.{it}"));
    columns.collect::<Vec<_>>().join(", ")
}

/// The columns of [`traffic`].
pub(crate) const TRAFFIC: &str =
    "revision, stable, canary, percent, pinned, reason, switched_by, at, aborted";

pub(crate) fn traffic(row: &Row<'_>) -> rusqlite::Result<Traffic> {
    let canary: Option<(i64, u8)> = Option::zip(row.get(2)?, row.get(3)?);
    Ok(Traffic {
        revision: row.get(0)?,
        stable: row.get(1)?,
        canary: canary.map(|(deployment, percent)| Canary {
            deployment,
            percent,
        }),
        is_pinned: row.get(4)?,
        reason: row.get(5)?,
        by: row.get(6)?,
        at: row.get(7)?,
        aborted: row.get(8)?,
    })
}

/// The columns of a [`token`].
pub(crate) const TOKEN: &str = "id, name, provider, role, created, expires";

pub(crate) fn token(row: &Row<'_>) -> rusqlite::Result<TokenRecord> {
    Ok(TokenRecord {
        id: TokenId(row.get(0)?),
        name: row.get(1)?,
        provider: row.get::<_, Option<i64>>(2)?.map(ProviderId),
        role: row.get(3)?,
        created: row.get(4)?,
        expires: row.get(5)?,
    })
}

pub(crate) fn provider_by_id(
    connection: &Connection,
    id: ProviderId,
) -> Result<Provider, StoreError> {
    let sql = format!("SELECT {PROVIDER} FROM providers WHERE id = ?1");
    let found = connection
        .prepare_cached(&sql)?
        .query_row([id.0], provider)
        .optional()?;
    found.ok_or_else(|| not_found("provider", id.0))
}

/// A channel that is not being deleted.
pub(crate) fn channel_by_id(
    connection: &Connection,
    id: ChannelId,
) -> Result<ChannelRecord, StoreError> {
    let sql = format!("SELECT {CHANNEL} FROM channels WHERE id = ?1 AND NOT deleted");
    let found = connection
        .prepare_cached(&sql)?
        .query_row([id.0], channel)
        .optional()?;
    found.ok_or_else(|| not_found("channel", id.0))
}

/// Whether a query finds a row.
pub(crate) fn is_there(
    connection: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached(sql)?.exists(params)?)
}

pub(crate) fn not_found(kind: &'static str, name: impl ToString) -> StoreError {
    let name = name.to_string();
    RegistryError::NotFound { kind, name }.into()
}

/// Fails if somebody else has changed what the caller knows.
pub(crate) fn check_revision(
    expected: Option<Revision>,
    current: Revision,
) -> Result<(), StoreError> {
    match expected {
        Some(expected) if expected != current => {
            Err(RegistryError::Stale { expected, current }.into())
        }
        _ => Ok(()),
    }
}
