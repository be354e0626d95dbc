//! Settles claimed events: what became of them is written, and their chats go on.

use std::time::Duration;

use rusqlite::{OptionalExtension, params};

use super::ready::ReadyEvent;
use super::times::{later, millis};
use super::transaction::Events;
use crate::error::StoreError;
use crate::journal::{DEDUPLICATION, EventState, FailedAttempt, Outcome, Position, Settlement};

/// Why an attempt failed that the end of the host cut off.
const CUT_OFF: &str = "the host ended while it ran";

/// An event that waits, or runs.
pub(super) struct WaitingEvent {
    channel: i64,
    chat: String,
    bytes: u64,
    /// How many bytes its channel has of events that have ended.
    kept_bytes: u64,
    /// Whether it is the one of its chat that can run, or runs.
    is_first: bool,
    /// Whether it has lost its content, because its message was unsent.
    is_unsent: bool,
}

/// What came of a settlement.
#[derive(Default)]
pub(crate) struct Settled {
    /// Whether the chat goes on with another event.
    pub(crate) goes_on: bool,
    /// That event, if nothing else can be claimed since.
    pub(crate) next: Option<ReadyEvent>,
}

/// How long a handled event is kept, if so many bytes are then kept of its channel, and so many may be. Handled
/// events may fill half of that.
pub(super) fn keep_within(keep: Duration, bytes: u64, room: u64) -> Duration {
    if bytes <= room / 2 {
        keep
    } else {
        Duration::ZERO
    }
}

