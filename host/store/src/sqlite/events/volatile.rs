//! What is known of the events as long as the process runs, and is on no disk.

use std::collections::{HashMap, HashSet};

use botbox_clock::Clock;
use rusqlite::Connection;

use super::ready::ReadyQueues;
use super::recent::Recent;
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
    /// The last position that is durable once the transaction is committed.
    written: Position,
    /// What is claimed, and what can be claimed next.
    pub(super) ready: ReadyQueues,
    /// The waiting events that are known, and what the tables lack of them.
    pub(crate) recent: Recent,
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
        let ready = ReadyQueues::new(times.clone());
        Ok(Self {
            times,
            start: now,
            last,
            durable: last,
            written: last,
            ready,
            recent: Recent::default(),
            uncommitted: HashSet::new(),
            age_checks: HashMap::new(),
        })
    }

    pub(crate) fn ready(&self) -> &ReadyQueues {
        &self.ready
    }

    /// The last position that was given.
    pub(crate) fn last(&self) -> Position {
        self.last
    }

    /// The position that is given next.
    pub(super) fn next(&self) -> Position {
        self.last + 1
    }

    /// Gives so many positions. Returns the first.
    pub(super) fn reserve(&mut self, events: usize) -> Position {
        let first = self.next();
        self.last = self.last.saturating_add_unsigned(events as u64);
        first
    }

    /// Gives no position up to this one any more.
    pub(crate) fn skip_to(&mut self, position: Position) {
        self.last = self.last.max(position);
        self.durable = self.last;
        self.written = self.last;
    }

    /// A step of the transaction has succeeded, or is undone.
    pub(crate) fn end_step(&mut self, has_succeeded: bool) {
        self.recent.end_step(has_succeeded);
        if has_succeeded {
            self.written = self.last;
        } else {
            self.last = self.written;
        }
    }

    /// The event can be claimed once the transaction is committed.
    pub(super) fn make_claimable(&mut self, position: Position) {
        self.uncommitted.insert(position);
    }

    /// The transaction is committed, or rolled back. Returns the last position that is durable, if it is a
    /// new one.
    pub(crate) fn end_transaction(&mut self, is_committed: bool) -> Option<Position> {
        self.uncommitted.clear();
        if !is_committed {
            self.written = self.durable;
            self.last = self.durable;
        }
        let is_new = self.durable < self.written;
        self.durable = self.written;
        is_new.then_some(self.durable)
    }

    /// Whether the event can be claimed, if it is its chat's first and ready.
    pub(crate) fn is_free(&self, position: Position) -> bool {
        position <= self.durable
            && !self.ready.is_claimed(position)
            && !self.uncommitted.contains(&position)
    }
}
