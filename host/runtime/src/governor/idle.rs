//! What is kept in places of a pool until its channel needs it again, or somebody needs the place.
//!
//! Its place counts as free: its channel's time does not go on, and nobody waits for it. Whoever is granted the
//! place has an [`Eviction`], and drops what is kept there before the place is used.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Instant;

use super::share::Share;

/// What is kept: an instance. What it is, only those know who keep it and take it.
pub(crate) type Content = Box<dyn Any + Send>;

/// When it is to be dropped, and its number.
type Key = (Instant, u64);

/// What is kept, in the order in which it is to be dropped.
#[derive(Default)]
pub(super) struct Idle {
    kept: BTreeMap<Key, Kept>,
    /// What each channel keeps.
    channels: HashMap<u64, BTreeSet<Key>>,
    bytes: u64,
    next: u64,
}

/// What is kept in one place.
pub(super) struct Kept {
    pub(super) share: Share,
    /// When it is to be dropped.
    pub(super) end: Instant,
    /// What it takes of the pool's memory.
    pub(super) bytes: u64,
    pub(super) content: Content,
}

/// What has to be dropped, without the pool's lock.
#[derive(Default)]
pub(super) struct Eviction {
    pub(super) kept: Vec<Kept>,
    /// How many places are free then.
    pub(super) places: u32,
}

impl Idle {
    /// How many places have something that is kept.
    pub(super) fn count(&self) -> usize {
        self.kept.len()
    }

    /// The memory that they take.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// When the first is to be dropped.
    pub(super) fn first_end(&self) -> Option<Instant> {
        self.kept.keys().next().map(|key| key.0)
    }

    pub(super) fn insert(&mut self, kept: Kept) {
        let key = (kept.end, self.next);
        self.next += 1;
        self.bytes += kept.bytes;
        let channel = self.channels.entry(kept.share.channel.id).or_default();
        channel.insert(key);
        self.kept.insert(key, kept);
    }

    /// Takes what a channel kept last, of what is wanted.
    pub(super) fn take(
        &mut self,
        share: Share,
        is_wanted: impl Fn(&Content) -> bool,
    ) -> Option<Kept> {
        let keys = self.channels.get(&share.channel.id)?.iter().rev();
        let wanted = |key: &&Key| self.kept.get(key).is_some_and(|it| is_wanted(&it.content));
        let key = *keys.into_iter().find(wanted)?;
        self.remove(key)
    }

    /// Takes what makes room for a channel: what it kept itself, else what would be dropped first.
    pub(super) fn take_for(&mut self, share: Share) -> Option<Kept> {
        let own = self
            .channels
            .get(&share.channel.id)
            .and_then(BTreeSet::last);
        let key = *own.or_else(|| self.kept.keys().next())?;
        self.remove(key)
    }

    /// Takes what is to be dropped by now.
    pub(super) fn take_ended(&mut self, now: Instant) -> Option<Kept> {
        let key = *self.kept.keys().next().filter(|key| key.0 <= now)?;
        self.remove(key)
    }

    fn remove(&mut self, key: Key) -> Option<Kept> {
        let kept = self.kept.remove(&key)?;
        let channel = kept.share.channel.id;
        if let Some(keys) = self.channels.get_mut(&channel) {
            keys.remove(&key);
            if keys.is_empty() {
                self.channels.remove(&channel);
            }
        }
        self.bytes -= kept.bytes;
        Some(kept)
    }
}

impl Eviction {
    /// Has something dropped. Its memory counts as free at once, its place once it is dropped.
    pub(super) fn add(&mut self, kept: Kept, free_bytes: &mut u64) {
        *free_bytes += kept.bytes;
        self.kept.push(kept);
        self.places += 1;
    }

    /// Has so much dropped that `needed` bytes are free, if there is so much.
    pub(super) fn make_room(
        &mut self,
        share: Share,
        idle: &mut Idle,
        free_bytes: &mut u64,
        needed: u64,
    ) {
        while *free_bytes < needed
            && let Some(kept) = idle.take_for(share)
        {
            self.add(kept, free_bytes);
        }
    }
}
