//! Dead letters are replayed or discarded.

use std::collections::BTreeSet;

use rusqlite::params;

use super::times::later;
use super::transaction::Events;
use crate::error::StoreError;
use crate::journal::{DEDUPLICATION, Position, ReplayOn};

impl Events<'_> {
    /// Replays those of the events that are dead letters. Returns which.
    pub(crate) fn replay(
        &mut self,
        positions: Vec<Position>,
        on: ReplayOn,
    ) -> Result<Vec<Position>, StoreError> {
        let mut dead = self.connection.prepare_cached(
            "UPDATE events
             SET state = 0, attempts = 0, failing_since = NULL, ended = NULL, purge = NULL,
                 deployment = iif(?4, deployment, ?2),
                 ready = CASE WHEN chat = '' OR NOT EXISTS (
                     SELECT 1 FROM events AS others WHERE others.channel = events.channel
                     AND others.chat = events.chat AND others.state = 0
                 ) THEN ?3 END
             WHERE position = ?1 AND state = 2 AND body IS NOT NULL",
        )?;
        let (keep, deployment) = match on {
            ReplayOn::Kept => (true, None),
            ReplayOn::Current => (false, None),
            ReplayOn::Deployment(number) => (false, Some(number)),
        };
        // They join their chats, before others.
        self.volatile.recent.forget_all();
        let mut replayed = Vec::with_capacity(positions.len());
        for position in positions {
            if dead.execute(params![position, deployment, self.now, keep])? > 0 {
                self.volatile.make_claimable(position);
                replayed.push(position);
            }
        }
        Ok(replayed)
    }

    /// The channels of events.
    pub(crate) fn channels(&self, positions: &[Position]) -> Result<BTreeSet<String>, StoreError> {
        let mut channel = self.connection.prepare_cached(
            "SELECT name FROM channels WHERE id = (
                SELECT channel FROM events WHERE position = ?1
             )",
        )?;
        let channels = positions
            .iter()
            .map(|position| channel.query_row([position], |row| row.get(0)));
        Ok(channels.collect::<Result<_, _>>()?)
    }

    /// Discards those of the events that are dead letters. Returns which.
    pub(crate) fn discard(
        &mut self,
        positions: Vec<Position>,
    ) -> Result<Vec<Position>, StoreError> {
        let mut discard = self.connection.prepare_cached(
            "UPDATE events SET state = 4, purge = ?2 WHERE position = ?1 AND state = 2",
        )?;
        let mut discarded = Vec::with_capacity(positions.len());
        for position in positions {
            let purge = later(self.now, DEDUPLICATION);
            if discard.execute(params![position, purge])? > 0 {
                self.purge(position)?;
                discarded.push(position);
            }
        }
        Ok(discarded)
    }
}
