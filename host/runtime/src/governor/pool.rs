//! Slots of which there is a fixed number, each held for as long as its holder likes: those of the
//! engine's pool, and those of look-ups of names.
//!
//! A channel joins the queue with a [`Waiter`](super::Waiter), and holds what it got as
//! [`Slot`](super::Slot)s. A slot comes with the memory that an attempt is expected to need: an attempt
//! begins when there is room for what its channel's last ones needed, so that events wait instead of
//! the host running out of memory. What an attempt takes beyond that is taken at once, or refused.
//!
//! Who holds a slot may keep something in its place when the slot's time ends ([`idle`](super::idle)).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Waker;

use botbox_clock::Clock;
use tokio::sync::Notify;

use super::allocator::Allocator;
use super::idle::{Eviction, Kept};
use super::queue::Allocation;
use super::share::{Provider, Share};

/// Slots to be shared.
pub(crate) struct Pool {
    allocator: Mutex<Allocator>,
    /// The memory that goes with them, in bytes.
    memory: u64,
    /// Told when another end is the first of what is kept.
    first_end: Arc<Notify>,
}

impl Pool {
    /// `count` slots, each of which takes bytes of `memory`: `first` of them before it is known how
    /// many a channel needs.
    pub(crate) fn new(count: u32, memory: u64, first: u64) -> Arc<Self> {
        Arc::new(Self {
            allocator: Mutex::new(Allocator::new(count, memory, first)),
            memory,
            first_end: Arc::default(),
        })
    }

    /// All the memory that goes with its slots, in bytes.
    pub(super) fn memory(&self) -> u64 {
        self.memory
    }

    /// Gives a provider another weight.
    pub(crate) fn set_provider_weight(&self, provider: Provider) {
        self.change(|allocator, now| allocator.set_provider_weight(provider, now));
    }

    /// Gives a channel another weight.
    pub(crate) fn set_channel_weight(&self, share: Share) {
        self.change(|allocator, now| allocator.set_channel_weight(share, now));
    }

    /// Changes what is held or wanted at a time, and allocates what can be allocated then.
    pub(super) fn change(&self, change: impl FnOnce(&mut Allocator, u64)) {
        let wakers = {
            let mut allocator = self.allocator();
            let now = allocator.now();
            change(&mut allocator, now);
            allocator.allocate(now)
        };
        // Without the lock: they may run what was woken.
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Takes a slot back in whose place something is kept.
    pub(super) fn keep(&self, waiter: u64, allocation: Allocation, peak: u64, kept: Kept) {
        let mut ends_first = false;
        self.change(|allocator, now| {
            ends_first = allocator.keep(waiter, allocation, peak, kept, now);
        });
        if ends_first {
            self.first_end.notify_one();
        }
    }

    /// Drops all that a channel keeps.
    pub(crate) fn drop_kept(&self, share: Share) {
        let eviction = self.allocator().evict_channel(share);
        self.evict(eviction);
    }

    /// Drops what is kept when its time ends, for as long as there is the pool.
    pub(crate) async fn drop_ended(pool: Weak<Self>, clock: Clock) {
        while let Some(pool) = pool.upgrade() {
            let eviction = pool.allocator().evict_ended(clock.instant());
            pool.evict(eviction);
            let (end, changed) = (pool.allocator().first_end(), Arc::clone(&pool.first_end));
            drop(pool);
            match end {
                Some(end) => {
                    tokio::select! {
                        () = clock.sleep_until(end) => {}
                        () = changed.notified() => {}
                    }
                }
                None => changed.notified().await,
            }
        }
    }

    /// Drops what is to be dropped. Only then its places are free.
    pub(super) fn evict(&self, eviction: Eviction) {
        let Eviction { kept, places } = eviction;
        drop(kept);
        if places > 0 {
            self.change(|allocator, _| allocator.add_places(places));
        }
    }

    pub(super) fn allocator(&self) -> MutexGuard<'_, Allocator> {
        self.allocator
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
