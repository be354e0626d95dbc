//! The lines. A line's position is the number of bytes of its channel's log up to its end, so that what is
//! beyond the limit is found by a comparison.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::StoreError;
use crate::logs::{LogFilter, LogLevel, LogLine, LogOrigin, LogPage, LogPosition, PAGE_LINES};

/// For how long it is known that a message was unsent: an hour, in milliseconds. No attempt takes so long.
const UNSENT_MS: i64 = 3_600_000;

/// Appends lines to a channel's log, which then has its newest `keep` bytes. What an event logged whose message
/// was unsent meanwhile is left out.
pub(crate) fn append(
    connection: &Connection,
    channel: &str,
    lines: &[LogLine],
    keep: i64,
) -> Result<(), StoreError> {
    let mut position = end(connection, channel)?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO lines (channel, position, time, level, origin, event, deployment, attempt,
             context, message, line_message)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    let mut unsent =
        connection.prepare_cached("SELECT 1 FROM unsent WHERE channel = ?1 AND message = ?2")?;
    for line in lines {
        if let Some(message) = &line.line_message
            && unsent.exists(params![channel, &**message])?
        {
            continue;
        }
        position += line.cost() as i64;
        insert.execute(params![
            channel,
            position,
            line.time,
            line.level as i64,
            line.origin as i64,
            &*line.event,
            line.deployment,
            line.attempt,
            line.context,
            line.message,
            line.line_message.as_deref(),
        ])?;
    }
    connection
        .prepare_cached(
            "INSERT INTO ends (channel, position) VALUES (?1, ?2)
             ON CONFLICT DO UPDATE SET position = excluded.position",
        )?
        .execute(params![channel, position])?;
    connection
        .prepare_cached("DELETE FROM lines WHERE channel = ?1 AND position <= ?2")?
        .execute(params![channel, position.saturating_sub(keep)])?;
    Ok(())
}

/// The position of a channel's newest line.
pub(crate) fn end(connection: &Connection, channel: &str) -> Result<LogPosition, StoreError> {
    let mut end = connection.prepare_cached("SELECT position FROM ends WHERE channel = ?1")?;
    let end = end.query_row([channel], |row| row.get(0)).optional()?;
    Ok(end.unwrap_or_default())
}

/// A page of a channel's lines.
pub(crate) fn page(
    connection: &Connection,
    channel: &str,
    filter: &LogFilter,
    page: LogPage,
    limit: usize,
) -> Result<Vec<(LogPosition, LogLine)>, StoreError> {
    let (bound, order, from) = match page {
        LogPage::Before(before) => ("<", "DESC", before.unwrap_or(LogPosition::MAX)),
        LogPage::After(after) => (">", "ASC", after),
    };
    let sql = format!(
        "SELECT position, time, level, origin, event, deployment, attempt, context, message,
             line_message
         FROM lines
         WHERE channel = ?1 AND position {bound} ?2 AND level >= ?3
             AND (?4 IS NULL OR event = ?4) AND (?5 IS NULL OR time >= ?5)
         ORDER BY position {order} LIMIT ?6"
    );
    let mut lines = connection.prepare_cached(&sql)?;
    let values = params![
        channel,
        from,
        filter.level.unwrap_or(LogLevel::Trace) as i64,
        filter.event,
        filter.since,
        limit.min(PAGE_LINES)
    ];
    let lines = lines.query_map(values, line)?;
    Ok(lines.collect::<Result<_, _>>()?)
}

fn line(row: &Row<'_>) -> rusqlite::Result<(LogPosition, LogLine)> {
    let level: usize = row.get(2)?;
    let origin: i64 = row.get(3)?;
    let event: String = row.get(4)?;
    let line = LogLine {
        time: row.get(1)?,
        level: LogLevel::ALL.get(level).copied().unwrap_or(LogLevel::Error),
        origin: match origin {
            0 => LogOrigin::Plugin,
            _ => LogOrigin::Host,
        },
        event: Arc::from(event),
        deployment: row.get(5)?,
        attempt: row.get(6)?,
        context: row.get(7)?,
        message: row.get(8)?,
        line_message: row.get::<_, Option<String>>(9)?.map(Arc::from),
    };
    Ok((row.get(0)?, line))
}

/// Removes lines that are older than a time. A log is in order of time, but for attempts that ran at once;
/// so this looks at the oldest lines of each, and stops at the first one that is not too old.
pub(crate) fn sweep(connection: &Connection, before: i64) -> Result<(), StoreError> {
    let mut channels = connection.prepare_cached(
        "SELECT channel FROM ends WHERE (
             SELECT time FROM lines WHERE lines.channel = ends.channel ORDER BY position LIMIT 1
         ) < ?1",
    )?;
    let channels = channels.query_map([before], |row| row.get(0))?;
    let channels: Vec<String> = channels.collect::<Result<_, _>>()?;
    let mut delete = connection.prepare_cached(
        "DELETE FROM lines WHERE channel = ?1 AND position < coalesce((
             SELECT position FROM lines WHERE channel = ?1 AND time >= ?2 ORDER BY position LIMIT 1
         ), 9223372036854775807)",
    )?;
    for channel in channels {
        delete.execute(params![channel, before])?;
    }
    Ok(())
}

/// Removes what a channel's log has of messages that were unsent, and will not take more of it.
pub(crate) fn forget(
    connection: &Connection,
    channel: &str,
    messages: &[String],
    now: i64,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM unsent WHERE time < ?1")?
        .execute([now.saturating_sub(UNSENT_MS)])?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO unsent (channel, message, time) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?;
    for message in messages {
        insert.execute(params![channel, message, now])?;
    }
    // One pass over a log of limited size. An index would cost each line that is logged.
    connection
        .prepare_cached(
            "DELETE FROM lines WHERE channel = ?1
                 AND line_message IN (SELECT message FROM unsent WHERE channel = ?1)",
        )?
        .execute([channel])?;
    Ok(())
}

/// Removes a channel's log.
pub(crate) fn purge(connection: &Connection, channel: &str) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM lines WHERE channel = ?1",
        "DELETE FROM ends WHERE channel = ?1",
        "DELETE FROM unsent WHERE channel = ?1",
    ] {
        connection.prepare_cached(sql)?.execute([channel])?;
    }
    Ok(())
}
