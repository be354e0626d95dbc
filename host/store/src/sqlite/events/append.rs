//! A webhook's events arrive: those that are new, if there is room for them.

use std::collections::HashSet;
use std::sync::Arc;

use rusqlite::params;

use super::held::Held;
use super::packs::{self, MANY};
use super::ready::ReadyEvent;
use super::transaction::Events;
use crate::error::StoreError;
use crate::journal::{Appended, Backlog, NewEvent};

/// What arrived.
pub(crate) struct Arrival {
    pub(crate) appended: Appended,
    /// The new events that can be claimed at once, if nothing else can be claimed since.
    pub(crate) ready: Option<Vec<ReadyEvent>>,
}

impl Events<'_> {
    /// Appends all events, or none if there is no room. Without a limit there is always room. If none of them
    /// unsends another, nothing is written before it is known that there is room.
    pub(crate) fn append(
        &mut self,
        name: &str,
        events: &[Arc<NewEvent>],
        limit: Option<Backlog>,
    ) -> Result<Arrival, StoreError> {
        // A channel that has no row has no events, and no row is 0.
        let (mut channel, held) = self.known_held(name)?.unwrap_or_default();
        let is_packed = events.len() > MANY || held.packed > 0;
        let unsends = events.iter().any(|event| event.is_unsend);
        // What a few events unsend makes room for them. In many, nobody looks for that.
        let is_checked_first = is_packed || !unsends;
        let mut admitted = events.iter().map(AsRef::as_ref).collect();
        if let Some(limit) = limit
            && is_checked_first
        {
            admitted = self.admit(channel, &held, events, limit)?;
        }
        if channel == 0 {
            channel = self.add_channel(name)?;
        }
        if is_packed {
            let mut appended = self.pack(channel, &admitted)?;
            appended.duplicates = events.len() - admitted.len();
            let ready = None;
            return Ok(Arrival { appended, ready });
        }
        let mut appended = Appended::default();
        let mut ready = Vec::new();
        for event in events {
            let position = self.volatile.next();
            let one = self.insert(channel, event, position, self.now)?;
            // A position is not left out for a duplicate: it would be taken for a lost event.
            self.volatile.reserve(one.appended.new);
            appended.new += one.appended.new;
            appended.duplicates += one.appended.duplicates;
            appended.unsent += one.appended.unsent;
            if one.is_ready {
                ready.push(ReadyEvent {
                    position,
                    received: self.now,
                    event: Arc::clone(event),
                });
            }
        }
        // What was unsent does not wait any more.
        if appended.new > 0
            && !is_checked_first
            && let Some(limit) = limit
        {
            self.check_backlog(channel, limit)?;
        }
        // In place of what was unsent, the next one of its chat can be claimed.
        let ready = (appended.unsent == 0).then_some(ready);
        Ok(Arrival { appended, ready })
    }

    /// Returns the events for which there is room: all of them or, if there is not room for all, those
    /// that are new. Fails if there is no room for these. It only reads, because who sends too much must
    /// not keep the writer busy.
    fn admit<'e>(
        &mut self,
        channel: i64,
        held: &Held,
        events: &'e [Arc<NewEvent>],
        limit: Backlog,
    ) -> Result<Vec<&'e NewEvent>, StoreError> {
        let (mut waiting, mut bytes) = (held.waiting, held.waiting_bytes);
        let has_room = waiting + events.len() as u64 <= limit.events
            && bytes + packs::bytes(events.iter().map(AsRef::as_ref)) <= limit.bytes;
        let refusal = match check_kept(held, limit) {
            Err(refusal) => Some(refusal),
            Ok(()) => self.check_age(channel, limit.age)?.err(),
        };
        if has_room && refusal.is_none() {
            return Ok(events.iter().map(AsRef::as_ref).collect());
        }
        // Duplicates need no room.
        let mut known = match held.packed {
            0 => HashSet::new(),
            packed => self.packed_ids(channel, packed, events)?,
        };
        let mut new = Vec::new();
        for event in events {
            if !known.insert(&*event.id) || self.is_known(channel, &event.id)? {
                continue;
            }
            if let Some(refusal) = refusal {
                return Err(refusal);
            }
            new.push(&**event);
            if let Some(message) = &event.message
                && self.is_unsent(channel, message)?
            {
                // It does not wait.
                continue;
            }
            waiting += 1;
            bytes += event.body.len() as u64;
            check_waiting(waiting, bytes, limit)?;
        }
        Ok(new)
    }

    fn is_known(&self, channel: i64, id: &str) -> Result<bool, StoreError> {
        let mut found = self
            .connection
            .prepare_cached("SELECT 1 FROM events WHERE channel = ?1 AND id = ?2")?;
        Ok(found.exists(params![channel, id])?)
    }

    /// Fails if the channel has more than it may.
    fn check_backlog(&mut self, channel: i64, limit: Backlog) -> Result<(), StoreError> {
        let held = self.held(channel)?;
        check_waiting(held.waiting, held.waiting_bytes, limit)?;
        check_kept(&held, limit)?;
        self.check_age(channel, limit.age)?
    }
}

pub(super) fn check_waiting(events: u64, bytes: u64, limit: Backlog) -> Result<(), StoreError> {
    if events > limit.events || bytes > limit.bytes {
        return Err(StoreError::Backlog {
            events,
            bytes,
            limit,
        });
    }
    Ok(())
}

pub(super) fn check_kept(held: &Held, limit: Backlog) -> Result<(), StoreError> {
    if held.kept_bytes > limit.kept {
        return Err(StoreError::Kept {
            bytes: held.kept_bytes,
            limit: limit.kept,
        });
    }
    Ok(())
}
