//! What the tables lack is put into them: from memory, or from the log's records when the process has ended or
//! a transaction was undone.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::params;

use super::recent::{Arrived, Change, Handled};
use super::times::later;
use super::transaction::Events;
use crate::error::StoreError;
use crate::journal::{DEDUPLICATION, EventState, NewEvent, Position};
use crate::sqlite::redo::{Record, Records};

impl Events<'_> {
    /// Folds all that is in memory.
    pub(crate) fn fold(&mut self) -> Result<(), StoreError> {
        let changes = self.volatile.recent.take_changes();
        self.apply(changes)
    }

    /// Folds some of what is in memory. The log has it all the same, and a replay finds it done.
    pub(crate) fn fold_some(&mut self) -> Result<(), StoreError> {
        let changes = self.volatile.recent.take_some_changes();
        self.apply(changes)
    }

    /// An event that has ended is inserted as it ended.
    fn apply(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        let mut kept = BTreeMap::<i64, u64>::new();
        for change in changes {
            let Change {
                position,
                channel,
                unfolded,
            } = change;
            match (unfolded.arrival, unfolded.handled) {
                (Some(arrival), Some(handled)) => {
                    let bytes = self.insert_handled(position, channel, &arrival, handled)?;
                    *kept.entry(channel).or_default() += bytes;
                }
                (Some(arrival), None) => {
                    self.now = arrival.ready;
                    self.insert_row(channel, &arrival.event, position, arrival.received)?;
                    if let Some(note) = unfolded.note {
                        self.note(position, &note)?;
                    }
                }
                (None, handled) => {
                    if let Some(note) = unfolded.note {
                        self.note(position, &note)?;
                    }
                    if let Some(handled) = handled {
                        self.handle(position, handled)?;
                    }
                }
            }
        }
        let mut sum = self
            .connection
            .prepare_cached("UPDATE channels SET kept_bytes = kept_bytes + ?2 WHERE id = ?1")?;
        for (channel, bytes) in kept {
            sum.execute(params![channel, bytes])?;
        }
        Ok(())
    }

    /// Does again what the log's records say. What can't be done, because the database is not the one that the log was
    /// written for, is left out. Returns the last position of an event that arrived.
    pub(crate) fn replay_log(&mut self, records: &[u8]) -> Result<Option<Position>, StoreError> {
        let mut last = None;
        for record in Records(records) {
            match record {
                Record::Appended {
                    position,
                    channel,
                    received,
                    is_from_host,
                    id,
                    chat,
                    message,
                    body,
                } => {
                    let event = NewEvent {
                        id: id.to_owned(),
                        chat: chat.to_owned(),
                        message: message.map(str::to_owned),
                        is_unsend: false,
                        is_from_host,
                        body: Arc::from(body),
                    };
                    if self.has_place(channel, position)? {
                        self.now = received;
                        self.insert_row(channel, &event, position, received)?;
                    }
                    last = last.max(Some(position));
                }
                Record::Noted { position, note } => self.note(position, note)?,
                Record::Handled { position, at, keep } => {
                    self.handle(position, Handled { at, keep })?;
                }
            }
        }
        Ok(last)
    }

    fn handle(&mut self, position: Position, handled: Handled) -> Result<(), StoreError> {
        self.now = handled.at;
        if let Some(event) = self.waiting_event(position)? {
            self.end(position, &event, EventState::Handled, handled.keep)?;
        }
        Ok(())
    }

    /// Inserts an event that has arrived and is handled. Returns the bytes that are kept of it, which no trigger
    /// counts.
    fn insert_handled(
        &self,
        position: Position,
        channel: i64,
        arrival: &Arrived,
        handled: Handled,
    ) -> Result<u64, StoreError> {
        let event = &arrival.event;
        let is_kept = !handled.keep.is_zero();
        let keep = if is_kept { handled.keep } else { DEDUPLICATION };
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO events (
                position, channel, id, chat, state, received, is_hosts, message, is_unsend,
                ended, purge, body
             )
             VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, 0, ?8, ?9, ?10)",
        )?;
        insert.execute(params![
            position,
            channel,
            event.id,
            event.chat,
            arrival.received,
            event.is_from_host,
            event.message,
            handled.at,
            later(handled.at, keep),
            is_kept.then_some(&*event.body),
        ])?;
        Ok(if is_kept { event.body.len() as u64 } else { 0 })
    }

    fn has_place(&self, channel: i64, position: Position) -> Result<bool, StoreError> {
        let mut found = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM channels WHERE id = ?1)
                AND NOT EXISTS (SELECT 1 FROM events WHERE position = ?2)",
        )?;
        Ok(found.query_row(params![channel, position], |row| row.get(0))?)
    }
}
