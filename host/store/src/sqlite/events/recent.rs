//! The waiting events that are known in memory, and what the tables lack of them.
//!
//! What the log has and the tables have not yet is here. It is folded little by little: events that are handled once
//! there are some, so that each is inserted as it ended, and others when they have waited for a second. So is what
//! must be known of an event to settle it without a query: its channel, its size, and which events of its chat wait
//! behind it. That stays until the event has ended.
//!
//! What is known of a chat is all or nothing: the chat has no other waiting events than those that are here. What
//! can't be kept so is forgotten, which costs a query later, and nothing else.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::held::Held;
use crate::journal::{NewEvent, Position};
use crate::sqlite::redo::Record;

/// The most events that are known: 8192, as many as may run at once on a large host. Each takes some hundred
/// bytes, without its content.
const EVENTS: usize = 8192;

/// How many events are folded at a time: 64, which takes a millisecond. Webhooks wait for it.
const FOLDED: usize = 64;

/// How many bytes are folded at a time: 256 KiB, which takes about as long.
const FOLDED_BYTES: usize = 256 << 10;

/// The most bytes that the tables may lack: 4 MiB, a quarter of what the log's file has room for.
const BYTES: usize = 4 << 20;

/// For how long the tables may lack something that need not be folded before: 1 s. Nearly all events are handled
/// by then, and inserted once.
const AGE: Duration = Duration::from_secs(1);

/// For how long the tables may lack something at all: 2 s.
pub(super) const MOST_AGE: Duration = Duration::from_secs(2);

/// What is known. By channels' rows.
#[derive(Default)]
pub(crate) struct Recent {
    events: HashMap<Position, Known>,
    /// The waiting events of chats, oldest first.
    chats: HashMap<(i64, Arc<str>), Vec<Position>>,
    /// What channels hold, by their names. Since the last fold.
    pub(super) channels: HashMap<Box<str>, HeldRow>,
    /// The ids of events that are not in the tables.
    ids: HashSet<(i64, Box<str>)>,
    /// The events of which the tables lack something, and since when. Some are folded already.
    unfolded: VecDeque<(Position, Instant)>,
    /// Those of them that are handled, in that order.
    handled: VecDeque<Position>,
    /// The bytes that the tables lack.
    bytes: usize,
    /// The records of the batch, which are to be written to the log.
    records: Vec<u8>,
    /// Whether nothing may be done ahead of the tables: they lack what is not here.
    is_closed: bool,
    /// Whether the step has changed what is known.
    is_changed: bool,
}

/// The row of a channel, and what it holds.
pub(super) struct HeldRow {
    pub(super) id: i64,
    pub(super) held: Held,
}

/// A waiting event, or one that is handled and not yet so in the tables.
struct Known {
    channel: i64,
    /// Empty if it names none.
    chat: Arc<str>,
    /// The bytes of its content.
    bytes: u64,
    is_unfolded: bool,
    unfolded: Unfolded,
    /// The bytes of that.
    unfolded_bytes: usize,
}

/// What the tables lack of an event.
#[derive(Default)]
pub(super) struct Unfolded {
    /// All of it.
    pub(super) arrival: Option<Arrived>,
    pub(super) note: Option<String>,
    pub(super) handled: Option<Handled>,
}

/// An event as it arrived.
pub(super) struct Arrived {
    pub(super) event: Arc<NewEvent>,
    pub(super) received: i64,
    /// When it could be claimed, if it can be.
    pub(super) ready: i64,
}

/// How an event ended.
#[derive(Clone, Copy)]
pub(super) struct Handled {
    pub(super) at: i64,
    pub(super) keep: Duration,
}

/// What is to be folded of an event.
pub(super) struct Change {
    pub(super) position: Position,
    pub(super) channel: i64,
    pub(super) unfolded: Unfolded,
}

/// What a handled event leaves its chat.
pub(super) enum Next {
    /// No event waits behind it.
    Nothing,
    /// This event can be claimed now.
    Event(Position, i64, Arc<NewEvent>),
}

impl Recent {
    /// Nothing is known, and the tables lack what the log has.
    pub(crate) fn closed() -> Self {
        Self {
            is_closed: true,
            ..Self::default()
        }
    }

