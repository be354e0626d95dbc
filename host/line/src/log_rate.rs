//! A bound on what others can have the host log.
//!
//! A plugin that logs much and a stranger who sends much must not fill the disk, nor hide what else the
//! log says. In each window of time so much passes; the rest is counted, and one line at the window's end
//! says how many lines it was.
//!
//! Its windows are the machine's time, not a [`Clock`](botbox_clock::Clock)'s: the disk fills by that.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tracing::{Instrument, Span};

/// Bounds what is logged in each window of time.
pub struct LogRate {
    limit: usize,
    window: Duration,
    state: Mutex<State>,
    /// Logs how many lines were dropped.
    report: Box<dyn Fn(u64) + Send + Sync>,
}

#[derive(Default)]
struct State {
    /// When the last window ends.
    end: Option<Instant>,
    /// How much passed in it.
    used: usize,
    /// Lines that were dropped and are not reported yet.
    dropped: u64,
}

/// What becomes of a line.
#[derive(Debug, Eq, PartialEq)]
enum Verdict {
    Passes,
    Dropped,
    /// Dropped, as the first one: the report is due after this time.
    FirstDropped(Duration),
}

impl fmt::Debug for LogRate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("LogRate");
        debug.field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl LogRate {
    /// A rate of `limit` (lines, or bytes: what callers count) in each `window`. `report` logs how many
    /// lines were dropped, once at the end of a window.
    #[must_use]
    pub fn new(
        limit: usize,
        window: Duration,
        report: impl Fn(u64) + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            limit,
            window,
            state: Mutex::default(),
            report: Box::new(report),
        })
    }

    /// Whether to log a line that costs so much of the limit.
    pub fn passes(self: &Arc<Self>, cost: usize) -> bool {
        match self.judge(cost, Instant::now()) {
            Verdict::Passes => true,
            Verdict::Dropped => false,
            Verdict::FirstDropped(after) => {
                self.report_after(after);
                false
            }
        }
    }

    fn report_after(self: &Arc<Self>, time: Duration) {
        let Ok(runtime) = Handle::try_current() else {
            // Outside of the runtime, as in a destructor, nothing can wait: these go unreported.
            self.state().dropped = 0;
            return;
        };
        let rate = Arc::clone(self);
        let report = async move {
            tokio::time::sleep(time).await;
            let dropped = std::mem::take(&mut rate.state().dropped);
            (rate.report)(dropped);
        };
        // In the span of the event that is being handled, which names its channel.
        runtime.spawn(report.instrument(Span::current()));
    }

    fn judge(&self, cost: usize, now: Instant) -> Verdict {
        let mut state = self.state();
        let end = match state.end {
            Some(end) if now < end => end,
            _ => {
                state.used = 0;
                now + self.window
            }
        };
        state.end = Some(end);
        if state.used + cost <= self.limit {
            state.used += cost;
            return Verdict::Passes;
        }
        state.dropped += 1;
        match state.dropped {
            1 => Verdict::FirstDropped(end - now),
            _ => Verdict::Dropped,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is whole at any time.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    const WINDOW: Duration = Duration::from_secs(10);

    #[test]
    fn a_window_has_so_much_and_the_next_one_again() {
        let rate = LogRate::new(100, WINDOW, |_| {});
        let now = Instant::now();
        assert_eq!(rate.judge(60, now), Verdict::Passes);
        let later = now + WINDOW / 2;
        assert_eq!(rate.judge(60, later), Verdict::FirstDropped(WINDOW / 2));
        assert_eq!(rate.judge(40, later), Verdict::Passes);
        assert_eq!(rate.judge(1, later), Verdict::Dropped);
        assert_eq!(rate.judge(100, now + WINDOW), Verdict::Passes);
        // Those of the window before are not reported yet: this one is reported with them.
        assert_eq!(rate.judge(1, now + WINDOW), Verdict::Dropped);
        assert_eq!(rate.state().dropped, 3);
    }

    #[tokio::test]
    async fn what_is_dropped_is_reported_once() {
        let (reported, times) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let seen = (Arc::clone(&reported), Arc::clone(&times));
        let rate = LogRate::new(1, Duration::from_millis(50), move |dropped| {
            seen.0.fetch_add(dropped, Ordering::SeqCst);
            seen.1.fetch_add(1, Ordering::SeqCst);
        });
        assert!(rate.passes(1));
        for _ in 0..20 {
            assert!(!rate.passes(2));
        }
        while times.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(reported.load(Ordering::SeqCst), 20);
        assert_eq!(times.load(Ordering::SeqCst), 1);
        assert!(rate.passes(1));
    }
}
