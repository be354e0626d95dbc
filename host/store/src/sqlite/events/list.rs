//! What operators see of the events: lists, one event, and statistics.
//!
//! These queries run on a connection that only reads, so they hold up nobody who writes.

use std::cmp::Reverse;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::conditions::Conditions;
use super::list_packed::{list_packed, show_packed};
use crate::error::StoreError;
use crate::journal::{
    ChannelStats, Details, Entry, EventFilter, EventState, FailedAttempt, PAGE_EVENTS, Position,
    STEP_EVENTS,
};

const ENTRY: &str = "
    events.position, channels.name, events.id, events.chat, events.state, events.received,
    events.ended, events.attempts,
    (SELECT error FROM failures WHERE event = events.position ORDER BY number DESC LIMIT 1)";

/// The newest events before a position that the filter means, newest first.
pub(crate) fn list(
    connection: &Connection,
    filter: &EventFilter,
    before: Option<Position>,
    limit: usize,
) -> Result<Vec<Entry>, StoreError> {
    let Conditions { sql, parameters } =
        conditions(filter).and("events.position < :before", ":before", before);
    let limit = limit.min(PAGE_EVENTS);
    let mut list = connection.prepare(&format!(
        "SELECT {ENTRY} FROM events JOIN channels ON channels.id = events.channel
         WHERE {sql} ORDER BY events.position DESC LIMIT {limit}"
    ))?;
    let list = list.query_map(parameters.as_slice(), entry)?;
    let mut list: Vec<_> = list.collect::<Result<_, _>>()?;
    list.extend(list_packed(connection, filter, before, limit)?);
    list.sort_unstable_by_key(|entry| Reverse(entry.position));
    list.truncate(limit);
    Ok(list)
}

/// The oldest dead letters behind a position, at most [`STEP_EVENTS`].
pub(crate) fn dead(
    connection: &Connection,
    filter: &EventFilter,
    after: Position,
) -> Result<Vec<Position>, StoreError> {
    let Conditions { sql, parameters } = conditions(filter).and(
        "events.state = 2 AND events.position > :after",
        ":after",
        Some(after),
    );
    let mut dead = connection.prepare(&format!(
        "SELECT events.position FROM events WHERE {sql}
         ORDER BY events.position LIMIT {STEP_EVENTS}"
    ))?;
    let dead = dead.query_map(parameters.as_slice(), |row| row.get(0))?;
    Ok(dead.collect::<Result<_, _>>()?)
}

/// All that is known of an event.
pub(crate) fn show(
    connection: &Connection,
    channel: &str,
    id: &str,
) -> Result<Option<Details>, StoreError> {
    let mut found = connection.prepare_cached(&format!(
        "SELECT {ENTRY}, events.body FROM events JOIN channels ON channels.id = events.channel
         WHERE channels.name = ?1 AND events.id = ?2"
    ))?;
    let found = found.query_row([channel, id], |row| Ok((entry(row)?, row.get(9)?)));
    let Some((entry, body)) = found.optional()? else {
        return show_packed(connection, channel, id);
    };
    let mut failures = connection.prepare_cached(
        "SELECT started, took, digest, error, log, deployment FROM failures WHERE event = ?1 ORDER BY number",
    )?;
    let failures = failures.query_map(params![entry.position], |row| {
        Ok(FailedAttempt {
            started: row.get(0)?,
            took: Duration::from_millis(row.get(1)?),
            deployment: row.get(5)?,
            digest: row.get(2)?,
            error: row.get(3)?,
            log: row.get(4)?,
        })
    })?;
    let failures = failures.collect::<Result<_, _>>()?;
    Ok(Some(Details {
        entry,
        body,
        failures,
    }))
}

/// What each channel has.
pub(crate) fn stats(connection: &Connection) -> Result<Vec<ChannelStats>, StoreError> {
    let mut stats = connection.prepare_cached(
        "SELECT name, waiting + packed, waiting_bytes + packed_bytes, kept_bytes,
            coalesce(
                (SELECT received FROM events WHERE position = (
                    SELECT min(position) FROM events
                    WHERE channel = channels.id AND ready IS NOT NULL
                )),
                (SELECT received FROM packs WHERE channel = channels.id ORDER BY first LIMIT 1)
            ),
            (SELECT count(*) FROM events WHERE channel = channels.id AND state = 2),
            (SELECT count(*) FROM scheduled_events WHERE channel = channels.id)
         FROM channels ORDER BY name",
    )?;
    let stats = stats.query_map([], |row| {
        Ok(ChannelStats {
            channel: row.get(0)?,
            waiting: row.get(1)?,
            waiting_bytes: row.get(2)?,
            kept_bytes: row.get(3)?,
            oldest: row.get(4)?,
            dead: row.get(5)?,
            scheduled: row.get(6)?,
        })
    })?;
    Ok(stats.collect::<Result<_, _>>()?)
}

/// When a channel's next event is due. What is packed is due.
pub(crate) fn next_due(connection: &Connection, channel: &str) -> Result<Option<i64>, StoreError> {
    let mut next = connection.prepare_cached(
        "WITH own AS (SELECT id FROM channels WHERE name = ?1)
         SELECT min(due) FROM (
            SELECT min(ready) AS due FROM events
                WHERE channel = (SELECT id FROM own) AND ready IS NOT NULL
            UNION ALL
            SELECT min(at) FROM scheduled_events WHERE channel = (SELECT id FROM own)
            UNION ALL
            SELECT 0 WHERE EXISTS (SELECT 1 FROM packs WHERE channel = (SELECT id FROM own))
         )",
    )?;
    Ok(next.query_row([channel], |row| row.get(0))?)
}

/// The conditions that events of the table must meet.
fn conditions(filter: &EventFilter) -> Conditions<'_> {
    let mut conditions = Conditions::new()
        .and(
            "events.channel = (SELECT id FROM channels WHERE name = :channel)",
            ":channel",
            filter.channel.as_deref(),
        )
        .and("events.chat = :chat", ":chat", filter.chat.as_deref())
        .and("events.id = :id", ":id", filter.id.as_deref())
        .and("events.received >= :since", ":since", filter.since)
        .and("events.received < :until", ":until", filter.until)
        .and(
            "instr((
                SELECT error FROM failures WHERE event = events.position
                ORDER BY number DESC LIMIT 1
             ), :error) > 0",
            ":error",
            filter.error.as_deref(),
        );
    if let Some(state) = filter.state {
        // As a number, so that SQLite finds the indices of some states.
        let state = format!(" AND events.state = {}", state.code());
        conditions.sql.push_str(&state);
    }
    conditions
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let state: i64 = row.get(4)?;
    Ok(Entry {
        position: row.get(0)?,
        channel: row.get(1)?,
        id: row.get(2)?,
        chat: row.get(3)?,
        state: EventState::of(state).ok_or(rusqlite::Error::IntegralValueOutOfRange(4, state))?,
        received: row.get(5)?,
        ended: row.get(6)?,
        attempts: row.get(7)?,
        error: row.get(8)?,
    })
}
