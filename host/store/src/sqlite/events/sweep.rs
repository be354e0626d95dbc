//! What need not be kept any longer is removed.

use rusqlite::params;

use super::times::later;
use super::transaction::Events;
use crate::error::StoreError;
use crate::journal::{DEDUPLICATION, Position, STEP_EVENTS};
use crate::sqlite::database::shrink;

impl Events<'_> {
    /// Removes what need not be kept any longer, of at most [`STEP_EVENTS`] events. Returns of how many.
    pub(crate) fn sweep(&mut self) -> Result<usize, StoreError> {
        let mut due = self.connection.prepare_cached(
            "SELECT position, ended FROM events WHERE purge <= ?1 ORDER BY purge LIMIT ?2",
        )?;
        let due = due.query_map(params![self.now, STEP_EVENTS], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        let due: Vec<(Position, i64)> = due.collect::<Result<_, _>>()?;
        let mut last = 0;
        for &(position, ended) in &due {
            let forget = later(ended, DEDUPLICATION);
            if forget <= self.now {
                self.remove_failures(position)?;
                self.connection
                    .prepare_cached("DELETE FROM events WHERE position = ?1")?
                    .execute([position])?;
                last = last.max(position);
            } else {
                // Its id must be known for longer than its content.
                self.connection
                    .prepare_cached("UPDATE events SET purge = ?2 WHERE position = ?1")?
                    .execute(params![position, forget])?;
                self.purge(position)?;
            }
        }
        if last > 0 {
            self.connection
                .prepare_cached("UPDATE marks SET forgotten = max(forgotten, ?1)")?
                .execute([last])?;
        }
        shrink(self.connection)?;
        Ok(due.len())
    }

    /// Removes an event's content: its JSON, its note and its failures.
    pub(super) fn purge(&mut self, position: Position) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE events SET body = NULL, note = NULL WHERE position = ?1")?
            .execute([position])?;
        self.remove_failures(position)
    }

    fn remove_failures(&self, position: Position) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("DELETE FROM failures WHERE event = ?1")?
            .execute([position])?;
        Ok(())
    }
}
