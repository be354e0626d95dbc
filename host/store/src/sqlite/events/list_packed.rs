//! What operators see of events that are packed.
//!
//! Packs have no index but their channel and positions, so a query decodes them one after the other. That
//! takes a second for a hundred thousand events, and holds up nobody but operators.

use rusqlite::{Connection, params};

use super::conditions::Conditions;
use super::pack_format::decode;
use crate::error::StoreError;
use crate::journal::{Details, Entry, EventFilter, EventState, NewEvent, Position};

/// The newest packed events before a position that the filter means, newest first. Events that the
/// channel had before they came again are not among them.
pub(super) fn list_packed(
    connection: &Connection,
    filter: &EventFilter,
    before: Option<Position>,
    limit: usize,
) -> Result<Vec<Entry>, StoreError> {
    let is_waiting = filter.state.is_none_or(|it| it == EventState::Waiting);
    if !is_waiting || filter.error.is_some() {
        return Ok(Vec::new());
    }
    let Conditions { sql, parameters } = Conditions::new()
        .and(
            "channels.name = :channel",
            ":channel",
            filter.channel.as_deref(),
        )
        .and("packs.received >= :since", ":since", filter.since)
        .and("packs.received < :until", ":until", filter.until)
        .and("packs.first < :before", ":before", before);
    let mut packs = connection.prepare(&format!(
        "SELECT packs.first, packs.received, packs.content, packs.channel, channels.name
         FROM packs JOIN channels ON channels.id = packs.channel
         WHERE {sql} ORDER BY packs.first DESC"
    ))?;
    let mut packs = packs.query(parameters.as_slice())?;
    let mut list = Vec::new();
    while let Some(pack) = packs.next()? {
        let first: Position = pack.get(0)?;
        let content: Vec<u8> = pack.get(2)?;
        let events: Vec<_> = (first..).zip(decode(&content)).collect();
        for (position, event) in events.into_iter().rev() {
            if list.len() >= limit {
                return Ok(list);
            }
            let is_meant = before.is_none_or(|before| position < before)
                && filter.chat.as_ref().is_none_or(|chat| *chat == event.chat)
                && filter.id.as_ref().is_none_or(|id| *id == event.id);
            if is_meant && !is_known(connection, pack.get(3)?, &event.id)? {
                list.push(entry(position, pack.get(4)?, pack.get(1)?, &event));
            }
        }
    }
    Ok(list)
}

/// A packed event of a channel.
pub(super) fn show_packed(
    connection: &Connection,
    channel: &str,
    id: &str,
) -> Result<Option<Details>, StoreError> {
    let mut packs = connection.prepare_cached(
        "SELECT first, received, content FROM packs
         WHERE channel = (SELECT id FROM channels WHERE name = ?1) ORDER BY first",
    )?;
    let mut packs = packs.query([channel])?;
    while let Some(pack) = packs.next()? {
        let first: Position = pack.get(0)?;
        let content: Vec<u8> = pack.get(2)?;
        for (position, event) in (first..).zip(decode(&content)) {
            if event.id == id {
                let entry = entry(position, channel.to_owned(), pack.get(1)?, &event);
                let body = Some(event.body.to_string());
                return Ok(Some(Details {
                    entry,
                    body,
                    failures: Vec::new(),
                }));
            }
        }
    }
    Ok(None)
}

fn is_known(connection: &Connection, channel: i64, id: &str) -> Result<bool, StoreError> {
    let mut found =
        connection.prepare_cached("SELECT 1 FROM events WHERE channel = ?1 AND id = ?2")?;
    Ok(found.exists(params![channel, id])?)
}

fn entry(position: Position, channel: String, received: i64, event: &NewEvent) -> Entry {
    Entry {
        position,
        channel,
        id: event.id.clone(),
        chat: event.chat.clone(),
        state: EventState::Waiting,
        received,
        ended: None,
        attempts: 0,
        error: None,
    }
}
