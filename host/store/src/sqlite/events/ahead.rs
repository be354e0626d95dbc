//! What can be done ahead of the tables: events arrive, are noted and handled in memory and the log alone.
//!
//! That is the way of nearly all events. Whatever else happens to them needs the tables, which then have all of it
//! first. Each step here does all that it is asked for, or nothing, and then it is done in the tables.

use std::sync::Arc;

use rusqlite::params;

use super::append::{Arrival, check_kept, check_waiting};
use super::packs;
use super::ready::ReadyEvent;
use super::recent::{Handled, HeldRow, MOST_AGE, Next};
use super::settle::{Settled, keep_within};
use super::transaction::Events;
use crate::journal::{Appended, Backlog, NewEvent, Outcome, Position, Settlement};

/// The most events of a webhook that is appended in the log: 64. More are rare.
const EVENTS: usize = 64;

/// The most bytes of such a webhook: 64 KiB. What is larger would be written three times.
const BYTES: u64 = 64 << 10;

/// What the tables say of an event that arrives.
struct Lookup {
    is_known: bool,
    /// Its message was unsent before it arrived.
    is_unsent: bool,
    /// Others of its chat wait.
    has_others: bool,
}

impl Events<'_> {
    /// Appends all events to the log, if there is room for them.
    pub(crate) fn append_ahead(
        &mut self,
        name: &str,
        events: &[Arc<NewEvent>],
        limit: Backlog,
    ) -> Option<Arrival> {
        let bytes = packs::bytes(events.iter().map(AsRef::as_ref));
        let is_small = events.len() <= EVENTS && bytes <= BYTES;
        let unsends = events.iter().any(|event| event.is_unsend);
        // An age that is shorter than what is in the log for some time can't be told here.
        if !is_small || unsends || limit.age <= MOST_AGE {
            return None;
        }
        let HeldRow { id: channel, held } = self.held_ahead(name)?;
        let (channel, packed) = (*channel, held.packed);
        let (waiting, waiting_bytes) = (held.waiting, held.waiting_bytes);
        check_waiting(waiting + events.len() as u64, waiting_bytes + bytes, limit).ok()?;
        check_kept(held, limit).ok()?;
        if packed > 0 || self.check_age(channel, limit.age).ok()?.is_err() {
            return None;
        }
        let mut new: Vec<&Arc<NewEvent>> = Vec::with_capacity(events.len());
        for event in events {
            let is_there = self.volatile.recent.has_id(channel, &event.id)
                || new.iter().any(|it| it.id == event.id);
            if is_there {
                continue;
            }
            let found = self.look_up(channel, event)?;
            if found.is_unsent || found.has_others {
                return None;
            }
            if !found.is_known {
                new.push(event);
            }
        }
        Some(self.append_new(name, channel, events.len(), &new))
    }

    /// Notes something of an event in the log.
    pub(crate) fn note_ahead(&mut self, position: Position, note: &str) -> Option<()> {
        let recent = &mut self.volatile.recent;
        (recent.is_open() && recent.note(position, note)).then_some(())
    }

    /// Settles an event in the log, if it is handled.
    pub(crate) fn settle_ahead(&mut self, name: &str, settlement: &Settlement) -> Option<Settled> {
        let Settlement {
            position,
            outcome: Outcome::Handled { keep },
            kept,
            ..
        } = settlement
        else {
            return None;
        };
        let (channel, bytes) = self.volatile.recent.can_handle(*position)?;
        let at = self.now;
        let HeldRow { id, held } = self.held_ahead(name)?;
        if *id != channel {
            return None;
        }
        let keep = keep_within(*keep, held.kept_bytes + bytes, *kept);
        held.waiting = held.waiting.saturating_sub(1);
        held.waiting_bytes = held.waiting_bytes.saturating_sub(bytes);
        if !keep.is_zero() {
            held.kept_bytes += bytes;
        }
        let next = self.volatile.recent.handle(*position, Handled { at, keep });
        Some(match next {
            Next::Nothing => Settled::default(),
            Next::Event(position, received, event) => Settled {
                goes_on: true,
                next: Some(ReadyEvent {
                    position,
                    received,
                    event,
                }),
            },
        })
    }

    fn append_new(
        &mut self,
        name: &str,
        channel: i64,
        events: usize,
        new: &[&Arc<NewEvent>],
    ) -> Arrival {
        let mut ready = Vec::with_capacity(new.len());
        for &event in new {
            let position = self.volatile.reserve(1);
            let received = self.now;
            let recent = &mut self.volatile.recent;
            if recent.append(channel, position, received, event) {
                ready.push(ReadyEvent {
                    position,
                    received,
                    event: Arc::clone(event),
                });
            }
        }
        if let Some(HeldRow { held, .. }) = self.volatile.recent.channels.get_mut(name) {
            held.waiting += new.len() as u64;
            held.waiting_bytes += packs::bytes(new.iter().map(|it| &***it));
        }
        let appended = Appended {
            new: new.len(),
            duplicates: events - new.len(),
            unsent: 0,
        };
        let ready = Some(ready);
        Arrival { appended, ready }
    }

    /// The row of a channel that is there, and what the channel has, with what the tables lack. Nothing if
    /// nothing may be done ahead of them.
    fn held_ahead(&mut self, name: &str) -> Option<&mut HeldRow> {
        if !self.volatile.recent.is_open() {
            return None;
        }
        if !self.volatile.recent.channels.contains_key(name) {
            // Since the last fold nothing of the channel was done in the log, so the tables have all of it.
            let (id, held) = self.known_held(name).ok()??;
            let row = HeldRow { id, held };
            self.volatile.recent.channels.insert(name.into(), row);
        }
        self.volatile.recent.channels.get_mut(name)
    }

    fn look_up(&self, channel: i64, event: &NewEvent) -> Option<Lookup> {
        let recent = &self.volatile.recent;
        let is_known = event.chat.is_empty() || recent.knows_chat(channel, &event.chat);
        let chat = if is_known { "" } else { &event.chat };
        let mut found = self
            .connection
            .prepare_cached(
                "SELECT
                    EXISTS (SELECT 1 FROM events WHERE channel = ?1 AND id = ?2),
                    EXISTS (
                        SELECT 1 FROM events
                        WHERE message = ?3 AND channel = ?1 AND is_unsend = 1
                    ),
                    ?4 <> '' AND EXISTS (
                        SELECT 1 FROM events WHERE channel = ?1 AND chat = ?4 AND state = 0
                    )",
            )
            .ok()?;
        let found = found.query_row(params![channel, event.id, event.message, chat], |row| {
            Ok(Lookup {
                is_known: row.get(0)?,
                is_unsent: row.get(1)?,
                has_others: row.get(2)?,
            })
        });
        found.ok()
    }
}
