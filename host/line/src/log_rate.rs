//! A bound on what others can have the host log.
//!
//! A plugin that chatters and a stranger who knocks must not fill the disk, nor hide what else the
//! log says. Within a window of time, so many lines pass; the rest is counted, and told in one line
//! at the window's end.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tracing::{Instrument, Span};

/// Lets so much pass in each window of time.
pub struct LogRate {
    limit: usize,
    window: Duration,
    state: Mutex<State>,
    tell: Box<dyn Fn(u64) + Send + Sync>,
}

#[derive(Default)]
struct State {
    /// When the window ends that began last.
    end: Option<Instant>,
    /// What passed in it.
    used: usize,
    /// Lines that did not pass and are not told yet.
    dropped: u64,
}

/// What becomes of a line.
#[derive(Debug, Eq, PartialEq)]
enum Verdict {
    Passes,
    Dropped,
    /// It is the first one that is dropped: to be told after this time.
    FirstDropped(Duration),
}

impl fmt::Debug for LogRate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("LogRate");
        debug.field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl LogRate {
    /// A rate of `limit` (lines, or bytes: what callers count) in each `window`. `tell` logs how many
    /// lines were dropped, once at the end of a window.
    #[must_use]
    pub fn new(
        limit: usize,
        window: Duration,
        tell: impl Fn(u64) + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            limit,
            window,
            state: Mutex::default(),
            tell: Box::new(tell),
        })
    }

    /// Whether a line that costs so much of the limit is to be logged.
    pub fn passes(self: &Arc<Self>, cost: usize) -> bool {
        match self.judge(cost, Instant::now()) {
            Verdict::Passes => true,
            Verdict::Dropped => false,
            Verdict::FirstDropped(after) => {
                self.tell_after(after);
                false
            }
        }
    }

    fn tell_after(self: &Arc<Self>, time: Duration) {
        let Ok(runtime) = Handle::try_current() else {
            // Nobody can wait for the end, as in a destructor. The next line that is dropped is told.
            self.state().dropped = 0;
            return;
        };
        let rate = Arc::clone(self);
        let tell = async move {
            tokio::time::sleep(time).await;
            let dropped = std::mem::take(&mut rate.state().dropped);
            (rate.tell)(dropped);
        };
        // So the line has the channel, where an event is being handled.
        runtime.spawn(tell.instrument(Span::current()));
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
        // Those of the window before are not told yet: this one is told with them.
        assert_eq!(rate.judge(1, now + WINDOW), Verdict::Dropped);
        assert_eq!(rate.state().dropped, 3);
    }

    #[tokio::test]
    async fn what_is_dropped_is_told_once() {
        let (told, times) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let seen = (Arc::clone(&told), Arc::clone(&times));
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
        assert_eq!(told.load(Ordering::SeqCst), 20);
        assert_eq!(times.load(Ordering::SeqCst), 1);
        assert!(rate.passes(1));
    }
}