impl Events<'_> {
    /// Replaces the note of a waiting event.
    pub(crate) fn note(&self, position: Position, note: &str) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE events SET note = ?2 WHERE position = ?1 AND state = 0")?
            .execute(params![position, note])?;
        Ok(())
    }

    /// Settles an event, if it waits.
    pub(crate) fn settle(&mut self, settlement: &Settlement) -> Result<Settled, StoreError> {
        let goes_on = self.settle_row(settlement)?;
        let next = None;
        Ok(Settled { goes_on, next })
    }

    /// Returns whether the chat goes on with another event.
    fn settle_row(&mut self, settlement: &Settlement) -> Result<bool, StoreError> {
        let Settlement {
            position,
            outcome,
            note,
            kept,
        } = settlement;
        let Some(event) = self.waiting_event(*position)? else {
            return Ok(false);
        };
        match outcome {
            Outcome::Handled { keep } => {
                let keep = keep_within(*keep, event.kept_bytes + event.bytes, *kept);
                self.end(*position, &event, EventState::Handled, keep)
            }
            Outcome::Retry { .. } | Outcome::Dead { .. } | Outcome::GivenUp { .. }
                if event.is_unsent =>
            {
                self.end(*position, &event, EventState::Unsent, Duration::ZERO)
            }
            Outcome::Retry { after, failure } => {
                self.add_failure(*position, &event, failure, *kept)?;
                let began = self.now.saturating_sub(millis(failure.took));
                self.connection
                    .prepare_cached(
                        "UPDATE events
                         SET ready = ?2, attempts = attempts + 1, note = coalesce(?3, note),
                             failing_since = coalesce(failing_since, ?4), cut_off = 0,
                             deployment = coalesce(deployment, ?5)
                         WHERE position = ?1",
                    )?
                    .execute(params![
                        position,
                        later(self.now, *after),
                        note,
                        began,
                        failure.deployment
                    ])?;
                Ok(false)
            }
            Outcome::Dead { keep, failure } => {
                self.add_failure(*position, &event, failure, *kept)?;
                self.connection
                    .prepare_cached(
                        "UPDATE events SET attempts = attempts + 1, note = coalesce(?2, note),
                             deployment = coalesce(deployment, ?3)
                         WHERE position = ?1",
                    )?
                    .execute(params![position, note, failure.deployment])?;
                self.end(*position, &event, EventState::Dead, *keep)
            }
            Outcome::GivenUp { keep } => self.end(*position, &event, EventState::Dead, *keep),
        }
    }

    /// Counts an attempt that the end of the host cut off, if its event still waits. The event is then
    /// the first of its channel to run. Returns whether there was such an event.
    pub(crate) fn cut_off(&mut self, position: Position, started: i64) -> Result<bool, StoreError> {
        let Some(event) = self.waiting_event(position)? else {
            return Ok(false);
        };
        let failure = FailedAttempt {
            started,
            took: Duration::ZERO,
            deployment: 0,
            digest: String::new(),
            error: CUT_OFF.to_owned(),
            log: String::new(),
        };
        self.add_failure(position, &event, &failure, u64::MAX)?;
        self.connection
            .prepare_cached(
                "UPDATE events
                 SET attempts = attempts + 1, cut_off = cut_off + 1, ready = 0,
                     failing_since = coalesce(failing_since, ?2)
                 WHERE position = ?1",
            )?
            .execute(params![position, started])?;
        Ok(true)
    }

    pub(super) fn waiting_event(
        &self,
        position: Position,
    ) -> Result<Option<WaitingEvent>, StoreError> {
        let mut found = self.connection.prepare_cached(
            "SELECT events.channel, events.chat, octet_length(events.body),
                events.ready IS NOT NULL, channels.kept_bytes
             FROM events CROSS JOIN channels ON channels.id = events.channel
             WHERE events.position = ?1 AND events.state = 0",
        )?;
        let found = found.query_row([position], |row| {
            let bytes: Option<u64> = row.get(2)?;
            Ok(WaitingEvent {
                channel: row.get(0)?,
                chat: row.get(1)?,
                bytes: bytes.unwrap_or_default(),
                is_first: row.get(3)?,
                kept_bytes: row.get(4)?,
                is_unsent: bytes.is_none(),
            })
        });
        Ok(found.optional()?)
    }

    /// Ends a waiting event, whose content is kept for a while. Returns whether its chat goes on,
    /// which it does if it waited for this event: a replayed event can be earlier than the one that
    /// runs.
    pub(super) fn end(
        &mut self,
        position: Position,
        event: &WaitingEvent,
        state: EventState,
        keep: Duration,
    ) -> Result<bool, StoreError> {
        self.volatile.recent.remove(position);
        let kept = if keep.is_zero() { DEDUPLICATION } else { keep };
        self.connection
            .prepare_cached(
                "UPDATE events
                 SET state = ?2, ready = NULL, ended = ?3, purge = ?4,
                     body = CASE WHEN ?5 THEN body END,
                     note = CASE WHEN ?2 = 2 THEN note END
                 WHERE position = ?1",
            )?
            .execute(params![
                position,
                state.code(),
                self.now,
                later(self.now, kept),
                !keep.is_zero()
            ])?;
        // Events that name no chat wait for no other.
        if !event.is_first || event.chat.is_empty() {
            return Ok(false);
        }
        let mut next = self.connection.prepare_cached(
            "UPDATE events SET ready = ?3 WHERE position = (
                SELECT min(position) FROM events
                WHERE channel = ?1 AND chat = ?2 AND state = 0
             ) AND ready IS NULL RETURNING position",
        )?;
        let next = next.query_row(params![event.channel, event.chat, self.now], |row| {
            row.get(0)
        });
        let next: Option<Position> = next.optional()?;
        if let Some(next) = next {
            self.volatile.make_claimable(next);
        }
        Ok(next.is_some())
    }

    /// Keeps why an attempt failed, and what was logged if there is room for it.
    fn add_failure(
        &self,
        position: Position,
        event: &WaitingEvent,
        failure: &FailedAttempt,
        room: u64,
    ) -> Result<(), StoreError> {
        let kept = event.kept_bytes + failure.log.len() as u64;
        let log = if kept <= room { &*failure.log } else { "" };
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO failures (event, number, started, took, deployment, digest, error, log)
             VALUES (
                ?1, (SELECT coalesce(max(number), 0) + 1 FROM failures WHERE event = ?1),
                ?2, ?3, ?4, ?5, ?6, ?7
             )",
        )?;
        insert.execute(params![
            position,
            failure.started,
            millis(failure.took),
            failure.deployment,
            failure.digest,
            failure.error,
            log,
        ])?;
        Ok(())
    }
}
