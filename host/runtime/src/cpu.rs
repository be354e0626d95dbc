//! Processor time of one attempt.
//!
//! An attempt is a task, and whatever it does happens in its turns on one of the threads that
//! compute. What such a thread's clock of processor time advances in a turn is the attempt's; waiting
//! for LINE, for its turn, or for a processor that others use, is free. A plugin that computes is
//! interrupted each tick: it yields, or traps when its time is up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use wasmtime::{Store, UpdateDeadline};

/// The trap of a plugin whose processor time is up.
#[derive(Debug, thiserror::Error)]
#[error("the processor time is used up")]
pub(crate) struct CpuExhausted;

/// Processor time used so far. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct CpuMeter {
    nanoseconds: Arc<AtomicU64>,
}

impl CpuMeter {
    /// Interrupts the store's plugin each tick, and ends it when it used `limit`.
    pub(crate) fn guard<T: 'static>(&self, store: &mut Store<T>, limit: Duration) {
        let meter = self.clone();
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(move |_| {
            if meter.used() >= limit {
                return Err(CpuExhausted.into());
            }
            let turn = Box::pin(tokio::task::yield_now());
            Ok(UpdateDeadline::YieldCustom(1, turn))
        });
    }

    /// Counts a turn.
    pub(crate) fn add(&self, nanoseconds: u64) {
        self.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    /// What was used so far.
    pub(crate) fn used(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.load(Ordering::Relaxed))
    }
}
