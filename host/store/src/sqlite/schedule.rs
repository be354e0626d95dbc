//! The schedule of events, in a transaction.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

use super::events::Events;
use crate::error::StoreError;
use crate::journal::{Expected, NewEvent, STEP_EVENTS, ScheduleOutcome, ScheduledEvent};

/// How many events of a channel wait when those that are due have to wait, too: as many as a
/// channel may have of a kind.
const CROWD: u64 = 10_000;

/// How soon it is looked again then.
const LATE: Duration = Duration::from_secs(1);

/// The scheduled events of a channel that are of one kind.
pub(super) struct Schedule<'a> {
    pub(super) connection: &'a Connection,
    pub(super) channel: &'a str,
    pub(super) kind: &'a str,
}

impl Schedule<'_> {
    pub(super) fn schedule(
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

    pub(super) fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        let mut found = self.connection.prepare_cached(
            "SELECT body FROM scheduled_events
             WHERE channel = (SELECT id FROM channels WHERE name = ?1) AND kind = ?2 AND key = ?3",
        )?;
        let found = found.query_row([self.channel, self.kind, key], |row| row.get(0));
        Ok(found.optional()?)
    }

    pub(super) fn cancel(&self, key: &str) -> Result<bool, StoreError> {
        let mut delete = self.connection.prepare_cached(
            "DELETE FROM scheduled_events
             WHERE channel = (SELECT id FROM channels WHERE name = ?1) AND kind = ?2 AND key = ?3",
        )?;
        Ok(delete.execute([self.channel, self.kind, key])? > 0)
    }

    pub(super) fn postpone(&self, until: i64) -> Result<(), StoreError> {
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

/// In how long the next event of a channel arrives at its time. While many wait already, those that
/// are due are late: they must not heap up.
pub(super) fn next(events: &Events<'_>, channel: &str) -> Result<Option<Duration>, StoreError> {
    let mut next = events.connection.prepare_cached(
        "SELECT min(at) FROM scheduled_events
         WHERE channel = (SELECT id FROM channels WHERE name = ?1)",
    )?;
    let next: Option<i64> = next.query_row([channel], |row| row.get(0))?;
    let Some(at) = next else { return Ok(None) };
    let wait = at.saturating_sub(events.time_of_day());
    let wait = Duration::from_millis(wait.try_into().unwrap_or_default());
    if wait.is_zero() && events.waiting(channel)? >= CROWD {
        return Ok(Some(LATE));
    }
    Ok(Some(wait))
}

/// Lets those events arrive whose time has come, at most a step of them. One that the channel has
/// already is that one.
pub(super) fn arrive(events: &mut Events<'_>, channel: &str) -> Result<(), StoreError> {
    let connection = events.connection;
    let mut due = connection.prepare_cached(
        "DELETE FROM scheduled_events WHERE rowid IN (
            SELECT rowid FROM scheduled_events
            WHERE channel = (SELECT id FROM channels WHERE name = ?1) AND at <= ?2
            ORDER BY at LIMIT ?3
         ) RETURNING at, id, chat, body",
    )?;
    let due = due.query_map(params![channel, events.time_of_day(), STEP_EVENTS], |row| {
        let body: String = row.get(3)?;
        let event = NewEvent {
            id: row.get(1)?,
            chat: row.get(2)?,
            message: None,
            is_unsend: false,
            is_hosts: true,
            body: body.into(),
        };
        Ok((row.get(0)?, event))
    })?;
    let mut due: Vec<(i64, NewEvent)> = due.collect::<Result<_, _>>()?;
    // `RETURNING` has no order.
    due.sort_by_key(|(at, _)| *at);
    let due: Vec<_> = due.into_iter().map(|(_, event)| event).collect();
    events.append(channel, &due, None)?;
    Ok(())
}
