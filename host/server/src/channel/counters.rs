//! What is counted, for the operator.

use std::sync::atomic::{AtomicU64, Ordering};

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

/// A number that only grows.
#[derive(Debug, Default, JsonSchema)]
#[schemars(inline)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, count: usize) {
        self.add_u64(count as u64);
    }

    pub(crate) fn add_u64(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn increment(&self) {
        self.add(1);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Serialize for Counter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.get())
    }
}

/// Events of a channel, by what became of them.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct EventCounters {
    pub(crate) accepted: Counter,
    /// Events that came again.
    pub(crate) duplicates: Counter,
    pub(crate) handled: Counter,
    /// Attempts that failed.
    pub(crate) failed: Counter,
    /// Events that became dead letters.
    pub(crate) dead: Counter,
    /// Messages that their senders took back before they were handled.
    pub(crate) unsent: Counter,
    /// Sends that LINE took.
    pub(crate) sends: Counter,
    /// How long attempts took together, in microseconds.
    pub(crate) took_us: Counter,
    /// Processor time of plugins, in microseconds.
    pub(crate) cpu_us: Counter,
}
