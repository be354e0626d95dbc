//! What is known of the events as long as the process runs, and is on no disk.

use std::collections::{HashMap, HashSet};

use botbox_clock::Clock;
use rusqlite::Connection;

use super::times::Times;
use crate::journal::Position;

/// What is known of the events as long as the process runs.
pub(crate) struct Volatile {
    pub(super) times: Times,
    /// When the process began. What waited for it did not wait for a turn.
    pub(super) start: i64,
    /// The last position that was given.
    last: Position,
    /// The last position that is durable.
    durable: Position,
    claimed: HashSet<Position>,
    /// Events that the transaction makes claimable, and a rollback would make unclaimable again.
    uncommitted: HashSet<Position>,
    /// When a channel's oldest waiting event was looked for, by the channel's row.
    pub(super) age_checks: HashMap<i64, i64>,
}

impl Volatile {
    pub(crate) fn open(connection: &Connection, clock: Clock) -> rusqlite::Result<Self> {
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
            uncommitted: HashSet::new(),
            age_checks: HashMap::new(),
        })
    }

    /// The last position that was given.
    pub(crate) fn last(&self) -> Position {
        self.last
    }

    /// Gives so many positions. Returns the first.
    pub(super) fn reserve(&mut self, events: usize) -> Position {
        let first = self.last + 1;
        self.last = self.last.saturating_add_unsigned(events as u64);
        first
    }

    /// Gives no position up to this one any more.
    pub(crate) fn skip_to(&mut self, position: Position) {
        self.last = self.last.max(position);
        self.durable = self.last;
    }

    /// All up to this position is durable.
    pub(crate) fn set_durable(&mut self, position: Position) {
        self.durable = self.durable.max(position);
    }

    /// The event can be claimed once the transaction is committed.
    pub(super) fn make_claimable(&mut self, position: Position) {
        self.uncommitted.insert(position);
    }

    /// The transaction is committed, or rolled back.
    pub(crate) fn end_transaction(&mut self) {
        self.uncommitted.clear();
    }

    /// Somebody has claimed the events.
    pub(crate) fn claim(&mut self, positions: impl IntoIterator<Item = Position>) {
        self.claimed.extend(positions);
    }

    pub(super) fn is_claimed(&self, position: Position) -> bool {
        self.claimed.contains(&position)
    }

    /// Nobody has the event any more.
    pub(crate) fn release(&mut self, position: Position) {
        self.claimed.remove(&position);
    }

    /// Whether the event can be claimed, if it is its chat's first and ready.
    pub(crate) fn is_free(&self, position: Position) -> bool {
        position <= self.durable
            && !self.is_claimed(position)
            && !self.uncommitted.contains(&position)
    }
}
