//! A slot that is held, and the memory that goes with it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

use bytes::Bytes;

use super::allocator::Grant;
use super::idle::{Content, Eviction, Kept};
use super::pool::Pool;
use super::queue::Allocation;
use super::share::{Provider, Share};

/// Room for one attempt, with memory. It is held until it is dropped.
pub struct Slot {
    pool: Arc<Pool>,
    share: Share,
    /// Whose turn it has.
    waiter: u64,
    allocation: Allocation,
    /// Bytes of the pool's memory that it has: what it began with, and what it needed beyond that.
    /// Changed only with the pool's lock, by the attempt itself.
    reserved: AtomicU64,
    used: AtomicU64,
    peak: AtomicU64,
    was_refused: AtomicBool,
    is_unused: bool,
    /// Whether its place is not free after it.
    is_kept: bool,
    /// What has to be dropped before its place is used.
    eviction: Mutex<Eviction>,
}

/// Bytes of the host's memory that a slot's attempt uses until this is dropped. It does not keep the
/// slot: what outlives the attempt counts no more.
#[derive(Default)]
pub(crate) struct Charge {
    slot: Weak<Slot>,
    bytes: u64,
}

/// The host has no memory left.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error(
    "the host has no memory for {needed} bytes more: all events together may use {} MiB; raise \
     `runtime.memory_mib`, or lower the `memory_mib` or `concurrency` of channels",
    limit >> 20
)]
pub(crate) struct MemoryFull {
    /// How many bytes were to be charged.
    needed: u64,
    /// How many bytes all events together may use.
    limit: u64,
}

impl Slot {
    pub(super) fn new(pool: &Arc<Pool>, share: Share, waiter: u64, grant: Grant) -> Self {
        let Grant {
            allocation,
            eviction,
        } = grant;
        Self {
            pool: Arc::clone(pool),
            share,
            waiter,
            allocation,
            reserved: AtomicU64::new(allocation.bytes),
            used: AtomicU64::new(0),
            peak: AtomicU64::new(0),
            was_refused: AtomicBool::new(false),
            is_unused: false,
            is_kept: false,
            eviction: Mutex::new(eviction),
        }
    }

    /// The share of the channel that holds it.
    pub(crate) fn share(&self) -> Share {
        self.share
    }

    /// Releases it unused: the governor learns nothing from how long it was held.
    pub fn release_unused(mut self) {
        self.is_unused = true;
    }

    /// A slot of no pool, for what is kept: it has room for anything, and nothing is taken of it.
    pub(crate) fn vacant() -> Arc<Self> {
        static VACANT: LazyLock<Arc<Slot>> = LazyLock::new(|| {
            let pool = Pool::new(0, 0, 0);
            let allocation = Allocation {
                since: 0,
                expected: 0,
                bytes: u64::MAX,
            };
            let eviction = Eviction::default();
            let grant = Grant {
                allocation,
                eviction,
            };
            Arc::new(Slot::new(&pool, Provider::new(1).channel(1), 0, grant))
        });
        Arc::clone(&VACANT)
    }

    /// Takes what the channel kept last, of what is wanted, into this slot's place.
    pub(crate) fn take_kept(&self, is_wanted: impl Fn(&Content) -> bool) -> Option<Content> {
        let evicted = {
            let mut eviction = self.eviction();
            let at = eviction.kept.iter().position(|it| is_wanted(&it.content));
            at.map(|at| eviction.kept.swap_remove(at))
        };
        if let Some(evicted) = evicted {
            return Some(evicted.content);
        }
        let mut kept = None;
        self.pool
            .change(|allocator, _| kept = allocator.take_kept(self.share, is_wanted));
        kept
    }

    /// Drops what had to make room for the slot. Its place is empty then.
    pub(crate) fn make_room(&self) {
        let eviction = std::mem::take(&mut *self.eviction());
        self.pool.evict(eviction);
    }

    /// Ends the slot's time, and keeps something in its place, with the memory that is in use: until `end`, until
    /// the channel takes it, or until somebody needs the place.
    pub(crate) fn keep(mut self, content: Content, end: Instant) {
        self.is_kept = true;
        let peak = self.peak.load(Ordering::Relaxed);
        let kept = Kept {
            share: self.share,
            end,
            bytes: self.used.load(Ordering::Relaxed),
            content,
        };
        self.pool.keep(self.waiter, self.allocation(), peak, kept);
    }

