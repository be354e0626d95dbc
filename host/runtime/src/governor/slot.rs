//! One of a pool's things, as its holder has it, and the memory that goes with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::pool::Pool;
use super::queue::Allocation;
use super::share::Share;

/// Room for one attempt, with memory. Until it is dropped, it is held.
pub struct Slot {
    pool: Arc<Pool>,
    share: Share,
    allocation: Allocation,
    /// Bytes of the pool's memory that it has. Changed only with the pool's lock.
    reserved: AtomicU64,
    used: AtomicU64,
    peak: AtomicU64,
    is_unused: bool,
}

/// Bytes of a slot's memory that are in use until this is dropped.
pub(crate) struct Charge {
    slot: Arc<Slot>,
    bytes: u64,
}

impl Slot {
    pub(super) fn new(pool: &Arc<Pool>, share: Share, allocation: Allocation) -> Self {
        Self {
            pool: Arc::clone(pool),
            share,
            allocation,
            reserved: AtomicU64::new(allocation.bytes),
            used: AtomicU64::new(0),
            peak: AtomicU64::new(0),
            is_unused: false,
        }
    }

    /// Whose it is.
    pub(crate) fn share(&self) -> Share {
        self.share
    }

    /// Gives it back unused: the governor learns nothing from how long it was held.
    pub fn forgo(mut self) {
        self.is_unused = true;
    }

    /// All the memory that there is for the pool's things, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        self.pool.memory()
    }

    /// Has the next attempt of the channel begin with so many bytes.
    pub(crate) fn expect(&self, bytes: u64) {
        let bytes = bytes.min(self.pool.memory());
        self.peak.fetch_max(bytes, Ordering::Relaxed);
    }

    /// Takes bytes of memory, for as long as the slot is held. Returns false when there is no room.
    pub(crate) fn take(&self, bytes: u64) -> bool {
        let used = self.used.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if used > self.reserved.load(Ordering::Relaxed) && !self.reserve(used) {
            self.used.fetch_sub(bytes, Ordering::Relaxed);
            return false;
        }
        self.peak.fetch_max(used, Ordering::Relaxed);
        true
    }

    /// Takes bytes of memory, for as long as what is returned. Returns nothing when there is no room.
    pub(crate) fn charge(self: &Arc<Self>, bytes: usize) -> Option<Charge> {
        let bytes = bytes as u64;
        self.take(bytes).then(|| Charge {
            slot: Arc::clone(self),
            bytes,
        })
    }

    /// Has the slot reserve so many bytes, if there is room for what it lacks.
    fn reserve(&self, bytes: u64) -> bool {
        let mut allocator = self.pool.allocator();
        let lacks = bytes.saturating_sub(self.reserved.load(Ordering::Relaxed));
        let fits = allocator.add_bytes(self.share, lacks);
        if fits {
            self.reserved.fetch_add(lacks, Ordering::Relaxed);
        }
        fits
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let allocation = Allocation {
            bytes: self.reserved.load(Ordering::Relaxed),
            ..self.allocation
        };
        let peak = self.peak.load(Ordering::Relaxed);
        let peak = (!self.is_unused).then_some(peak);
        self.pool
            .change(|allocator, now| allocator.release(self.share, allocation, peak, now));
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.slot.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::governor::{Provider, Waiter};

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
}
