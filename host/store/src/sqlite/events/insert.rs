//! One event arrives: it is inserted, and what it unsends is purged.

use std::time::Duration;

use rusqlite::{OptionalExtension, params};

use super::times::later;
use super::transaction::Events;
use crate::error::StoreError;
use crate::journal::{Appended, DEDUPLICATION, EventState, NewEvent, Position, STEP_EVENTS};

/// What became of an event that arrived.
#[derive(Default)]
pub(super) struct Inserted {
    pub(super) appended: Appended,
    /// Whether it can be claimed.
    pub(super) is_ready: bool,
}

impl Events<'_> {
    /// Inserts an event, unless the channel has it already, and unsends what it unsends.
    pub(super) fn insert(
        &mut self,
        channel: i64,
        event: &NewEvent,
        position: Position,
        received: i64,
    ) -> Result<Inserted, StoreError> {
        let mut appended = Appended::default();
        let Some((state, is_ready)) = self.insert_row(channel, event, position, received)? else {
            appended.duplicates = 1;
            let is_ready = false;
            return Ok(Inserted { appended, is_ready });
        };
        appended.new = 1;
        if state == EventState::Waiting {
            let bytes = event.body.len() as u64;
            let recent = &mut self.volatile.recent;
            recent.add_row(channel, position, &event.chat, bytes, is_ready);
        }
        if state == EventState::Unsent {
            appended.unsent = 1;
        } else if event.is_unsend
            && let Some(message) = &event.message
        {
            appended.unsent = self.unsend(channel, message)?;
        }
        Ok(Inserted { appended, is_ready })
    }

    /// Inserts the row of an event that is new. Returns its state, and whether it can be claimed. An event
    /// whose message was unsent before it arrived is unsent.
    pub(super) fn insert_row(
        &self,
        channel: i64,
        event: &NewEvent,
        position: Position,
        received: i64,
    ) -> Result<Option<(EventState, bool)>, StoreError> {
        let state = match &event.message {
            Some(message) if !event.is_unsend && self.is_unsent(channel, message)? => {
                EventState::Unsent
            }
            _ => EventState::Waiting,
        };
        let is_waiting = state == EventState::Waiting;
        let ended = (!is_waiting).then_some(self.now);
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO events (
                position, channel, id, chat, state, received, is_hosts, message, is_unsend,
                ready, ended, purge, body
             )
             VALUES (
                ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
                CASE WHEN ?5 = 0 AND (?4 = '' OR NOT EXISTS (
                    SELECT 1 FROM events WHERE channel = ?2 AND chat = ?4 AND state = 0
                )) THEN ?13 END,
                ?10, ?11, ?12
             )
             ON CONFLICT (channel, id) DO NOTHING
             RETURNING ready IS NOT NULL",
        )?;
        let values = params![
            position,
            channel,
            event.id,
            event.chat,
            state.code(),
            received,
            event.is_from_host,
            event.message,
            event.is_unsend,
            ended,
            ended.map(|ended| later(ended, DEDUPLICATION)),
            is_waiting.then_some(&*event.body),
            self.now,
        ];
        let is_ready = insert.query_row(values, |row| row.get(0)).optional()?;
        Ok(is_ready.map(|is_ready| (state, is_ready)))
    }

    pub(super) fn is_unsent(&self, channel: i64, message: &str) -> Result<bool, StoreError> {
        let mut found = self.connection.prepare_cached(
            "SELECT 1 FROM events WHERE channel = ?1 AND message = ?2 AND is_unsend = 1 LIMIT 1",
        )?;
        Ok(found.exists(params![channel, message])?)
    }

    /// Purges what is kept of a message: of at most [`STEP_EVENTS`] events, and nobody edits a message
    /// so often. Returns how many of them were waiting.
    pub(super) fn unsend(&mut self, channel: i64, message: &str) -> Result<usize, StoreError> {
        let mut found = self.connection.prepare_cached(
            "SELECT position, state FROM events
             WHERE channel = ?1 AND message = ?2 AND is_unsend = 0 LIMIT ?3",
        )?;
        let found = found.query_map(params![channel, message, STEP_EVENTS], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        let found: Vec<(Position, i64)> = found.collect::<Result<_, _>>()?;
        let mut unsent = 0;
        for (position, state) in found {
            let waits = state == EventState::Waiting.code();
            // What runs already is settled without its content.
            if waits
                && self.volatile.ready.withdraw(position)
                && let Some(event) = self.waiting_event(position)?
            {
                self.end(position, &event, EventState::Unsent, Duration::ZERO)?;
                unsent += 1;
            } else if state == EventState::Dead.code() {
                self.connection
                    .prepare_cached("UPDATE events SET state = 3, purge = ?2 WHERE position = ?1")?
                    .execute(params![position, later(self.now, DEDUPLICATION)])?;
            }
            self.volatile.recent.forget(position);
            self.purge(position)?;
            // So the next unsend event finds only what came since.
            self.connection
                .prepare_cached("UPDATE events SET message = NULL WHERE position = ?1")?
                .execute([position])?;
        }
        Ok(unsent)
    }
}
