//! Connections to a database, and their settings.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::schema::{self, Steps};
use crate::sqlite::open_error::OpenError;

/// How long the store waits for another program that holds the database, such as a backup: 5 s.
const BUSY: Duration = Duration::from_secs(5);

/// The settings of a connection. What is committed is on disk. A failing disk is an error of a call, and
/// not a signal that ends the host, as it would be with memory maps. The store checkpoints the log
/// itself. Nothing goes to the system's folder for temporary files, which may be missing, full, or
/// somebody else's.
///
/// What is deleted is overwritten with zeros where that costs no further write, so that an unsent message
/// does not stay in the file. The pages of large values are not overwritten: each change would be
/// written twice.
const SETTINGS: &str = "
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA mmap_size = 0;
    PRAGMA secure_delete = FAST;
";

/// The settings of the file, before it has any table: free pages can be given back to the file system
/// in small steps.
const FILE_SETTINGS: &str = "
    PRAGMA auto_vacuum = INCREMENTAL;
    PRAGMA journal_mode = WAL;
";

/// How many prepared statements are kept: 128, more than there are.
const STATEMENTS: usize = 128;

/// A connection that writes. The file is there already. SQLite guards nothing, because no threads share
/// a connection.
pub(crate) fn connect(database: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    connection.busy_timeout(BUSY)?;
    Ok(connection)
}

/// A connection that only reads.
pub(crate) fn connect_reader(database: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    connection.busy_timeout(BUSY)?;
    set_up(&connection)?;
    Ok(connection)
}

/// Opens a database to write it. Its file is set up if it is empty. Fails, and changes nothing, if the
/// database is newer than these steps.
pub(crate) fn open(path: &Path, steps: &Steps) -> Result<Connection, OpenError> {
    let failed = OpenError::of_database(path);
    let connection = connect(path).map_err(&failed)?;
    schema::check(&connection, steps, path)?;
    connection.execute_batch(FILE_SETTINGS).map_err(&failed)?;
    set_up(&connection).map_err(&failed)?;
    Ok(connection)
}

/// Sets up a connection.
pub(crate) fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(SETTINGS)?;
    // Without this, SQLite plans a statement anew when its parameters change: a third of its time.
    let stable = DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG;
    connection.set_db_config(stable, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

/// How many pages are given back at a time: 4 MiB.
const STEP: i64 = 1024;

/// How many pages may be free before some are given back: 16 MiB.
const MANY: i64 = 4096;

/// Gives some free pages back to the file system, in a transaction, if they are many and a quarter of
/// the file.
pub(crate) fn shrink(connection: &Connection) -> rusqlite::Result<()> {
    let count = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get(0));
    let free: i64 = count("freelist_count")?;
    if free < MANY || free < count("page_count")? / 4 {
        return Ok(());
    }
    let mut vacuum = connection.prepare(&format!("PRAGMA incremental_vacuum({STEP})"))?;
    let mut given = vacuum.query([])?;
    // Each row is a page.
    while given.next()?.is_some() {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::database::VALUES;

    /// Each setting of a connection that reads is that of the one that writes.
    #[test]
    fn readers_have_the_writers_settings() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("database");
        std::fs::write(&path, "").unwrap();
        let writer = open(&path, &VALUES).unwrap();
        let reader = connect_reader(&path).unwrap();
        let names = SETTINGS.lines().filter_map(|line| {
            let setting = line.trim().strip_prefix("PRAGMA ")?;
            Some(setting.split_once(" = ")?.0)
        });
        let names: Vec<_> = names.collect();
        assert!(
            names.contains(&"synchronous") && names.len() > 5,
            "{names:?}"
        );
        for name in names.into_iter().chain(["busy_timeout", "journal_mode"]) {
            let value = |connection: &Connection| {
                connection
                    .pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))
                    .unwrap()
            };
            assert_eq!(value(&reader), value(&writer), "{name}");
        }
        let stable = DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG;
        assert!(reader.db_config(stable).unwrap());
        let refused = reader.execute_batch("CREATE TABLE a (b)").unwrap_err();
        assert!(refused.to_string().contains("readonly"), "{refused}");
    }
}
