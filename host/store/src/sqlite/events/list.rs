//! What operators see of the events: lists, one event, and statistics.
//!
//! These queries run on a connection that only reads, so they hold up nobody who writes.

use std::time::Duration;

use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::StoreError;
use crate::journal::{
    ChannelStats, Details, Entry, EventFilter, EventState, FailedAttempt, PAGE_EVENTS, Position,
    STEP_EVENTS,
};

const ENTRY: &str = "
    events.position, channels.name, events.id, events.chat, events.state, events.received,
    events.ended, events.attempts,
    (SELECT error FROM failures WHERE event = events.position ORDER BY number DESC LIMIT 1)";

/// The conditions of a query, with their parameters. Only those that the filter has, so that SQLite
/// finds the index that fits.
struct Conditions<'a> {
    sql: String,
    parameters: Vec<(&'static str, Box<dyn ToSql + 'a>)>,
}

impl<'a> Conditions<'a> {
    fn new() -> Self {
        Self {
            sql: String::from("TRUE"),
            parameters: Vec::new(),
        }
    }

    /// Adds a condition, if it has a value.
    fn and<T: ToSql + 'a>(
        mut self,
        condition: &str,
        parameter: &'static str,
        value: Option<T>,
    ) -> Self {
        if let Some(value) = value {
            self.sql.push_str(" AND ");
            self.sql.push_str(condition);
            self.parameters.push((parameter, Box::new(value)));
        }
        self
    }

    fn of(filter: &'a EventFilter) -> Self {
        let mut conditions = Self::new()
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
}

pub(crate) fn list(
    connection: &Connection,
    filter: &EventFilter,
    before: Option<Position>,
    limit: usize,
) -> Result<Vec<Entry>, StoreError> {
    let Conditions { sql, parameters } =
        Conditions::of(filter).and("events.position < :before", ":before", before);
    let limit = limit.min(PAGE_EVENTS);
    let mut list = connection.prepare(&format!(
        "SELECT {ENTRY} FROM events JOIN channels ON channels.id = events.channel
         WHERE {sql} ORDER BY events.position DESC LIMIT {limit}"
    ))?;
    let list = list.query_map(parameters.as_slice(), entry)?;
    Ok(list.collect::<Result<_, _>>()?)
}

/// The oldest dead letters behind a position, at most [`STEP_EVENTS`].
pub(crate) fn dead(
    connection: &Connection,
    filter: &EventFilter,
    after: Position,
) -> Result<Vec<Position>, StoreError> {
    let Conditions { sql, parameters } = Conditions::of(filter).and(
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
        return Ok(None);
    };
    let mut failures = connection.prepare_cached(
        "SELECT started, took, version, error, log FROM failures WHERE event = ?1 ORDER BY number",
    )?;
    let failures = failures.query_map(params![entry.position], |row| {
        Ok(FailedAttempt {
            started: row.get(0)?,
            took: Duration::from_millis(row.get(1)?),
            version: row.get(2)?,
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

pub(crate) fn stats(connection: &Connection) -> Result<Vec<ChannelStats>, StoreError> {
    let mut stats = connection.prepare_cached(
        "SELECT name, waiting + packed, waiting_bytes + packed_bytes, kept_bytes,
            (SELECT received FROM events WHERE position = (
                SELECT min(position) FROM events WHERE channel = channels.id AND ready IS NOT NULL
            )),
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