    /// Whether more may be done ahead of the tables.
    pub(super) fn is_open(&self) -> bool {
        let lacking = self.unfolded.front();
        let is_old = lacking.is_some_and(|(_, since)| since.elapsed() >= MOST_AGE);
        !self.is_closed && !is_old && self.bytes < BYTES && self.events.len() < EVENTS
    }

    /// When some of what the tables lack is to be folded.
    pub(crate) fn fold_due(&self) -> Option<Instant> {
        let (_, oldest) = self.unfolded.front()?;
        let is_due = self.handled.len() >= FOLDED || self.is_half_full();
        Some(if is_due { *oldest } else { *oldest + AGE })
    }

    /// Whether the tables lack so much that no event waits for its end any more.
    fn is_half_full(&self) -> bool {
        self.bytes >= BYTES / 2
    }

    /// Whether the tables lack something.
    pub(crate) fn has_unfolded(&self) -> bool {
        !self.unfolded.is_empty()
    }

    /// The records of the batch, whose memory is to be given back.
    pub(crate) fn take_records(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.records)
    }

    pub(crate) fn give_back(&mut self, mut records: Vec<u8>) {
        records.clear();
        self.records = records;
    }

    pub(super) fn has_id(&self, channel: i64, id: &str) -> bool {
        !self.ids.is_empty() && self.ids.contains(&(channel, id.into()))
    }

    /// Whether all waiting events of a chat are known.
    pub(super) fn knows_chat(&self, channel: i64, chat: &str) -> bool {
        self.chats.contains_key(&(channel, chat.into()))
    }

    /// An event has arrived, and is in the log alone. Its chat has no waiting events that are not known. Returns
    /// whether it can be claimed.
    pub(super) fn append(
        &mut self,
        channel: i64,
        position: Position,
        received: i64,
        event: &Arc<NewEvent>,
    ) -> bool {
        Record::Appended {
            position,
            channel,
            received,
            is_from_host: event.is_from_host,
            id: &event.id,
            chat: &event.chat,
            message: event.message.as_deref(),
            body: &event.body,
        }
        .encode(&mut self.records);
        self.ids.insert((channel, event.id.as_str().into()));
        let bytes = event.body.len();
        let is_first = self.add(channel, position, &event.chat, bytes as u64);
        let arrival = Arrived {
            event: Arc::clone(event),
            received,
            ready: received,
        };
        let unfolded = Unfolded {
            arrival: Some(arrival),
            ..Unfolded::default()
        };
        if let Some(known) = self.events.get_mut(&position) {
            known.unfolded = unfolded;
        }
        self.set_unfolded(position, bytes);
        is_first
    }

    /// Notes something of an event, in the log alone. Returns whether that could be done.
    pub(super) fn note(&mut self, position: Position, note: &str) -> bool {
        let Some(known) = self.events.get_mut(&position) else {
            return false;
        };
        if known.unfolded.handled.is_some() {
            // It does not wait any more.
            return true;
        }
        known.unfolded.note = Some(note.to_owned());
        Record::Noted { position, note }.encode(&mut self.records);
        self.set_unfolded(position, note.len());
        true
    }

    /// The channel's row and the bytes of an event that can be handled in the log alone: it is the first of its
    /// chat, and what waits behind it is here.
    pub(super) fn can_handle(&self, position: Position) -> Option<(i64, u64)> {
        let known = self.events.get(&position)?;
        if known.unfolded.handled.is_some() {
            return None;
        }
        if !known.chat.is_empty() {
            let chat = self.chats.get(&(known.channel, Arc::clone(&known.chat)))?;
            let next = chat.get(1).and_then(|next| self.events.get(next));
            if chat.first() != Some(&position)
                || next.is_some_and(|next| next.unfolded.arrival.is_none())
            {
                return None;
            }
        }
        Some((known.channel, known.bytes))
    }

    /// An event that [can be](Self::can_handle) is handled.
    pub(super) fn handle(&mut self, position: Position, handled: Handled) -> Next {
        let Handled { at, keep } = handled;
        Record::Handled { position, at, keep }.encode(&mut self.records);
        self.set_unfolded(position, 0);
        self.handled.push_back(position);
        let Some(known) = self.events.get_mut(&position) else {
            return Next::Nothing;
        };
        known.unfolded.handled = Some(handled);
        let key = (known.channel, Arc::clone(&known.chat));
        // Until the fold it is known that none waits, though the tables say so.
        let Some(next) = self.leave_chat(position, &key) else {
            return Next::Nothing;
        };
        match self
            .events
            .get_mut(&next)
            .map(|next| &mut next.unfolded.arrival)
        {
            Some(Some(arrival)) => {
                arrival.ready = at;
                Next::Event(next, arrival.received, Arc::clone(&arrival.event))
            }
            _ => Next::Nothing,
        }
    }

    /// All that the tables lack, in the order in which they are to have it: first what became of events that they
    /// have, then the events that arrived, by position. From now on they lack nothing.
    pub(super) fn take_changes(&mut self) -> Vec<Change> {
        let unfolded = std::mem::take(&mut self.unfolded);
        let changes = unfolded
            .into_iter()
            .filter_map(|(position, _)| self.take_change(position));
        let changes = in_order(changes.collect());
        self.channels.clear();
        self.ids.clear();
        self.handled.clear();
        self.records.clear();
        self.bytes = 0;
        if self.events.len() >= EVENTS {
            self.forget_all();
        }
        changes
    }

    /// Some of what the tables lack, in the same order: of handled events, and of those that have waited or for which
    /// there is no room. When it is [due](Self::fold_due), it is not nothing.
    pub(super) fn take_some_changes(&mut self) -> Vec<Change> {
        let mut changes = Vec::with_capacity(FOLDED);
        let rest = self.bytes.saturating_sub(FOLDED_BYTES);
        while changes.len() < FOLDED
            && self.bytes >= rest
            && let Some(position) = self.handled.pop_front()
        {
            changes.extend(self.take_change(position));
        }
        while let Some(&(position, since)) = self.unfolded.front() {
            let is_lacking = self.events.get(&position).is_some_and(|it| it.is_unfolded);
            let has_room = changes.len() < FOLDED && self.bytes >= rest;
            let is_due = self.is_half_full() || since.elapsed() >= AGE;
            if is_lacking && !(has_room && is_due) {
                break;
            }
            self.unfolded.pop_front();
            changes.extend(self.take_change(position));
        }
        in_order(changes)
    }

    /// What the tables lack of an event, if they lack something. From now on they have it.
    fn take_change(&mut self, position: Position) -> Option<Change> {
        let known = self.events.get_mut(&position)?;
        if !std::mem::take(&mut known.is_unfolded) {
            return None;
        }
        let channel = known.channel;
        let unfolded = std::mem::take(&mut known.unfolded);
        self.bytes -= std::mem::take(&mut known.unfolded_bytes);
        if let Some(arrival) = &unfolded.arrival {
            self.ids
                .remove(&(channel, arrival.event.id.as_str().into()));
        }
        if unfolded.handled.is_some()
            && let Some(known) = self.events.remove(&position)
        {
            self.drop_empty_chat(&(channel, known.chat));
        }
        Some(Change {
            position,
            channel,
            unfolded,
        })
    }

    /// A waiting event has come into the tables. What is known of its chat stays true.
    pub(super) fn add_row(
        &mut self,
        channel: i64,
        position: Position,
        chat: &str,
        bytes: u64,
        is_first: bool,
    ) {
        self.is_changed = true;
        let is_known = !chat.is_empty() && self.knows_chat(channel, chat);
        if self.events.len() >= EVENTS {
            if is_known {
                self.forget_chat(channel, chat);
            }
        } else if is_first || is_known {
            self.add(channel, position, chat, bytes);
        }
    }

    pub(super) fn knows(&self, position: Position) -> bool {
        self.events.contains_key(&position)
    }

    /// An event does not wait in the tables any more.
    pub(super) fn remove(&mut self, position: Position) {
        if let Some(known) = self.events.remove(&position) {
            self.is_changed = true;
            let key = (known.channel, known.chat);
            self.leave_chat(position, &key);
            self.drop_empty_chat(&key);
        }
    }

    /// Something of an event is changed that would have to be known: what is known of its chat is forgotten.
    pub(super) fn forget(&mut self, position: Position) {
        if let Some(known) = self.events.remove(&position) {
            self.is_changed = true;
            self.forget_chat(known.channel, &known.chat);
        }
    }

    /// Forgets all events. The tables lack none of them.
    pub(super) fn forget_all(&mut self) {
        self.events.clear();
        self.chats.clear();
    }

    /// A step of a transaction has ended. If it is undone, so is what it has changed here.
    pub(super) fn end_step(&mut self, has_succeeded: bool) {
        if self.is_changed && !has_succeeded {
            self.forget_all();
        }
        self.is_changed = false;
    }

    fn forget_chat(&mut self, channel: i64, chat: &str) {
        for position in self
            .chats
            .remove(&(channel, chat.into()))
            .into_iter()
            .flatten()
        {
            self.events.remove(&position);
        }
    }

    /// Adds an event behind those of its chat. Returns whether it is the first.
    fn add(&mut self, channel: i64, position: Position, chat: &str, bytes: u64) -> bool {
        let chat: Arc<str> = chat.into();
        let is_first = chat.is_empty() || {
            let chat = self.chats.entry((channel, Arc::clone(&chat))).or_default();
            chat.push(position);
            chat.len() == 1
        };
        let known = Known {
            channel,
            chat,
            bytes,
            is_unfolded: false,
            unfolded: Unfolded::default(),
            unfolded_bytes: 0,
        };
        self.events.insert(position, known);
        is_first
    }

    /// Takes an event out of its chat. Returns the one that is first then, if the event was before.
    fn leave_chat(&mut self, position: Position, key: &(i64, Arc<str>)) -> Option<Position> {
        let chat = self.chats.get_mut(key)?;
        let index = chat.iter().position(|it| *it == position)?;
        chat.remove(index);
        chat.first().copied().filter(|_| index == 0)
    }

    fn drop_empty_chat(&mut self, key: &(i64, Arc<str>)) {
        if self.chats.get(key).is_some_and(Vec::is_empty) {
            self.chats.remove(key);
        }
    }

    fn set_unfolded(&mut self, position: Position, bytes: usize) {
        self.bytes += bytes;
        if let Some(known) = self.events.get_mut(&position) {
            known.unfolded_bytes += bytes;
            if !std::mem::replace(&mut known.is_unfolded, true) {
                self.unfolded.push_back((position, Instant::now()));
            }
        }
    }
}

