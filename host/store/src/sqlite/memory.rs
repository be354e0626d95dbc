//! What is known of the events as long as the host runs.

use std::collections::{HashMap, HashSet};

use rusqlite::Connection;

use super::clock::Clock;
use crate::journal::Position;

/// What is known of the events as long as the host runs, and is on no disk.
pub(super) struct Memory {
    pub(super) clock: Clock,
    /// When the host began. What waited for it did not wait for a turn.
    pub(super) start: i64,
    /// The last position that was given.
    pub(super) last: Position,
    /// The last position that is on disk.
    pub(super) durable: Position,
    pub(super) claimed: HashSet<Position>,
    /// When a channel's oldest waiting event was looked for.
    pub(super) age_checks: HashMap<i64, i64>,
}

impl Memory {
    pub(super) fn open(connection: &Connection) -> rusqlite::Result<Self> {
        let clock = Clock::start();
        let last = "SELECT coalesce(max(position), 0) FROM events";
        let last = connection.query_row(last, [], |row| row.get(0))?;
        // What waits for its retry need not wait for a clock that was set back.
        let now = clock.now();
        connection.execute(
            "UPDATE events SET ready = ?1 WHERE ready IS NOT NULL AND ready > ?1",
            [now],
        )?;
        Ok(Self {
            clock,
            start: now,
            last,
            durable: last,
            claimed: HashSet::new(),
            age_checks: HashMap::new(),
        })
    }

    /// All up to this position is on disk.
    pub(super) fn set_durable(&mut self, position: Position) {
        self.durable = self.durable.max(position);
    }

    /// Somebody has the events.
    pub(super) fn hold(&mut self, positions: impl Iterator<Item = Position>) {
        self.claimed.extend(positions);
    }

    /// Nobody has the event any more.
    pub(super) fn release(&mut self, position: Position) {
        self.claimed.remove(&position);
    }

    /// Gives the next position.
    pub(super) fn next(&mut self) -> Position {
        self.last += 1;
        self.last
    }
}
