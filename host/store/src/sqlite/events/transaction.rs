//! The events, in a transaction.

use rusqlite::{Connection, OptionalExtension};

use super::held::Held;
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

impl<'a> Events<'a> {
    pub(crate) fn new(connection: &'a Connection, volatile: &'a mut Volatile) -> Self {
        let now = volatile.times.steady();
        Self {
            connection,
            volatile,
            now,
        }
    }

    /// Makes a channel's row.
    pub(super) fn add_channel(&self, name: &str) -> Result<i64, StoreError> {
        self.connection
            .prepare_cached("INSERT INTO channels (name) VALUES (?1)")?
            .execute([name])?;
        Ok(self.connection.last_insert_rowid())
    }

    /// The row of a channel that is there, and what the channel has.
    pub(super) fn known_held(&self, name: &str) -> Result<Option<(i64, Held)>, StoreError> {
        let mut found = self.connection.prepare_cached(
            "SELECT waiting + packed, waiting_bytes + packed_bytes, packed, kept_bytes, id
             FROM channels WHERE name = ?1",
        )?;
        let found = found.query_row([name], |row| Ok((row.get(4)?, Held::of(row)?)));
        Ok(found.optional()?)
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
        Ok(found.query_row([channel], Held::of)?)
    }
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
