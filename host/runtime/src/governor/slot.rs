//! One of a pool's things that is held, and the memory that goes with it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use bytes::Bytes;

use super::pool::Pool;
use super::queue::Allocation;
use super::share::Share;

/// Room for one attempt, with memory. It is held until it is dropped.
pub struct Slot {
    pool: Arc<Pool>,
    share: Share,
    allocation: Allocation,
    /// Bytes of the pool's memory that it has: what it began with, and what it needed beyond that.
    /// Changed only with the pool's lock, by the attempt itself.
    reserved: AtomicU64,
    used: AtomicU64,
    peak: AtomicU64,
    was_refused: AtomicBool,
    is_unused: bool,
}

/// Bytes of the host's memory that a slot's attempt uses until this is dropped. It does not keep the
/// slot: what outlives the attempt counts no more.
#[derive(Default)]
pub(crate) struct Charge {
    slot: Weak<Slot>,
    bytes: u64,
    /// Whether the bytes are an upper bound.
    is_bound: bool,
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
    pub(super) fn new(pool: &Arc<Pool>, share: Share, allocation: Allocation) -> Self {
        Self {
            pool: Arc::clone(pool),
            share,
            allocation,
            reserved: AtomicU64::new(allocation.bytes),
            used: AtomicU64::new(0),
            peak: AtomicU64::new(0),
            was_refused: AtomicBool::new(false),
            is_unused: false,
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

    /// All the memory that there is for the pool's things, in bytes.
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
        let taken = self.add(bytes);
        if taken {
            self.note_peak();
        }
        taken
    }

    /// Takes bytes of memory, until the charge is dropped.
    ///
    /// # Errors
    ///
    /// When there is no room. The channel's next attempt then waits until there is.
    pub(crate) fn charge(self: &Arc<Self>, bytes: usize) -> Result<Charge, MemoryFull> {
        let mut charge = self.charge_at_most(bytes)?;
        charge.is_bound = false;
        self.note_peak();
        Ok(charge)
    }

    /// The same for an upper bound: [`Charge::settle`] tells how many bytes there are.
    ///
    /// # Errors
    ///
    /// When there is no room. The channel's next attempt then waits until there is.
    pub(crate) fn charge_at_most(self: &Arc<Self>, bytes: usize) -> Result<Charge, MemoryFull> {
        let bytes = bytes as u64;
        if !self.add(bytes) {
            self.refuse(self.used.load(Ordering::Relaxed) + bytes);
            return Err(MemoryFull {
                needed: bytes,
                limit: self.memory(),
            });
        }
        Ok(Charge {
            slot: Arc::downgrade(self),
            bytes,
            is_bound: true,
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

    /// Counts bytes as used, if there is room.
    fn add(&self, bytes: u64) -> bool {
        let used = self.used.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let fits = used <= self.reserved.load(Ordering::Relaxed) || self.reserve(used);
        if !fits {
            self.used.fetch_sub(bytes, Ordering::Relaxed);
        }
        fits
    }

    fn note_peak(&self) {
        let used = self.used.load(Ordering::Relaxed);
        self.peak.fetch_max(used, Ordering::Relaxed);
    }

    /// Reserves so many bytes for the slot, if there is room for those that it lacks.
    fn reserve(&self, bytes: u64) -> bool {
        let mut allocator = self.pool.allocator();
        let lacks = bytes.saturating_sub(self.reserved.load(Ordering::Relaxed));
        let fits = allocator.add_bytes(self.share, lacks);
        if fits {
            self.reserved.fetch_add(lacks, Ordering::Relaxed);
        }
        fits
    }

    /// Gives back what it reserved beyond what it began with and what is used.
    fn give_back(&self) {
        self.pool.change(|allocator, _| {
            let used = self.used.load(Ordering::Relaxed);
            let keep = used.max(self.allocation.bytes);
            let reserved = self.reserved.fetch_min(keep, Ordering::Relaxed);
            allocator.give_back_bytes(self.share, reserved.saturating_sub(keep));
        });
    }
}

impl Charge {
    /// Tells how many bytes there are, and gives back the rest of the bound.
    pub(crate) fn settle(&mut self, bytes: usize) {
        let surplus = self.bytes.saturating_sub(bytes as u64);
        self.bytes -= surplus;
        self.is_bound = false;
        if let Some(slot) = self.slot.upgrade() {
            slot.used.fetch_sub(surplus, Ordering::Relaxed);
            slot.note_peak();
            slot.give_back();
        }
    }

    /// Counts what another charge of the slot counts, for as long as this one.
    pub(crate) fn absorb(&mut self, mut other: Self) {
        self.slot.clone_from(&other.slot);
        self.bytes += std::mem::take(&mut other.bytes);
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
        if let Some(slot) = self.slot.upgrade() {
            slot.used.fetch_sub(self.bytes, Ordering::Relaxed);
            if self.is_bound {
                slot.give_back();
            }
        }
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
    #[test]
    fn what_may_come_is_charged_before_it_does() {
        let pool = Pool::new(8, 10 * MIB, MIB);
        let share = Provider::new(1).channel(1);
        let slot = Arc::new(Waiter::one(&pool, share).now_or_never().unwrap());
        let mut charge = slot.charge_at_most(8 << 20).unwrap();
        let refused = slot.charge(3 << 20).err().unwrap().to_string();
        assert!(slot.was_refused());
        assert!(
            refused.contains("3145728 bytes more") && refused.contains("10 MiB"),
            "{refused}"
        );
        charge.settle(2 << 20);
        // What was not told gives back all of it.
        drop(slot.charge_at_most(7 << 20).unwrap());
        let other = Waiter::one(&pool, share).now_or_never().unwrap();
        assert!(other.take(7 * MIB));
        drop(other);
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
