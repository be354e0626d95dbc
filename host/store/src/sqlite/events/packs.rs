//! Large webhooks: their events are kept in packs, as they came, until there is time to unpack them.
//!
//! LINE waits for the answer, and so do the webhooks of other channels: an event costs the writer
//! some ten microseconds in a row of its own, and a fraction of one in a pack. The packs of a channel
//! are unpacked one after the other when its events are claimed, and later webhooks of the channel are
//! packed behind them. So order and deduplication are as if there were no packs.

use std::sync::Arc;

use rusqlite::{OptionalExtension, params};

use super::transaction::Events;
use crate::error::StoreError;
use crate::journal::{Appended, NewEvent, Position};

/// From how many events on a webhook is packed: 256, more than LINE was seen to send. One by one they
/// take some ten milliseconds.
pub(super) const MANY: usize = 256;

/// How many events a pack has: 64, which are unpacked in some milliseconds.
const PACK: usize = 64;

impl Events<'_> {
    /// Packs the events, in order, behind those that are packed already.
    pub(super) fn pack(
        &mut self,
        channel: i64,
        events: &[NewEvent],
    ) -> Result<Appended, StoreError> {
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO packs (first, channel, events, bytes, received, content)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        let mut count = self.connection.prepare_cached(
            "UPDATE channels SET packed = packed + ?2, packed_bytes = packed_bytes + ?3
             WHERE id = ?1",
        )?;
        for events in events.chunks(PACK) {
            let bytes = bytes(events);
            let first = self.volatile.reserve(events.len());
            let content = encode(events);
            insert.execute(params![
                first,
                channel,
                events.len(),
                bytes,
                self.now,
                content
            ])?;
            count.execute(params![channel, events.len(), bytes])?;
        }
        let mut appended = Appended {
            new: events.len(),
            ..Appended::default()
        };
        if events.len() <= MANY {
            // What is unsent must not run meanwhile.
            for event in events.iter().filter(|event| event.is_unsend) {
                if let Some(message) = &event.message {
                    appended.unsent += self.unsend(channel, message)?;
                }
            }
        }
        Ok(appended)
    }

    /// Whether a channel has packs.
    pub(crate) fn has_packs(&self, channel: &str) -> Result<bool, StoreError> {
        let mut packed = self
            .connection
            .prepare_cached("SELECT packed > 0 FROM channels WHERE name = ?1")?;
        let packed = packed.query_row([channel], |row| row.get(0)).optional()?;
        Ok(packed.unwrap_or(false))
    }

    /// Unpacks the first pack of a channel. Events that the channel has already are left out.
    pub(crate) fn unpack(&mut self, channel: &str) -> Result<(), StoreError> {
        let mut pack = self.connection.prepare_cached(
            "DELETE FROM packs WHERE first = (
                SELECT min(first) FROM packs
                WHERE channel = (SELECT id FROM channels WHERE name = ?1)
             ) RETURNING first, channel, events, bytes, received, content",
        )?;
        let pack = pack.query_row([channel], |row| {
            let content: Vec<u8> = row.get(5)?;
            let counts: (usize, u64) = (row.get(2)?, row.get(3)?);
            Ok((row.get(0)?, row.get(1)?, counts, row.get(4)?, content))
        });
        let Some((first, channel, (events, bytes), received, content)) = pack.optional()? else {
            return Ok(());
        };
        let first: Position = first;
        for (position, event) in (first..).zip(decode(&content)) {
            self.insert(channel, &event, position, received)?;
            // Once it is durable that the pack is gone.
            self.volatile.make_claimable(position);
        }
        self.connection
            .prepare_cached(
                "UPDATE channels SET packed = packed - ?2, packed_bytes = packed_bytes - ?3
                 WHERE id = ?1",
            )?
            .execute(params![channel, events, bytes])?;
        Ok(())
    }
}

pub(super) fn bytes(events: &[NewEvent]) -> u64 {
    events.iter().map(|event| event.body.len() as u64).sum()
}

/// Which of its properties an event has.
const HAS_MESSAGE: u8 = 1;
const IS_UNSEND: u8 = 2;
const IS_HOSTS: u8 = 4;

/// Each event is a byte of properties, and its texts with their lengths before them.
fn encode(events: &[NewEvent]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for event in events {
        let property = |has: bool, property: u8| if has { property } else { 0 };
        bytes.push(
            property(event.message.is_some(), HAS_MESSAGE)
                | property(event.is_unsend, IS_UNSEND)
                | property(event.is_hosts, IS_HOSTS),
        );
        let message = event.message.as_deref().unwrap_or_default();
        for text in [&event.id, &event.chat, message, &event.body] {
            // No text is as long as that: the store takes none of 4 GiB.
            let length = u32::try_from(text.len()).unwrap_or_default();
            bytes.extend_from_slice(&length.to_le_bytes());
            bytes.extend_from_slice(&text.as_bytes()[..length as usize]);
        }
    }
    bytes
}

/// Ends where the bytes are none of `encode`.
fn decode(mut bytes: &[u8]) -> impl Iterator<Item = NewEvent> {
    std::iter::from_fn(move || {
        let (&properties, rest) = bytes.split_first()?;
        bytes = rest;
        let mut text = || {
            let (length, rest) = bytes.split_first_chunk()?;
            let length = u32::from_le_bytes(*length) as usize;
            let text = str::from_utf8(rest.get(..length)?).ok()?;
            bytes = &rest[length..];
            Some(text)
        };
        let (id, chat, message, body) = (text()?, text()?, text()?, text()?);
        Some(NewEvent {
            id: id.to_owned(),
            chat: chat.to_owned(),
            message: (properties & HAS_MESSAGE != 0).then(|| message.to_owned()),
            is_unsend: properties & IS_UNSEND != 0,
            is_hosts: properties & IS_HOSTS != 0,
            body: Arc::from(body),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_out_as_they_went_in() {
        let event = |id: &str, message: Option<&str>, is_unsend, is_hosts| NewEvent {
            id: id.to_owned(),
            chat: "日本".to_owned(),
            message: message.map(str::to_owned),
            is_unsend,
            is_hosts,
            body: "{}".into(),
        };
        let events = [
            event("a", None, false, true),
            event("b", Some(""), true, false),
            event("", Some("m"), false, false),
        ];
        let bytes = encode(&events);
        let decoded: Vec<_> = decode(&bytes).collect();
        assert_eq!(format!("{decoded:?}"), format!("{events:?}"));
        // What is cut off is none, and does no harm.
        for cut in 0..bytes.len() {
            assert!(decode(&bytes[..cut]).count() < 3);
        }
    }
}
