//! Slots of which there is a fixed number, each held for as long as its holder likes: those of the
//! engine's pool, and those of look-ups of names.
//!
//! A channel joins the queue with a [`Waiter`](super::Waiter), and holds what it got as
//! [`Slot`](super::Slot)s. A slot comes with the memory that an attempt is expected to need: an attempt
//! begins when there is room for what its channel's last ones needed, so that events wait instead of
//! the host running out of memory. What an attempt takes beyond that is taken at once, or refused.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use super::allocator::Allocator;
use super::share::{Provider, Share};

/// Slots to be shared.
pub(crate) struct Pool {
    allocator: Mutex<Allocator>,
    /// The memory that goes with them, in bytes.
    memory: u64,
}

impl Pool {
    /// `count` slots, each of which takes bytes of `memory`: `first` of them before it is known how
    /// many a channel needs.
    pub(crate) fn new(count: u32, memory: u64, first: u64) -> Arc<Self> {
        Arc::new(Self {
            allocator: Mutex::new(Allocator::new(count, memory, first)),
            memory,
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

    pub(super) fn allocator(&self) -> MutexGuard<'_, Allocator> {
        self.allocator
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
