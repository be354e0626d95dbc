//! The databases' tables, by version.

use std::path::Path;

use rusqlite::Connection;

use super::OpenError;

/// Each takes a database from the version before to the next one. One that was released is never
/// changed.
pub(super) type Steps = [&'static str];

/// The journal, and what else is of channels.
pub(super) const JOURNAL: [&str; 4] = [
    include_str!("1.sql"),
    include_str!("2.sql"),
    include_str!("3.sql"),
    include_str!("4.sql"),
];

/// The entries of key-value.
pub(super) const VALUES: [&str; 1] = [include_str!("1.sql")];

/// Fails if the database is newer than this program.
pub(super) fn check(
    connection: &Connection,
    steps: &Steps,
    database: &Path,
) -> Result<(), OpenError> {
    let found = version(connection).map_err(|error| OpenError::Database {
        database: database.to_owned(),
        source: error.into(),
    })?;
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

/// Takes a database from its version to the newest one, or changes nothing.
pub(super) fn upgrade(connection: &mut Connection, steps: &Steps) -> rusqlite::Result<()> {
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
