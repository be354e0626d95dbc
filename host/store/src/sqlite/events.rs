//! The events of the journal, in a transaction.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

use super::database::give_back;
use super::memory::Memory;
use super::packed::{self, MANY};
use crate::error::StoreError;
use crate::journal::{
    Appended, Backlog, Claim, DEDUPLICATION, EventState, FailedAttempt, NewEvent, Outcome,
    Position, STEP_EVENTS, Settlement,
};

/// Why an attempt failed that the end of the host cut off.
const CUT_OFF: &str = "the host ended while it ran";

/// How often a channel's oldest waiting event is looked for.
const AGE_INTERVAL: i64 = 200;

/// The events, and what the host's run knows of them.
pub(super) struct Events<'a> {
    pub(super) connection: &'a Connection,
    memory: &'a mut Memory,
    pub(super) now: i64,
}

/// What a channel has.
pub(super) struct Held {
    pub(super) waiting: u64,
    pub(super) waiting_bytes: u64,
    pub(super) packed: u64,
    pub(super) packed_bytes: u64,
    pub(super) kept_bytes: u64,
}

/// An event that is about to be settled.
struct Claimed {
    channel: i64,
    chat: String,
    bytes: u64,
    /// Whether it is the one of its chat that can run, or runs.
    is_first: bool,
    is_withdrawn: bool,
}

impl<'a> Events<'a> {
    pub(super) fn new(connection: &'a Connection, memory: &'a mut Memory) -> Self {
        let now = memory.times.steady();
        Self {
            connection,
            memory,
            now,
        }
    }

    /// The time of day, by which scheduled events are due.
    pub(super) fn time_of_day(&self) -> i64 {
        self.memory.times.of_day()
    }

    /// The last position that is given so far.
    pub(super) fn last(&self) -> Position {
        self.memory.last
    }

    /// The event can run once the transaction is on disk.
    pub(super) fn promote(&mut self, position: Position) {
        self.memory.promote(position);
    }

    /// The next position, with so many behind it that are given, too.
    pub(super) fn reserve(&mut self, events: usize) -> Position {
        self.memory.reserve(events)
    }

    pub(super) fn append(
        &mut self,
        channel: &str,
        events: &[NewEvent],
        backlog: Option<Backlog>,
    ) -> Result<Appended, StoreError> {
        let channel = self.channel(channel)?;
        let held = self.held(channel)?;
        let is_packed = events.len() > MANY || held.packed > 0;
        let unsends = events.iter().any(|event| event.is_unsend);
        // What a few events take back makes room for them. Of many, nobody looks.
        let is_admitted = is_packed || !unsends;
        if let Some(limit) = backlog
            && is_admitted
        {
            self.admit(channel, held.with_packed(), events, limit)?;
        }
        if is_packed {
            return self.pack(channel, events);
        }
        let mut appended = Appended::default();
        for event in events {
            let position = self.memory.reserve(1);
            let taken = self.take_in(channel, event, position, self.now)?;
            appended.new += taken.new;
            appended.duplicates += taken.duplicates;
            appended.unsent += taken.unsent;
        }
        // What was taken back does not wait any more.
        if appended.new > 0
            && !is_admitted
            && let Some(limit) = backlog
        {
            self.check_backlog(channel, limit)?;
        }
        Ok(appended)
    }

    /// Fails if there is no room for what is new of the events. Looks, and writes nothing: who sends
    /// too much must not keep the writer busy.
    fn admit(
        &mut self,
        channel: i64,
        held: Held,
        events: &[NewEvent],
        limit: Backlog,
    ) -> Result<(), StoreError> {
        let Held {
            mut waiting,
            waiting_bytes: mut bytes,
            kept_bytes,
            ..
        } = held;
        let has_room = waiting + events.len() as u64 <= limit.events
            && bytes + packed::bytes(events) <= limit.bytes;
        let refusal = match kept_bytes > limit.kept {
            true => Some(StoreError::Kept {
                bytes: kept_bytes,
                limit: limit.kept,
            }),
            false => self.too_old(channel, limit.age)?,
        };
        if has_room && refusal.is_none() {
            return Ok(());
        }
        let mut new = HashSet::new();
        for event in events {
            if new.contains(&*event.id) || self.is_known(channel, &event.id)? {
                continue;
            }
            if let Some(refusal) = refusal {
                return Err(refusal);
            }
            new.insert(&*event.id);
            if let Some(message) = &event.message
                && self.is_withdrawn(channel, message)?
            {
                // It does not wait.
                continue;
            }
            waiting += 1;
            bytes += event.body.len() as u64;
            if waiting > limit.events || bytes > limit.bytes {
                return Err(StoreError::Backlog {
                    events: waiting,
                    bytes,
                    limit,
                });
            }
        }
        Ok(())
    }

