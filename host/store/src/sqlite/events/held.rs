//! What a channel has in the journal, as its row says.

use rusqlite::Row;

/// What a channel has.
#[derive(Default)]
pub(super) struct Held {
    pub(super) waiting: u64,
    pub(super) waiting_bytes: u64,
    /// Of these, what is in packs.
    pub(super) packed: u64,
    pub(super) kept_bytes: u64,
}

impl Held {
    pub(super) fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            waiting: row.get(0)?,
            waiting_bytes: row.get(1)?,
            packed: row.get(2)?,
            kept_bytes: row.get(3)?,
        })
    }
}
