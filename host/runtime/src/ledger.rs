//! What an event's attempts have sent, so that the same send goes out once.
//!
//! A send is identified by its digest (operation, recipients, and content or the plugin's key
//! for it) and by its number among those of its attempt that have the same one. The retry key that
//! LINE gets is made of the same, so LINE takes the send once even when the host has lost its ledger,
//! and a key never stands for another send. The journal keeps the ledger with a failed attempt; no
//! send waits for the disk but those that LINE takes no retry key for: the reply, and LINE
//! notification messages. The journal is written before those are made, so that after a crash
//! it is known of which ones nobody knows what became.

mod reply;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use botbox_line::Operation;
use botbox_line::api::Accepted;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) use self::reply::{ReplyRecord, is_fresh};
use crate::send_counts::SendCounts;

/// The most sends of an event, of all its attempts, that are known: 200, twice the calls of one
/// attempt. A bot makes a handful, and the journal has some hundred bytes for each.
pub(crate) const SENDS: usize = 200;

/// The longest idempotency key, in bytes: 128. A name or an id, not a content.
const KEY_BYTES: usize = 128;

/// What is known of an event's effects. It outlives the instance, which may be cut off at any time.
/// One attempt is on one thread at a time, so nobody waits for it.
#[derive(Clone)]
pub(crate) struct Ledger(Arc<Mutex<Entries>>);

#[derive(Default, Deserialize, Serialize)]
struct Entries {
    reply: ReplyRecord,
    /// By their ids.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    sends: BTreeMap<u128, SendRecord>,
    /// How many attempts have trapped.
    #[serde(default)]
    traps: u32,
    /// What this attempt has sent.
    #[serde(skip)]
    made: SendCounts,
}

/// What is known of a send.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SendRecord {
    /// It was about to be made without a retry key. Whether LINE took it is not known.
    Unknown,
    /// LINE took it, and said this.
    Accepted(Accepted),
}

impl Ledger {
    /// As the journal has it, before an attempt of this number. What it can't have written is as good
    /// as nothing.
    pub(crate) fn of(note: Option<&str>, attempt: u32) -> Self {
        let entries = note.and_then(|note| serde_json::from_str(note).ok());
        let mut entries: Entries = entries.unwrap_or_default();
        if attempt == 1 {
            // What is replayed counts as not tried.
            entries.traps = 0;
        }
        Self(Arc::new(Mutex::new(entries)))
    }

    /// For the journal.
    pub(crate) fn note(&self) -> String {
        // Texts and numbers can't fail to be JSON.
        serde_json::to_string(&*self.entries()).unwrap_or_default()
    }

    pub(crate) fn reply(&self) -> ReplyRecord {
        self.entries().reply.clone()
    }

    pub(crate) fn set_reply(&self, reply: ReplyRecord) {
        self.entries().reply = reply;
    }

    pub(crate) fn send(&self, id: Uuid) -> Option<SendRecord> {
        self.entries().sends.get(&id.as_u128()).cloned()
    }

    pub(crate) fn set_send(&self, id: Uuid, send: SendRecord) {
        self.entries().sends.insert(id.as_u128(), send);
    }

    /// Forgets a send that was not made.
    pub(crate) fn forget_send(&self, id: Uuid) {
        self.entries().sends.remove(&id.as_u128());
    }

    pub(crate) fn is_full(&self) -> bool {
        self.entries().sends.len() >= SENDS
    }

    /// How many sends LINE took: the reply, and what went to those whom the plugin named.
    pub(crate) fn sent(&self) -> usize {
        let entries = self.entries();
        let is_sent = |send: &&SendRecord| matches!(send, SendRecord::Accepted(_));
        let replies = usize::from(matches!(entries.reply, ReplyRecord::Sent(_)));
        replies + entries.sends.values().filter(is_sent).count()
    }

    /// Counts a send that LINE took in this attempt.
    pub(crate) fn count(&self, operation: Operation) {
        self.entries().made.count(operation);
    }

