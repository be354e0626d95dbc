//! Processor time of one attempt.
//!
//! An attempt is a future, and whatever it does happens while it is polled, on one thread. So what
//! the thread's clock advances in `poll` is its processor time; waiting for LINE, for its turn, or
//! for a processor that others use, is free. A plugin that computes is interrupted each [`TICK`](crate::engine::TICK): it
//! yields, or traps when its time is up.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use wasmtime::{Store, UpdateDeadline};

/// The trap of a plugin whose processor time is up.
#[derive(Debug, thiserror::Error)]
#[error("the processor time is used up")]
pub(crate) struct CpuExhausted;

/// Processor time used so far.
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

    pub(crate) fn used(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.load(Ordering::Relaxed))
    }

    /// Runs `future`, measuring it.
    pub(crate) async fn measure<F: Future>(&self, future: F) -> F::Output {
        let mut future = std::pin::pin!(future);
        std::future::poll_fn(|context| self.poll(future.as_mut(), context)).await
    }

    fn poll<F: Future>(&self, future: Pin<&mut F>, context: &mut Context<'_>) -> Poll<F::Output> {
        let started = thread_time();
        let poll = future.poll(context);
        let spent = thread_time().saturating_sub(started);
        self.nanoseconds.fetch_add(spent, Ordering::Relaxed);
        poll
    }
}

/// This thread's processor time in nanoseconds.
fn thread_time() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    // Never negative, and 64 bits last for centuries.
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}
