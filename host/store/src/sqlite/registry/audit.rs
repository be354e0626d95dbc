//! A change and its entry in the audit, in one transaction.

use rusqlite::{Connection, params};

use crate::error::StoreError;
use crate::registry::Actor;
use crate::registry::tenants::ProviderId;

/// What was done, for the audit.
pub(crate) struct Change<'a> {
    pub(crate) action: &'static str,
    pub(crate) provider: Option<ProviderId>,
    pub(crate) channel: Option<&'a str>,
    /// Tells no secret.
    pub(crate) detail: String,
}

/// Writes a change down.
pub(crate) fn audited(
    connection: &Connection,
    now: i64,
    actor: &Actor,
    change: &Change<'_>,
) -> Result<(), StoreError> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO audit (at, actor, action, provider, channel, detail)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    insert.execute(params![
        now,
        actor.0,
        change.action,
        change.provider.map(|it| it.0),
        change.channel,
        change.detail,
    ])?;
    Ok(())
}
