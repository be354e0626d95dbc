//! Those who wait for events to claim, by channel.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use botbox_clock::Clock;
use tokio::sync::Notify;

use crate::journal::Changes;

/// The waiters of all channels: there are as many as channels. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Waiters(Arc<Mutex<HashMap<Box<str>, Arc<Notify>>>>);

impl Waiters {
    /// Wakes the channel's waiter. If none waits, the next one does not wait.
    pub(crate) fn notify(&self, channel: &str) {
        self.of(channel).notify_one();
    }

    /// Wakes the waiters of all channels.
    pub(crate) fn notify_all(&self) {
        let waiters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiters.values().for_each(|waiter| waiter.notify_one());
    }

    /// What tells a waiter of changes.
    pub(crate) fn changes(&self, channel: &str, clock: &Clock) -> Changes {
        Changes::new(self.of(channel), clock)
    }

    fn of(&self, channel: &str) -> Arc<Notify> {
        let mut waiters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waiter) = waiters.get(channel) {
            return Arc::clone(waiter);
        }
        let waiter = Arc::default();
        waiters.insert(channel.into(), Arc::clone(&waiter));
        waiter
    }
}
