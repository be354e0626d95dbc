//! Those who wait for events to claim, by channel.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use botbox_clock::Clock;
use tokio::sync::Notify;

use crate::journal::Changes;
use crate::sqlite::events::{ReadyEvent, ReadyQueues};

/// The waiters of all channels: there are as many as channels. Clones share them.
#[derive(Clone)]
pub(crate) struct Waiters {
    ready: ReadyQueues,
    waiters: Arc<Mutex<HashMap<Box<str>, Arc<Notify>>>>,
}

impl Waiters {
    pub(crate) fn new(ready: ReadyQueues) -> Self {
        let waiters = Arc::default();
        Self { ready, waiters }
    }

    /// Wakes the channel's waiter, who looks into the table. If none waits, the next one does not wait.
    pub(crate) fn notify(&self, channel: &str) {
        self.ready.end(channel);
        self.of(channel).notify_one();
    }

    /// The same, but nothing has changed what can be claimed except these events, which are new.
    pub(crate) fn notify_of(&self, channel: &str, events: Vec<ReadyEvent>) {
        self.ready.add(channel, events);
        self.of(channel).notify_one();
    }

    /// Wakes the waiters of all channels, who look into the table.
    pub(crate) fn notify_all(&self) {
        self.ready.end_all();
        let waiters = self.waiters.lock().unwrap_or_else(PoisonError::into_inner);
        waiters.values().for_each(|waiter| waiter.notify_one());
    }

    /// What tells a waiter of changes.
    pub(crate) fn changes(&self, channel: &str, clock: &Clock) -> Changes {
        Changes::new(self.of(channel), clock)
    }

    fn of(&self, channel: &str) -> Arc<Notify> {
        let mut waiters = self.waiters.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waiter) = waiters.get(channel) {
            return Arc::clone(waiter);
        }
        let waiter = Arc::default();
        waiters.insert(channel.into(), Arc::clone(&waiter));
        waiter
    }
}