    fn is_known(&self, channel: i64, id: &str) -> Result<bool, StoreError> {
        let mut found = self
            .connection
            .prepare_cached("SELECT 1 FROM events WHERE channel = ?1 AND id = ?2")?;
        Ok(found.exists(params![channel, id])?)
    }

    fn check_backlog(&mut self, channel: i64, limit: Backlog) -> Result<(), StoreError> {
        let held = self.held(channel)?;
        if held.waiting > limit.events || held.waiting_bytes > limit.bytes {
            return Err(StoreError::Backlog {
                events: held.waiting,
                bytes: held.waiting_bytes,
                limit,
            });
        }
        if held.kept_bytes > limit.kept {
            return Err(StoreError::Kept {
                bytes: held.kept_bytes,
                limit: limit.kept,
            });
        }
        self.too_old(channel, limit.age)?.map_or(Ok(()), Err)
    }

    /// Takes an event, unless the channel has it already, and takes back what it takes back.
    pub(super) fn take_in(
        &mut self,
        channel: i64,
        event: &NewEvent,
        position: Position,
        received: i64,
    ) -> Result<Appended, StoreError> {
        let mut appended = Appended::default();
        let Some(state) = self.insert(channel, event, position, received)? else {
            appended.duplicates = 1;
            return Ok(appended);
        };
        appended.new = 1;
        if state == EventState::Unsent {
            appended.unsent = 1;
        } else if event.is_unsend
            && let Some(message) = &event.message
        {
            appended.unsent = self.withdraw(channel, message)?;
        }
        Ok(appended)
    }

