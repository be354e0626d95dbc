//! Large webhooks: their events are kept in packs, as they came, until there is time to unpack them.
//!
//! LINE waits for the answer, and so do the webhooks of other channels: an event costs the writer
//! some ten microseconds in a row of its own, and a fraction of one in a pack. The packs of a channel
//! are unpacked one after the other when its events are claimed, and later webhooks of the channel are
//! packed behind them. So order and deduplication are as if there were no packs.

use std::collections::HashSet;
use std::sync::Arc;

use rusqlite::{OptionalExtension, params};

use super::pack_format::{decode, decode_ids, encode, encode_ids};
use super::transaction::Events;
use crate::error::StoreError;
use crate::journal::{Appended, NewEvent, Position};

/// From how many events on a webhook is packed: 256, more than LINE was seen to send. One by one they
/// take some ten milliseconds.
pub(super) const MANY: usize = 256;

/// How many events a pack has: 64, which are unpacked in some milliseconds.
const PACK: usize = 64;

/// With how many packed events of its channel a webhook is compared when there is no room for all of it:
/// 10,000, which takes a millisecond.
const COMPARED: u64 = 10_000;

impl Events<'_> {
    /// Packs the events, in order, behind those that are packed already.
    pub(super) fn pack(
        &mut self,
        channel: i64,
        events: &[&NewEvent],
    ) -> Result<Appended, StoreError> {
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO packs (first, channel, events, bytes, received, content, ids)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        let mut count = self.connection.prepare_cached(
            "UPDATE channels SET packed = packed + ?2, packed_bytes = packed_bytes + ?3
             WHERE id = ?1",
        )?;
        for events in events.chunks(PACK) {
            let bytes = bytes(events.iter().copied());
            let first = self.volatile.reserve(events.len());
            let (content, ids) = (encode(events), encode_ids(events));
            insert.execute(params![
                first,
                channel,
                events.len(),
                bytes,
                self.now,
                content,
                ids
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

    /// The ids of those of the events that are packed already. If too many events are packed to compare
    /// them, none is taken for packed.
    pub(super) fn packed_ids<'e>(
        &self,
        channel: i64,
        packed: u64,
        events: &'e [Arc<NewEvent>],
    ) -> Result<HashSet<&'e str>, StoreError> {
        let mut found = HashSet::new();
        if packed > COMPARED {
            return Ok(found);
        }
        let mut wanted: HashSet<&str> = events.iter().map(|event| &*event.id).collect();
        let mut packs = self
            .connection
            .prepare_cached("SELECT ids FROM packs WHERE channel = ?1")?;
        let mut packs = packs.query([channel])?;
        while let Some(pack) = packs.next()? {
            let ids: Vec<u8> = pack.get(0)?;
            found.extend(decode_ids(&ids).filter_map(|id| wanted.take(id)));
        }
        Ok(found)
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

pub(super) fn bytes<'e>(events: impl Iterator<Item = &'e NewEvent>) -> u64 {
    events.map(|event| event.body.len() as u64).sum()
}
