//! The entries of one space, in a transaction.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::StoreError;
use crate::key_value::{
    Admit, BUCKET_BYTES, KEY_BYTES, MANY_BYTES, MANY_KEYS, Owner, PAGE_KEYS, Space, Swap, Usage,
    VALUE_BYTES,
};
use crate::sqlite::database::shrink;

/// Finds the entry of an owner, bucket and key, unless it has expired.
const ENTRY: &str = "FROM entries
    WHERE owner = (SELECT id FROM owners WHERE name = ?1) AND bucket = ?2 AND key = ?3
    AND (expires <= ?4) IS NOT TRUE";

/// The entries of one space. Expired entries are on disk, but not among them.
pub(crate) struct Entries<'a> {
    connection: &'a Connection,
    space: &'a Space,
    owner: String,
    now: i64,
}

impl<'a> Entries<'a> {
    pub(crate) fn of(
        space: &'a Space,
        connection: &'a Connection,
        now: i64,
    ) -> Result<Self, StoreError> {
        if space.bucket.len() > BUCKET_BYTES {
            return Err(StoreError::BucketTooLong(space.bucket.len()));
        }
        Ok(Self {
            connection,
            space,
            owner: space.owner.to_string(),
            now,
        })
    }

    pub(crate) fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.find(&format!("SELECT value {ENTRY}"), key)
    }

    pub(crate) fn get_many(
        &self,
        keys: &[String],
        admit: Admit,
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        check_many(keys.len(), 0)?;
        // SQLite knows how long a value is without its pages.
        let length = format!("SELECT octet_length(value) {ENTRY}");
        let mut bytes = 0;
        for key in keys {
            bytes += self.find::<usize>(&length, key)?.unwrap_or(0);
            check_many(keys.len(), bytes)?;
        }
        if !admit(bytes) {
            return Err(StoreError::NotAdmitted(bytes));
        }
        keys.iter().map(|key| self.get(key)).collect()
    }

    pub(crate) fn exists(&self, key: &str) -> Result<bool, StoreError> {
        let found: Option<bool> = self.find(&format!("SELECT TRUE {ENTRY}"), key)?;
        Ok(found.is_some())
    }

    pub(crate) fn keys(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, StoreError> {
        let limit = limit.min(PAGE_KEYS);
        let mut statement = self.connection.prepare_cached(
            "SELECT key FROM entries
             WHERE owner = (SELECT id FROM owners WHERE name = ?1) AND bucket = ?2
             AND key >= ?3 AND key IS NOT ?4
             AND (expires <= ?5) IS NOT TRUE
             ORDER BY key LIMIT ?6",
        )?;
        let first = after.unwrap_or_default();
        let parameters = params![self.owner, self.space.bucket, first, after, self.now, limit];
        let keys = statement.query_map(parameters, |row| row.get(0))?;
        Ok(keys.collect::<Result<_, _>>()?)
    }

    pub(crate) fn set(
        &self,
        key: &str,
        value: &[u8],
        expires: Option<SystemTime>,
    ) -> Result<(), StoreError> {
        self.within_limit(|| self.put(key, value, expires))
    }

    pub(crate) fn set_many(
        &self,
        entries: &[(String, Vec<u8>)],
        expires: Option<SystemTime>,
    ) -> Result<(), StoreError> {
        let bytes = entries.iter().map(|(_, value)| value.len()).sum();
        check_many(entries.len(), bytes)?;
        self.within_limit(|| {
            entries
                .iter()
                .try_for_each(|(key, value)| self.put(key, value, expires))
        })
    }

    pub(crate) fn delete_many(&self, keys: &[String]) -> Result<(), StoreError> {
        check_many(keys.len(), 0)?;
        keys.iter().try_for_each(|key| self.take(key).map(drop))
    }

    pub(crate) fn take(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.find(&format!("DELETE {ENTRY} RETURNING value"), key)
    }

    pub(crate) fn swap(
        &self,
        key: &str,
        expected: Option<&[u8]>,
        new: Option<&[u8]>,
        expires: Option<SystemTime>,
    ) -> Result<Swap, StoreError> {
        let current = self.get(key)?;
        if current.as_deref() != expected {
            return Ok(Swap::Differs(current));
        }
        match new {
            Some(value) => self.set(key, value, expires)?,
            None => drop(self.take(key)?),
        }
        Ok(Swap::Done)
    }

    pub(crate) fn increment(
        &self,
        key: &str,
        delta: i64,
        expires: Option<SystemTime>,
    ) -> Result<i64, StoreError> {
        let number: i64 = match self.get(key)? {
            None => 0,
            Some(value) => str::from_utf8(&value)
                .ok()
                .and_then(|text| text.parse().ok())
                .ok_or(StoreError::NotANumber)?,
        };
        let sum = number.checked_add(delta).ok_or(StoreError::Overflow)?;
        self.set(key, sum.to_string().as_bytes(), expires)?;
        Ok(sum)
    }

    /// What `sql` returns for the [`ENTRY`] of `key`.
    fn find<T: rusqlite::types::FromSql>(
        &self,
        sql: &str,
        key: &str,
    ) -> Result<Option<T>, StoreError> {
        check_key(key)?;
        let mut statement = self.connection.prepare_cached(sql)?;
        let parameters = params![self.owner, self.space.bucket, key, self.now];
        Ok(statement
            .query_row(parameters, |row| row.get(0))
            .optional()?)
    }

    fn put(&self, key: &str, value: &[u8], expires: Option<SystemTime>) -> Result<(), StoreError> {
        check_key(key)?;
        if value.len() > VALUE_BYTES {
            return Err(StoreError::ValueTooLarge(value.len()));
        }
        self.connection
            .prepare_cached("INSERT INTO owners (name) VALUES (?1) ON CONFLICT DO NOTHING")?
            .execute([&self.owner])?;
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO entries (owner, bucket, key, value, expires)
             VALUES ((SELECT id FROM owners WHERE name = ?1), ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET value = excluded.value, expires = excluded.expires",
        )?;
        let bucket = &self.space.bucket;
        statement.execute(params![self.owner, bucket, key, value, expires.map(millis)])?;
        Ok(())
    }

    /// Does `write`. Fails if the owner is beyond its limit then, and the caller undoes it.
    fn within_limit(
        &self,
        write: impl FnOnce() -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Some(limit) = self.space.limit else {
            return write();
        };
        let owner = &self.space.owner;
        let before = held(self.connection, owner)?;
        write()?;
        // An owner whose limit was lowered may still write what takes no more room.
        let is_within = |held: Usage| {
            held.keys <= limit.keys.max(before.keys) && held.bytes <= limit.bytes.max(before.bytes)
        };
        if is_within(held(self.connection, owner)?) {
            return Ok(());
        }
        remove_expired(self.connection, owner, self.now)?;
        let usage = held(self.connection, owner)?;
        if is_within(usage) {
            return Ok(());
        }
        Err(StoreError::LimitReached {
            owner: owner.clone(),
            usage,
            limit,
        })
    }
}