    /// Takes an event that is new, and tells its state. One whose message was taken back before it
    /// came is as good as unsent.
    fn insert(
        &self,
        channel: i64,
        event: &NewEvent,
        position: Position,
        received: i64,
    ) -> Result<Option<EventState>, StoreError> {
        let state = match &event.message {
            Some(message) if !event.is_unsend && self.is_withdrawn(channel, message)? => {
                EventState::Unsent
            }
            _ => EventState::Waiting,
        };
        let is_waiting = state == EventState::Waiting;
        let ended = (!is_waiting).then_some(self.now);
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO events (
                position, channel, id, chat, state, received, is_hosts, message, is_unsend,
                ready, ended, purge, body
             )
             VALUES (
                ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
                CASE WHEN ?5 = 0 AND (?4 = '' OR NOT EXISTS (
                    SELECT 1 FROM events WHERE channel = ?2 AND chat = ?4 AND state = 0
                )) THEN ?13 END,
                ?10, ?11, ?12
             )
             ON CONFLICT (channel, id) DO NOTHING",
        )?;
        let inserted = insert.execute(params![
            position,
            channel,
            event.id,
            event.chat,
            state.code(),
            received,
            event.is_hosts,
            event.message,
            event.is_unsend,
            ended,
            ended.map(|ended| later(ended, DEDUPLICATION)),
            is_waiting.then_some(&*event.body),
            self.now,
        ])?;
        Ok((inserted > 0).then_some(state))
    }

    fn is_withdrawn(&self, channel: i64, message: &str) -> Result<bool, StoreError> {
        let mut found = self.connection.prepare_cached(
            "SELECT 1 FROM events WHERE channel = ?1 AND message = ?2 AND is_unsend = 1 LIMIT 1",
        )?;
        Ok(found.exists(params![channel, message])?)
    }

    /// Purges what is kept of a message: of a step of its events, which is more than a message is
    /// edited. Returns how many of them were waiting.
    pub(super) fn withdraw(&mut self, channel: i64, message: &str) -> Result<usize, StoreError> {
        let mut found = self.connection.prepare_cached(
            "SELECT position, state FROM events
             WHERE channel = ?1 AND message = ?2 AND is_unsend = 0 LIMIT ?3",
        )?;
        let found = found.query_map(params![channel, message, STEP_EVENTS], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        let found: Vec<(Position, i64)> = found.collect::<Result<_, _>>()?;
        let mut unsent = 0;
        for (position, state) in found {
            let waits = state == EventState::Waiting.code();
            // What runs already is settled without its content.
            if waits
                && !self.memory.claimed.contains(&position)
                && let Some(event) = self.claimed(position)?
            {
                self.end(position, &event, EventState::Unsent, Duration::ZERO)?;
                unsent += 1;
            } else if state == EventState::Dead.code() {
                self.connection
                    .prepare_cached("UPDATE events SET state = 3, purge = ?2 WHERE position = ?1")?
                    .execute(params![position, later(self.now, DEDUPLICATION)])?;
            }
            self.purge(position)?;
            // It is not looked at again.
            self.connection
                .prepare_cached("UPDATE events SET message = NULL WHERE position = ?1")?
                .execute([position])?;
        }
        Ok(unsent)
    }

    /// Tells if an event that could run has waited for too long: whoever sends more only makes it
    /// worse.
    fn too_old(&mut self, channel: i64, limit: Duration) -> Result<Option<StoreError>, StoreError> {
        let checked = self.memory.age_checks.get(&channel);
        if checked.is_some_and(|checked| self.now < checked + AGE_INTERVAL) {
            return Ok(None);
        }
        let mut waited = 0;
        self.each_ready(channel, |_, ready| {
            waited = self.now - ready.max(self.memory.start);
            ControlFlow::Break(())
        })?;
        let age = Duration::from_millis(waited.try_into().unwrap_or_default());
        if age > limit {
            return Ok(Some(StoreError::BacklogAge { age, limit }));
        }
        self.memory.age_checks.insert(channel, self.now);
        Ok(None)
    }

    pub(super) fn claim(
        &mut self,
        channel: &str,
        limit: usize,
    ) -> Result<(Vec<Claim>, Option<Duration>), StoreError> {
        let Some(channel) = self.known_channel(channel)? else {
            return Ok((Vec::new(), None));
        };
        let mut next = None;
        let mut positions = Vec::new();
        self.each_ready(channel, |position, ready| {
            let wait = ready - self.now;
            if wait > 0 || positions.len() == limit {
                next = Some(Duration::from_millis(wait.try_into().unwrap_or_default()));
                return ControlFlow::Break(());
            }
            positions.push(position);
            ControlFlow::Continue(())
        })?;
        let mut claims = Vec::with_capacity(positions.len());
        for position in positions {
            if let Some(claim) = self.read_claim(position)? {
                claims.push(claim);
            } else if let Some(event) = self.claimed(position)? {
                // It was taken back while somebody had it, who did not tell how it ended.
                self.end(position, &event, EventState::Unsent, Duration::ZERO)?;
                next = Some(Duration::ZERO);
            }
        }
        Ok((claims, next))
    }

    /// Visits the first waiting events of a channel's chats that nobody has claimed, in the order
    /// in which they can run.
    fn each_ready(
        &self,
        channel: i64,
        mut visit: impl FnMut(Position, i64) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut ready = self.connection.prepare_cached(
            "SELECT position, ready FROM events
             WHERE channel = ?1 AND ready IS NOT NULL ORDER BY ready, position",
        )?;
        let mut ready = ready.query([channel])?;
        while let Some(row) = ready.next()? {
            let position = row.get(0)?;
            if self.memory.is_free(position) && visit(position, row.get(1)?).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The event as it is claimed, unless it has lost its content.
    fn read_claim(&self, position: Position) -> Result<Option<Claim>, StoreError> {
        let mut claim = self.connection.prepare_cached(
            "SELECT id, is_hosts, body, received, attempts, failing_since, note, version, chat,
                cut_off
             FROM events WHERE position = ?1 AND body IS NOT NULL",
        )?;
        let claim = claim.query_row([position], |row| {
            let since = |time: i64| {
                let passed = self.now.saturating_sub(time);
                Duration::from_millis(passed.try_into().unwrap_or_default())
            };
            let failing_since: Option<i64> = row.get(5)?;
            Ok(Claim {
                position,
                id: row.get(0)?,
                is_hosts: row.get(1)?,
                body: row.get(2)?,
                waited: since(row.get(3)?),
                attempts: row.get(4)?,
                failing: failing_since.map(since).unwrap_or_default(),
                note: row.get(6)?,
                version: row.get(7)?,
                chat: row.get(8)?,
                cut_off: row.get(9)?,
            })
        });
        Ok(claim.optional()?)
    }

    pub(super) fn note(&self, position: Position, note: &str) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE events SET note = ?2 WHERE position = ?1 AND state = 0")?
            .execute(params![position, note])?;
        Ok(())
    }

    /// Returns whether the chat goes on with another event.
    pub(super) fn settle(&mut self, settlement: &Settlement) -> Result<bool, StoreError> {
        let Settlement {
            position,
            outcome,
            note,
            kept,
        } = settlement;
        let Some(event) = self.claimed(*position)? else {
            return Ok(false);
        };
        match outcome {
            Outcome::Handled { keep } => {
                let room = kept / 2;
                let has_room = self.held(event.channel)?.kept_bytes + event.bytes <= room;
                let keep = if has_room { *keep } else { Duration::ZERO };
                self.end(*position, &event, EventState::Handled, keep)
            }
            Outcome::Retry { .. } | Outcome::Dead { .. } if event.is_withdrawn => {
                self.end(*position, &event, EventState::Unsent, Duration::ZERO)
            }
            Outcome::Retry { after, failure } => {
                self.add_failure(*position, &event, failure, *kept)?;
                let began = self.now.saturating_sub(millis(failure.took));
                self.connection
                    .prepare_cached(
                        "UPDATE events
                         SET ready = ?2, attempts = attempts + 1, note = coalesce(?3, note),
                             failing_since = coalesce(failing_since, ?4), cut_off = 0
                         WHERE position = ?1",
                    )?
                    .execute(params![position, later(self.now, *after), note, began])?;
                Ok(false)
            }
            Outcome::Dead { keep, failure } => {
                self.add_failure(*position, &event, failure, *kept)?;
                self.connection
                    .prepare_cached(
                        "UPDATE events SET attempts = attempts + 1, note = coalesce(?2, note)
                         WHERE position = ?1",
                    )?
                    .execute(params![position, note])?;
                self.end(*position, &event, EventState::Dead, *keep)
            }
            Outcome::GivenUp { .. } if event.is_withdrawn => {
                self.end(*position, &event, EventState::Unsent, Duration::ZERO)
            }
            Outcome::GivenUp { keep } => self.end(*position, &event, EventState::Dead, *keep),
        }
    }

    fn claimed(&self, position: Position) -> Result<Option<Claimed>, StoreError> {
        let mut found = self.connection.prepare_cached(
            "SELECT channel, chat, octet_length(body), ready IS NOT NULL FROM events
             WHERE position = ?1 AND state = 0",
        )?;
        let found = found.query_row([position], |row| {
            let bytes: Option<u64> = row.get(2)?;
            Ok(Claimed {
                channel: row.get(0)?,
                chat: row.get(1)?,
                bytes: bytes.unwrap_or_default(),
                is_first: row.get(3)?,
                is_withdrawn: bytes.is_none(),
            })
        });
        Ok(found.optional()?)
    }

    /// Ends a waiting event, whose content is kept for a while. Returns whether its chat goes on,
    /// which it does if it waited for this event: a replayed one can be earlier than the one that
    /// runs.
    fn end(
        &mut self,
        position: Position,
        event: &Claimed,
        state: EventState,
        keep: Duration,
    ) -> Result<bool, StoreError> {
        let kept = if keep.is_zero() { DEDUPLICATION } else { keep };
        self.connection
            .prepare_cached(
                "UPDATE events
                 SET state = ?2, ready = NULL, ended = ?3, purge = ?4,
                     body = CASE WHEN ?5 THEN body END,
                     note = CASE WHEN ?2 = 2 THEN note END
                 WHERE position = ?1",
            )?
            .execute(params![
                position,
                state.code(),
                self.now,
                later(self.now, kept),
                !keep.is_zero()
            ])?;
        // Events that tell no chat wait for no other.
        if !event.is_first || event.chat.is_empty() {
            return Ok(false);
        }
        let mut next = self.connection.prepare_cached(
            "UPDATE events SET ready = ?3 WHERE position = (
                SELECT min(position) FROM events
                WHERE channel = ?1 AND chat = ?2 AND state = 0
             ) AND ready IS NULL RETURNING position",
        )?;
        let next = next.query_row(params![event.channel, event.chat, self.now], |row| {
            row.get(0)
        });
        let next: Option<Position> = next.optional()?;
        if let Some(next) = next {
            self.memory.promote(next);
        }
        Ok(next.is_some())
    }

    /// Removes what an event says.
    pub(super) fn purge(&mut self, position: Position) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE events SET body = NULL, note = NULL WHERE position = ?1")?
            .execute([position])?;
        self.remove_failures(position)
    }

    pub(super) fn sweep(&mut self) -> Result<usize, StoreError> {
        let mut due = self.connection.prepare_cached(
            "SELECT position, ended FROM events WHERE purge <= ?1 ORDER BY purge LIMIT ?2",
        )?;
        let due = due.query_map(params![self.now, STEP_EVENTS], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        let due: Vec<(Position, i64)> = due.collect::<Result<_, _>>()?;
        let mut last = 0;
        for &(position, ended) in &due {
            let forget = later(ended, DEDUPLICATION);
            if forget <= self.now {
                self.remove_failures(position)?;
                self.connection
                    .prepare_cached("DELETE FROM events WHERE position = ?1")?
                    .execute([position])?;
                last = last.max(position);
            } else {
                // Its id must be known for longer than its content.
                self.connection
                    .prepare_cached("UPDATE events SET purge = ?2 WHERE position = ?1")?
                    .execute(params![position, forget])?;
                self.purge(position)?;
            }
        }
        if last > 0 {
            self.connection
                .prepare_cached("UPDATE marks SET forgotten = max(forgotten, ?1)")?
                .execute([last])?;
        }
        give_back(self.connection)?;
        Ok(due.len())
    }

    /// Counts an attempt that the end of the host cut off, of an event that waits. It is the first of
    /// its channel to run. Returns whether there was such an event.
    pub(super) fn cut_off(&mut self, position: Position, started: i64) -> Result<bool, StoreError> {
        let Some(event) = self.claimed(position)? else {
            return Ok(false);
        };
        let failure = FailedAttempt {
            started,
            took: Duration::ZERO,
            version: String::new(),
            error: CUT_OFF.to_owned(),
            log: String::new(),
        };
        self.add_failure(position, &event, &failure, u64::MAX)?;
        self.connection
            .prepare_cached(
                "UPDATE events
                 SET attempts = attempts + 1, cut_off = cut_off + 1, ready = 0,
                     failing_since = coalesce(failing_since, ?2)
                 WHERE position = ?1",
            )?
            .execute(params![position, started])?;
        Ok(true)
    }

    /// Keeps why an attempt failed, and what was logged if there is room for it.
    fn add_failure(
        &self,
        position: Position,
        event: &Claimed,
        failure: &FailedAttempt,
        room: u64,
    ) -> Result<(), StoreError> {
        let kept = self.held(event.channel)?.kept_bytes + failure.log.len() as u64;
        let log = if kept <= room { &*failure.log } else { "" };
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO failures (event, number, started, took, version, error, log)
             VALUES (
                ?1, (SELECT coalesce(max(number), 0) + 1 FROM failures WHERE event = ?1),
                ?2, ?3, ?4, ?5, ?6
             )",
        )?;
        insert.execute(params![
            position,
            failure.started,
            millis(failure.took),
            failure.version,
            failure.error,
            log,
        ])?;
        Ok(())
    }

    fn remove_failures(&self, position: Position) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("DELETE FROM failures WHERE event = ?1")?
            .execute([position])?;
        Ok(())
    }

    /// The channel, which is made if it is not there.
    fn channel(&self, name: &str) -> Result<i64, StoreError> {
        if let Some(channel) = self.known_channel(name)? {
            return Ok(channel);
        }
        self.connection
            .prepare_cached("INSERT INTO channels (name) VALUES (?1)")?
            .execute([name])?;
        Ok(self.connection.last_insert_rowid())
    }

    fn known_channel(&self, name: &str) -> Result<Option<i64>, StoreError> {
        let mut found = self
            .connection
            .prepare_cached("SELECT id FROM channels WHERE name = ?1")?;
        Ok(found.query_row([name], |row| row.get(0)).optional()?)
    }

    /// How many of a channel's events wait.
    pub(super) fn waiting(&self, channel: &str) -> Result<u64, StoreError> {
        let channel = self.known_channel(channel)?;
        let held = channel.map(|channel| self.held(channel)).transpose()?;
        Ok(held.map_or(0, |held| held.waiting + held.packed))
    }

    fn held(&self, channel: i64) -> Result<Held, StoreError> {
        let mut held = self.connection.prepare_cached(
            "SELECT waiting, waiting_bytes, packed, packed_bytes, kept_bytes FROM channels
             WHERE id = ?1",
        )?;
        Ok(held.query_row([channel], |row| {
            Ok(Held {
                waiting: row.get(0)?,
                waiting_bytes: row.get(1)?,
                packed: row.get(2)?,
                packed_bytes: row.get(3)?,
                kept_bytes: row.get(4)?,
            })
        })?)
    }
}

impl EventState {
    /// As the table has it.
    pub(super) fn code(self) -> i64 {
        match self {
            Self::Waiting => 0,
            Self::Handled => 1,
            Self::Dead => 2,
            Self::Unsent => 3,
            Self::Discarded => 4,
        }
    }

    pub(super) fn of(code: i64) -> Option<Self> {
        let states = [
            Self::Waiting,
            Self::Handled,
            Self::Dead,
            Self::Unsent,
            Self::Discarded,
        ];
        states.into_iter().find(|state| state.code() == code)
    }
}

pub(super) fn later(time: i64, duration: Duration) -> i64 {
    time.saturating_add(millis(duration))
}

fn millis(duration: Duration) -> i64 {
    duration.as_millis().try_into().unwrap_or(i64::MAX)
}
