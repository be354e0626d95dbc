//! The events, in a transaction.

use rusqlite::{Connection, OptionalExtension, Row};

use super::volatile::Volatile;
use crate::error::StoreError;
use crate::journal::EventState;

/// The events, in a transaction, with what the process knows of them.
pub(crate) struct Events<'a> {
    pub(super) connection: &'a Connection,
    pub(super) volatile: &'a mut Volatile,
    /// The steady time of this step.
    pub(super) now: i64,
}

/// What a channel has.
#[derive(Default)]
pub(super) struct Held {
    pub(super) waiting: u64,
    pub(super) waiting_bytes: u64,
    /// Of these, what is in packs.
    pub(super) packed: u64,
    pub(super) kept_bytes: u64,
}

impl<'a> Events<'a> {
    pub(crate) fn new(connection: &'a Connection, volatile: &'a mut Volatile) -> Self {
        let now = volatile.times.steady();
        Self {
            connection,
            volatile,
            now,
        }
    }

    /// The row of a channel, which is made if it is not there, and what the channel has.
    pub(super) fn channel(&self, name: &str) -> Result<(i64, Held), StoreError> {
        let mut found = self.connection.prepare_cached(
            "SELECT waiting + packed, waiting_bytes + packed_bytes, packed, kept_bytes, id
             FROM channels WHERE name = ?1",
        )?;
        let found = found.query_row([name], |row| Ok((row.get(4)?, held(row)?)));
        if let Some(found) = found.optional()? {
            return Ok(found);
        }
        self.connection
            .prepare_cached("INSERT INTO channels (name) VALUES (?1)")?
            .execute([name])?;
        Ok((self.connection.last_insert_rowid(), Held::default()))
    }

    pub(super) fn known_channel(&self, name: &str) -> Result<Option<i64>, StoreError> {
        let mut found = self
            .connection
            .prepare_cached("SELECT id FROM channels WHERE name = ?1")?;
        Ok(found.query_row([name], |row| row.get(0)).optional()?)
    }

    pub(super) fn held(&self, channel: i64) -> Result<Held, StoreError> {
        let mut found = self.connection.prepare_cached(
            "SELECT waiting + packed, waiting_bytes + packed_bytes, packed, kept_bytes
             FROM channels WHERE id = ?1",
        )?;
        Ok(found.query_row([channel], held)?)
    }
}

fn held(row: &Row<'_>) -> rusqlite::Result<Held> {
    Ok(Held {
        waiting: row.get(0)?,
        waiting_bytes: row.get(1)?,
        packed: row.get(2)?,
        kept_bytes: row.get(3)?,
    })
}

impl EventState {
    /// As the table has it.
    pub(super) fn code(self) -> i64 {
        match self {
            Self::Waiting => 0,
            Self::Handled => 1,
            Self::Dead => 2,
            Self::Unsent => 3,
            Self::Discarded => 4,
        }
    }

    pub(super) fn of(code: i64) -> Option<Self> {
        let states = [
            Self::Waiting,
            Self::Handled,
            Self::Dead,
            Self::Unsent,
            Self::Discarded,
        ];
        states.into_iter().find(|state| state.code() == code)
    }
}
