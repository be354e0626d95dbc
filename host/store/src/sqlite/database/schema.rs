//! The tables of the databases, by version.
//!
//! The upgrade is ours, because `rusqlite_migration` follows rusqlite late and would hold back SQLite: its
//! 2.6 wants rusqlite 0.40.

use std::path::Path;

use rusqlite::Connection;

use crate::sqlite::open_error::OpenError;

/// The steps of an upgrade, each from one version to the next. A released step is never changed.
pub(crate) type Steps = [&'static str];

/// The journal.
pub(crate) const JOURNAL: [&str; 8] = [
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
    include_str!("schema/6.sql"),
    include_str!("schema/7.sql"),
    include_str!("schema/8.sql"),
];

/// The logs of channels.
pub(crate) const LOGS: [&str; 2] = [
    include_str!("schema/logs/1.sql"),
    include_str!("schema/logs/2.sql"),
];

/// The entries of key-value.
pub(crate) const VALUES: [&str; 1] = [include_str!("schema/1.sql")];

/// What the host serves.
pub(crate) const REGISTRY: [&str; 3] = [
    include_str!("schema/registry/1.sql"),
    include_str!("schema/registry/2.sql"),
    include_str!("schema/registry/3.sql"),
];

/// Fails if the database is newer than this program.
pub(crate) fn check(
    connection: &Connection,
    steps: &Steps,
    database: &Path,
) -> Result<(), OpenError> {
    let found = version(connection).map_err(OpenError::of_database(database))?;
    let known = steps.len() as i64;
    if found > known {
        return Err(OpenError::Newer {
            database: database.to_owned(),
            found,
            known,
        });
    }
    Ok(())
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Upgrades a database to the newest version, or changes nothing.
pub(crate) fn upgrade(connection: &mut Connection, steps: &Steps) -> rusqlite::Result<()> {
    let found = version(connection)?;
    let transaction = connection.transaction()?;
    for (version, step) in (1..).zip(steps) {
        if version > found {
            transaction.execute_batch(step)?;
            transaction.pragma_update(None, "user_version", version)?;
        }
    }
    transaction.commit()
}