/// Imports the entries of another database, if it has any. They may have been imported before.
pub(crate) fn import(connection: &Connection, old: &Path) -> rusqlite::Result<()> {
    connection.execute("ATTACH ?1 AS old", [old.to_string_lossy()])?;
    let has_any = "SELECT 1 FROM old.sqlite_schema WHERE name = 'entries'";
    if connection.prepare(has_any)?.exists([])? {
        connection.execute_batch(
            "BEGIN IMMEDIATE;
             DELETE FROM entries;
             INSERT INTO owners (name) SELECT name FROM old.owners WHERE TRUE
             ON CONFLICT DO NOTHING;
             INSERT INTO entries (owner, bucket, key, value, expires)
             SELECT owners.id, bucket, key, value, expires
             FROM old.entries JOIN old.owners AS olds ON olds.id = old.entries.owner
             JOIN owners ON owners.name = olds.name;
             COMMIT;",
        )?;
    }
    connection.execute_batch("DETACH old")
}

/// How much `owner` holds.
pub(crate) fn usage(connection: &Connection, owner: &Owner, now: i64) -> Result<Usage, StoreError> {
    let held = held(connection, owner)?;
    let mut expired = connection.prepare_cached(
        "SELECT count(*), coalesce(sum(octet_length(key) + octet_length(value)), 0) FROM entries
         WHERE expires <= ?1 AND owner = (SELECT id FROM owners WHERE name = ?2)",
    )?;
    let (keys, bytes): (u64, u64) = expired.query_row(params![now, owner.to_string()], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(Usage {
        keys: held.keys.saturating_sub(keys),
        bytes: held.bytes.saturating_sub(bytes),
    })
}

fn remove_expired(connection: &Connection, owner: &Owner, now: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "DELETE FROM entries
             WHERE expires <= ?1 AND owner = (SELECT id FROM owners WHERE name = ?2)",
        )?
        .execute(params![now, owner.to_string()])?;
    Ok(())
}

/// Deletes at most [`MANY_KEYS`] entries of `owner`, and the owner with the last of them. Returns how many.
pub(crate) fn purge(connection: &Connection, owner: &Owner) -> Result<usize, StoreError> {
    let owner = owner.to_string();
    let deleted = connection
        .prepare_cached(
            "DELETE FROM entries WHERE rowid IN (
                SELECT rowid FROM entries
                WHERE owner = (SELECT id FROM owners WHERE name = ?1) LIMIT ?2
             )",
        )?
        .execute(params![owner, MANY_KEYS])?;
    if deleted == 0 {
        connection
            .prepare_cached("DELETE FROM owners WHERE name = ?1")?
            .execute([owner])?;
    }
    shrink(connection)?;
    Ok(deleted)
}

/// How much `owner` holds, with the expired entries that are still on disk.
fn held(connection: &Connection, owner: &Owner) -> Result<Usage, StoreError> {
    let usage = connection
        .prepare_cached("SELECT keys, bytes FROM owners WHERE name = ?1")?
        .query_row([owner.to_string()], |row| {
            Ok(Usage {
                keys: row.get(0)?,
                bytes: row.get(1)?,
            })
        })
        .optional()?;
    Ok(usage.unwrap_or_default())
}

/// Removes some expired entries: at least as many as the `changes` of the same transaction can have
/// added, so that they never heap up.
pub(crate) fn sweep(connection: &Connection, changes: u64, now: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "DELETE FROM entries
             WHERE rowid IN (SELECT rowid FROM entries WHERE expires <= ?1 LIMIT ?2)",
        )?
        .execute(params![now, changes + 1])?;
    Ok(())
}

/// Milliseconds since 1970. A time that is beyond the numbers is the nearest of them.
fn millis(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |duration| {
        duration.as_millis().try_into().unwrap_or(i64::MAX)
    })
}

fn check_key(key: &str) -> Result<(), StoreError> {
    if key.len() > KEY_BYTES {
        return Err(StoreError::KeyTooLong(key.len()));
    }
    Ok(())
}

fn check_many(keys: usize, bytes: usize) -> Result<(), StoreError> {
    if keys > MANY_KEYS {
        return Err(StoreError::TooManyKeys(keys));
    }
    if bytes > MANY_BYTES {
        return Err(StoreError::TooManyBytes);
    }
    Ok(())
}
