//! What is known of the events as long as the host runs.

use std::collections::{HashMap, HashSet};

use botbox_clock::Clock;
use rusqlite::Connection;

use super::times::Times;
use crate::journal::Position;

/// What is known of the events as long as the host runs, and is on no disk.
pub(super) struct Memory {
    pub(super) times: Times,
    /// When the host began. What waited for it did not wait for a turn.
    pub(super) start: i64,
    /// The last position that was given.
    pub(super) last: Position,
    /// The last position that is on disk.
    pub(super) durable: Position,
    pub(super) claimed: HashSet<Position>,
    /// Events that can run when the transaction is on disk: what made way for them may not be yet.
    promoted: HashSet<Position>,
    /// When a channel's oldest waiting event was looked for.
    pub(super) age_checks: HashMap<i64, i64>,
}

impl Memory {
    pub(super) fn open(connection: &Connection, clock: Clock) -> rusqlite::Result<Self> {
        let times = Times::start(clock);
        let last = "SELECT max(
            (SELECT coalesce(max(position), 0) FROM events),
            (SELECT coalesce(max(first + events - 1), 0) FROM packs),
            (SELECT forgotten FROM marks)
        )";
        let last = connection.query_row(last, [], |row| row.get(0))?;
        // What waits for its retry need not wait for a clock that was set back.
        let now = times.steady();
        connection.execute(
            "UPDATE events SET ready = ?1 WHERE ready IS NOT NULL AND ready > ?1",
            [now],
        )?;
        Ok(Self {
            times,
            start: now,
            last,
            durable: last,
            claimed: HashSet::new(),
            promoted: HashSet::new(),
            age_checks: HashMap::new(),
        })
    }

    /// Gives no position up to this one any more.
    pub(super) fn skip_to(&mut self, position: Position) {
        self.last = self.last.max(position);
        self.durable = self.last;
    }

    /// All up to this position is on disk.
    pub(super) fn set_durable(&mut self, position: Position) {
        self.durable = self.durable.max(position);
    }

    /// Somebody has the events.
    pub(super) fn hold(&mut self, positions: impl IntoIterator<Item = Position>) {
        self.claimed.extend(positions);
    }

    /// The event can run once the transaction is on disk.
    pub(super) fn promote(&mut self, position: Position) {
        self.promoted.insert(position);
    }

    /// The transaction is on disk, or undone.
    pub(super) fn end_transaction(&mut self) {
        self.promoted.clear();
    }

    /// Whether the event can be claimed, if it can run.
    pub(super) fn is_free(&self, position: Position) -> bool {
        position <= self.durable
            && !self.claimed.contains(&position)
            && !self.promoted.contains(&position)
    }

    /// Nobody has the event any more.
    pub(super) fn release(&mut self, position: Position) {
        self.claimed.remove(&position);
    }

    /// Gives so many positions. Returns the first.
    pub(super) fn reserve(&mut self, events: usize) -> Position {
        let first = self.last + 1;
        self.last = self.last.saturating_add_unsigned(events as u64);
        first
    }
}
