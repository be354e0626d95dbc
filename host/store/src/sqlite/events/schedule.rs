//! The schedule: events are put on it, taken off it, and appended to the queue when they are due.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

use super::times::duration_until;
use super::transaction::Events;
use crate::error::StoreError;
use crate::journal::{
    Expected, NewEvent, PAGE_SCHEDULED, PendingEvent, STEP_EVENTS, ScheduleOutcome, ScheduledEvent,
};

/// From how many waiting events of a channel on its due events must wait, too: 10,000, as many timers as a
/// channel may have.
const MOST_WAITING: u64 = 10_000;

/// How long they wait until there may be room: 1 s.
const PAUSE: Duration = Duration::from_secs(1);

/// The scheduled events of a channel that are of one kind.
pub(crate) struct Schedule<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) channel: &'a str,
    pub(crate) kind: &'a str,
}

impl Schedule<'_> {
    pub(crate) fn schedule(
        &self,
        event: &ScheduledEvent,
        expected: Expected,
    ) -> Result<ScheduleOutcome, StoreError> {
        let ScheduledEvent { key, at, event } = event;
        let is_there = self.get(key)?.is_some();
        match expected {
            Expected::Event if is_there => {}
            Expected::Nothing(limit) if !is_there => {
                if self.count()? >= limit {
                    return Ok(ScheduleOutcome::Full);
                }
            }
            Expected::Event | Expected::Nothing(_) => return Ok(ScheduleOutcome::Differs),
        }
        self.connection
            .prepare_cached("INSERT INTO channels (name) VALUES (?1) ON CONFLICT DO NOTHING")?
            .execute([self.channel])?;
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO scheduled_events (channel, kind, key, at, id, chat, body)
             VALUES ((SELECT id FROM channels WHERE name = ?1), ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO UPDATE
             SET at = excluded.at, id = excluded.id, chat = excluded.chat, body = excluded.body",
        )?;
        insert.execute(params![
            self.channel,
            self.kind,
            key,
            at,
            event.id,
            event.chat,
            event.body
        ])?;
        Ok(ScheduleOutcome::Done)
    }

    pub(crate) fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        let mut found = self.connection.prepare_cached(
            "SELECT body FROM scheduled_events
             WHERE channel = (SELECT id FROM channels WHERE name = ?1) AND kind = ?2 AND key = ?3",
        )?;
        let found = found.query_row([self.channel, self.kind, key], |row| row.get(0));
        Ok(found.optional()?)
    }

    pub(crate) fn cancel(&self, key: &str) -> Result<bool, StoreError> {
        let mut delete = self.connection.prepare_cached(
            "DELETE FROM scheduled_events
             WHERE channel = (SELECT id FROM channels WHERE name = ?1) AND kind = ?2 AND key = ?3",
        )?;
        Ok(delete.execute([self.channel, self.kind, key])? > 0)
    }

    pub(crate) fn postpone(&self, until: i64) -> Result<(), StoreError> {
        let mut update = self.connection.prepare_cached(
            "UPDATE scheduled_events SET at = ?3
             WHERE channel = (SELECT id FROM channels WHERE name = ?1) AND kind = ?2 AND at < ?3",
        )?;
        update.execute(params![self.channel, self.kind, until])?;
        Ok(())
    }

    fn count(&self) -> Result<usize, StoreError> {
        let mut count = self.connection.prepare_cached(
            "SELECT count(*) FROM scheduled_events
             WHERE channel = (SELECT id FROM channels WHERE name = ?1) AND kind = ?2",
        )?;
        Ok(count.query_row([self.channel, self.kind], |row| row.get(0))?)
    }
}

/// A page of the scheduled events of a channel that are of one kind.
pub(crate) fn pending(
    connection: &Connection,
    channel: &str,
    kind: &str,
    after: Option<(i64, String)>,
    limit: usize,
) -> Result<Vec<PendingEvent>, StoreError> {
    let (at, key) = after.unwrap_or((i64::MIN, String::new()));
    let mut pending = connection.prepare_cached(
        "SELECT key, at, chat, body FROM scheduled_events
         WHERE channel = (SELECT id FROM channels WHERE name = ?1) AND kind = ?2
             AND (at, key) > (?3, ?4)
         ORDER BY at, key LIMIT ?5",
    )?;
    let limit = limit.min(PAGE_SCHEDULED);
    let pending = pending.query_map(params![channel, kind, at, key, limit], |row| {
        Ok(PendingEvent {
            key: row.get(0)?,
            at: row.get(1)?,
            chat: row.get(2)?,
            body: row.get(3)?,
        })
    })?;
    Ok(pending.collect::<Result<_, _>>()?)
}

impl Events<'_> {
    /// In how long the next scheduled event of a channel is due. While many events wait already, those
    /// that are due must wait, too, and do not heap up.
    pub(crate) fn next_scheduled(&self, channel: &str) -> Result<Option<Duration>, StoreError> {
        let Some(channel) = self.known_channel(channel)? else {
            return Ok(None);
        };
        let mut next = self
            .connection
            .prepare_cached("SELECT min(at) FROM scheduled_events WHERE channel = ?1")?;
        let next: Option<i64> = next.query_row([channel], |row| row.get(0))?;
        let Some(at) = next else { return Ok(None) };
        let wait = duration_until(at, self.volatile.times.of_day());
        if wait.is_zero() && self.held(channel)?.waiting >= MOST_WAITING {
            return Ok(Some(PAUSE));
        }
        Ok(Some(wait))
    }

    /// Appends the scheduled events of a channel that are due, at most [`STEP_EVENTS`]. If the channel
    /// has an event with the same id already, nothing is appended for it.
    pub(crate) fn append_due(&mut self, channel: &str) -> Result<(), StoreError> {
        let now = self.volatile.times.of_day();
        let mut due = self.connection.prepare_cached(
            "DELETE FROM scheduled_events WHERE rowid IN (
                SELECT rowid FROM scheduled_events
                WHERE channel = (SELECT id FROM channels WHERE name = ?1) AND at <= ?2
                ORDER BY at LIMIT ?3
             ) RETURNING at, id, chat, body",
        )?;
        let due = due.query_map(params![channel, now, STEP_EVENTS], |row| {
            let body: String = row.get(3)?;
            let event = NewEvent {
                id: row.get(1)?,
                chat: row.get(2)?,
                message: None,
                is_unsend: false,
                is_from_host: true,
                body: body.into(),
            };
            Ok((row.get(0)?, event))
        })?;
        let mut due: Vec<(i64, NewEvent)> = due.collect::<Result<_, _>>()?;
        // `RETURNING` has no order.
        due.sort_by_key(|(at, _)| *at);
        let due: Vec<_> = due.into_iter().map(|(_, event)| Arc::new(event)).collect();
        self.append(channel, &due, None)?;
        Ok(())
    }
}