fn in_order(mut changes: Vec<Change>) -> Vec<Change> {
    changes.sort_unstable_by_key(|it| (it.unfolded.arrival.is_some(), it.position));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The writer's thread folds as long as it is due, and does nothing else meanwhile.
    #[test]
    fn what_is_due_is_folded() {
        let mut recent = Recent::default();
        let count = BYTES as i64 / (60 << 10);
        for position in 1..=count {
            let event = NewEvent {
                id: position.to_string(),
                chat: position.to_string(),
                message: None,
                is_unsend: false,
                is_from_host: false,
                body: "x".repeat(60 << 10).into(),
            };
            recent.append(1, position, 0, &Arc::new(event));
        }
        let mut folded = 0;
        // They have not waited yet, but there is no room for them.
        while recent.fold_due().is_some_and(|due| due <= Instant::now()) {
            let changes = recent.take_some_changes();
            assert!((1..=5).contains(&changes.len()), "{}", changes.len());
            folded += changes.len();
        }
        assert!(!recent.is_half_full() && recent.has_unfolded());
        for position in 1..=count {
            if recent.can_handle(position).is_some() {
                let (at, keep) = (0, Duration::ZERO);
                recent.handle(position, Handled { at, keep });
            }
        }
        while !recent.handled.is_empty() {
            folded += recent.take_some_changes().len();
        }
        // Those that had been folded as waiting have ended since.
        assert!(folded > count as usize);
        assert_eq!((recent.bytes, recent.ids.len()), (0, 0));
    }
}