    /// What this attempt has sent.
    pub(crate) fn made(&self) -> SendCounts {
        self.entries().made
    }

    /// Counts an attempt that trapped.
    pub(crate) fn add_trap(&self) {
        let traps = &mut self.entries().traps;
        *traps = traps.saturating_add(1);
    }

    /// How many attempts have trapped.
    pub(crate) fn traps(&self) -> u32 {
        self.entries().traps
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives an attempt's effects their ids: the same ones in every attempt of the event.
#[derive(Default)]
pub(crate) struct EffectIds {
    /// How many effects there were without a key, by digest.
    numbers: HashMap<[u8; 32], u32>,
}

impl EffectIds {
    /// The id of the next effect with this digest. One with a key is the same effect however often
    /// it comes.
    pub(crate) fn next(&mut self, event: &EventName<'_>, digest: [u8; 32], keyed: bool) -> Uuid {
        let number = if keyed {
            0
        } else {
            let number = self.numbers.entry(digest).or_default();
            *number = number.saturating_add(1);
            *number
        };
        let EventName { channel, id } = event;
        let mut name = format!("botbox:effect:{channel}:{id}:{number}:").into_bytes();
        name.extend(digest);
        Uuid::new_v5(&Uuid::NAMESPACE_URL, &name)
    }
}

/// An event among those of all channels.
pub(crate) struct EventName<'a> {
    pub(crate) channel: &'a str,
    pub(crate) id: &'a str,
}

/// What is wrong with an idempotency key, if anything is.
pub(crate) fn check_key(key: &str) -> Result<(), String> {
    match key.len() {
        0 => Err(String::from("it is empty")),
        1..=KEY_BYTES => Ok(()),
        bytes => Err(format!("it has {bytes} bytes; the limit is {KEY_BYTES}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: EventName<'_> = EventName {
        channel: "c",
        id: "e",
    };

    #[test]
    fn a_ledger_is_read_as_it_was_noted() {
        let ledger = Ledger::of(None, 1);
        let accepted = Accepted {
            request_id: String::from("r"),
            messages: Vec::new(),
        };
        ledger.set_send(Uuid::from_u128(1), SendRecord::Accepted(accepted));
        ledger.set_send(Uuid::from_u128(2), SendRecord::Unknown);
        ledger.set_reply(ReplyRecord::Sent(Vec::new()));
        ledger.add_trap();
        let note = ledger.note();
        let read = Ledger::of(Some(&note), 2);
        assert_eq!(read.note(), note);
        assert_eq!(read.traps(), 1);
        assert!(matches!(
            read.send(Uuid::from_u128(2)),
            Some(SendRecord::Unknown)
        ));
        // Replayed.
        let read = Ledger::of(Some(&note), 1);
        assert_eq!(read.traps(), 0);
        assert!(read.send(Uuid::from_u128(1)).is_some());
        for nothing in [None, Some("?"), Some("{}")] {
            let empty = Ledger::of(nothing, 2);
            assert!(matches!(empty.reply(), ReplyRecord::Unsent));
        }
    }

    #[test]
    fn an_effect_is_told_by_its_number_among_equal_ones() {
        let (a, b) = ([1; 32], [2; 32]);
        let mut first = EffectIds::default();
        let ids = [a, b, a].map(|digest| first.next(&EVENT, digest, false));
        // In another order.
        let mut second = EffectIds::default();
        let others = [b, a, a].map(|digest| second.next(&EVENT, digest, false));
        assert_eq!([ids[1], ids[0], ids[2]], others);
        assert_ne!(ids[0], ids[2]);
        // With a key there is one.
        let keyed = [a, a].map(|digest| second.next(&EVENT, digest, true));
        assert_eq!(keyed[0], keyed[1]);
        let other = EventName {
            channel: "c",
            id: "f",
        };
        assert_ne!(EffectIds::default().next(&other, a, false), ids[0]);
    }
}