    /// All the memory that there is for the pool's slots, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        self.pool.memory()
    }

    /// Notes that there was no room, and has the channel's next attempt begin with so many bytes.
    pub(crate) fn refuse(&self, bytes: u64) {
        self.was_refused.store(true, Ordering::Relaxed);
        let bytes = bytes.min(self.pool.memory());
        self.peak.fetch_max(bytes, Ordering::Relaxed);
    }

    /// Whether there was no room for something that the attempt needed.
    pub(crate) fn was_refused(&self) -> bool {
        self.was_refused.load(Ordering::Relaxed)
    }

    /// Takes bytes of memory, for as long as the slot is held. Returns false when there is no room.
    pub(crate) fn take(&self, bytes: u64) -> bool {
        let used = self.used.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let fits = used <= self.reserved.load(Ordering::Relaxed) || self.reserve(used);
        if fits {
            self.peak.fetch_max(used, Ordering::Relaxed);
        } else {
            self.used.fetch_sub(bytes, Ordering::Relaxed);
        }
        fits
    }

    /// Takes bytes of memory, until the charge is dropped.
    ///
    /// # Errors
    ///
    /// When there is no room. The channel's next attempt then waits until there is, unless all the
    /// memory that there is would not do.
    pub(crate) fn charge(self: &Arc<Self>, bytes: usize) -> Result<Charge, MemoryFull> {
        let bytes = bytes as u64;
        if !self.take(bytes) {
            let needed = self.used.load(Ordering::Relaxed) + bytes;
            let never_fits = needed > self.memory();
            self.refuse(if never_fits { 0 } else { needed });
            return Err(MemoryFull {
                needed: bytes,
                limit: self.memory(),
            });
        }
        Ok(Charge {
            slot: Arc::downgrade(self),
            bytes,
        })
    }

    /// The same bytes, charged until the last of their clones is dropped.
    ///
    /// # Errors
    ///
    /// When there is no room.
    pub(crate) fn charged(self: &Arc<Self>, bytes: Bytes) -> Result<Bytes, MemoryFull> {
        struct Charged {
            bytes: Bytes,
            _charge: Charge,
        }
        impl AsRef<[u8]> for Charged {
            fn as_ref(&self) -> &[u8] {
                &self.bytes
            }
        }
        let _charge = self.charge(bytes.len())?;
        Ok(Bytes::from_owner(Charged { bytes, _charge }))
    }

    /// Has the slot reserve so many bytes, if there is room for what it lacks.
    fn reserve(&self, bytes: u64) -> bool {
        let lacks = bytes.saturating_sub(self.reserved.load(Ordering::Relaxed));
        let eviction = self.pool.allocator().add_bytes(self.share, lacks);
        let Some(eviction) = eviction else {
            return false;
        };
        self.reserved.fetch_add(lacks, Ordering::Relaxed);
        self.pool.evict(eviction);
        true
    }

    fn eviction(&self) -> MutexGuard<'_, Eviction> {
        self.eviction.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it holds.
    fn allocation(&self) -> Allocation {
        Allocation {
            bytes: self.reserved.load(Ordering::Relaxed),
            ..self.allocation
        }
    }
}

impl Charge {
    /// Counts what another charge of the slot counts, for as long as this one.
    pub(crate) fn absorb(&mut self, mut other: Self) {
        self.slot.clone_from(&other.slot);
        self.bytes += std::mem::take(&mut other.bytes);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if self.is_kept {
            return;
        }
        let (share, allocation) = (self.share, self.allocation());
        let peak = self.peak.load(Ordering::Relaxed);
        let peak = (!self.is_unused).then_some(peak);
        let mut eviction = std::mem::take(&mut *self.eviction());
        self.pool.change(|allocator, now| {
            allocator.release(share, self.waiter, allocation, peak, now);
            eviction = allocator.restore(std::mem::take(&mut eviction));
        });
        self.pool.evict(eviction);
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        if let Some(slot) = self.slot.upgrade() {
            slot.used.fetch_sub(self.bytes, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::governor::Waiter;

    const MIB: u64 = 1 << 20;

    #[test]
    fn memory_is_taken_while_there_is_room() {
        let pool = Pool::new(8, 10 * MIB, MIB);
        let provider = Provider::new(1);
        let [share, other] = [1, 1].map(|weight| provider.channel(weight));
        let slot = Arc::new(Waiter::one(&pool, share).now_or_never().unwrap());
        let charge = slot.charge(9 << 20).unwrap();
        assert!(!slot.take(2 * MIB));
        drop(charge);
        assert!(slot.take(9 * MIB));
        drop(slot);
        let slots = [share, other].map(|it| Waiter::one(&pool, it).now_or_never().unwrap());
        // The first one waits for what the last of its channel took.
        assert_eq!(slots[0].allocation.bytes, 9 * MIB);
        assert!(!slots[1].take(2 * MIB));
    }

    /// The next attempt of a channel begins with the memory that the last one lacked, but not with what
    /// no attempt can have.
    #[test]
    fn what_never_fits_is_not_reserved() {
        let pool = Pool::new(8, 10 * MIB, MIB);
        let share = Provider::new(1).channel(1);
        let begin = || Arc::new(Waiter::one(&pool, share).now_or_never().unwrap());
        let slot = begin();
        assert!(slot.take(2 * MIB));
        assert!(slot.charge(9 << 20).is_err());
        assert!(slot.was_refused());
        drop(slot);
        let [slot, other] = [begin(), begin()];
        assert_eq!(slot.allocation.bytes, 2 * MIB);
        assert!(other.take(7 * MIB));
        assert!(slot.take(2 * MIB));
        assert!(slot.charge(6 << 20).is_err());
        drop(other);
        drop(slot);
        assert_eq!(begin().allocation.bytes, 8 * MIB);
    }

    #[test]
    fn bytes_are_charged_until_they_are_dropped() {
        let pool = Pool::new(8, 10 * MIB, MIB);
        let share = Provider::new(1).channel(1);
        let slot = Arc::new(Waiter::one(&pool, share).now_or_never().unwrap());
        let charge = slot.charge(2 << 20).unwrap();
        let refused = slot.charge(9 << 20).err().unwrap().to_string();
        assert!(slot.was_refused());
        assert!(
            refused.contains("9437184 bytes more") && refused.contains("10 MiB"),
            "{refused}"
        );
        let charged = slot.charged(Bytes::from(vec![0; 5 << 20])).unwrap();
        let piece = charged.slice(..1);
        drop(charged);
        assert!(slot.charge(4 << 20).is_err());
        drop(piece);
        assert!(slot.charge(4 << 20).is_ok());
        // The slot is free when the attempt ends, whoever has bytes of it.
        drop(slot);
        drop(charge);
        assert!(Waiter::one(&pool, share).now_or_never().is_some());
    }
}
