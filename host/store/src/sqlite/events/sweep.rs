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

    /// Removes what a channel has, of at most [`STEP_EVENTS`] events. Returns of how many. None of its
    /// events may be claimed.
    pub(crate) fn purge_channel(&mut self, name: &str) -> Result<usize, StoreError> {
        let Some(channel) = self.known_channel(name)? else {
            return Ok(0);
        };
        self.volatile.ready.end(name);
        self.volatile.recent.forget_all();
        let mut events = self
            .connection
            .prepare_cached("SELECT position FROM events WHERE channel = ?1 LIMIT ?2")?;
        let events = events.query_map(params![channel, STEP_EVENTS], |row| row.get(0))?;
        let mut removed: Vec<Position> = events.collect::<Result<_, _>>()?;
        for &position in &removed {
            self.remove_failures(position)?;
            self.connection
                .prepare_cached("DELETE FROM events WHERE position = ?1")?
                .execute([position])?;
        }
        let mut packs = self
            .connection
            .prepare_cached("DELETE FROM packs WHERE channel = ?1 RETURNING first + events - 1")?;
        let packs = packs.query_map([channel], |row| row.get(0))?;
        for last in packs {
            removed.push(last?);
        }
        if let Some(last) = removed.iter().max() {
            self.connection
                .prepare_cached("UPDATE marks SET forgotten = max(forgotten, ?1)")?
                .execute([last])?;
        }
        self.connection
            .prepare_cached("DELETE FROM scheduled_events WHERE channel = ?1")?
            .execute([channel])?;
        if removed.is_empty() {
            self.connection
                .prepare_cached("DELETE FROM channels WHERE id = ?1")?
                .execute([channel])?;
            self.volatile.age_checks.remove(&channel);
        }
        shrink(self.connection)?;
        Ok(removed.len())
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
