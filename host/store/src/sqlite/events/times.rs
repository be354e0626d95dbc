//! The two times of the journal, in milliseconds since 1970.

use std::time::{Duration, Instant};

use botbox_clock::Clock;

/// The times of the journal.
///
/// What waits for its turn or its retry goes by the steady time: it must not wait for an hour that
/// comes again because somebody set the machine's clock. What is scheduled for a time of day goes by
/// that.
#[derive(Clone)]
pub(super) struct Times {
    clock: Clock,
    start: Instant,
    started: i64,
}

impl Times {
    pub(super) fn start(clock: Clock) -> Self {
        Self {
            start: clock.instant(),
            started: clock.now_ms(),
            clock,
        }
    }

    /// The time that goes on evenly from the start on.
    pub(super) fn steady(&self) -> i64 {
        let passed = self.clock.instant().saturating_duration_since(self.start);
        later(self.started, passed)
    }

    /// The time of day.
    pub(super) fn of_day(&self) -> i64 {
        self.clock.now_ms()
    }
}

pub(super) fn later(time: i64, duration: Duration) -> i64 {
    time.saturating_add(millis(duration))
}

pub(super) fn millis(duration: Duration) -> i64 {
    duration.as_millis().try_into().unwrap_or(i64::MAX)
}

/// The time until `time`; none if it has passed.
pub(super) fn duration_until(time: i64, now: i64) -> Duration {
    let left = time.saturating_sub(now);
    Duration::from_millis(left.try_into().unwrap_or_default())
}
