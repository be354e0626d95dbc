//! Times of the store, in milliseconds since 1970.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Goes on evenly, whatever is done to the machine's clock: an event that waits must not wait for
/// an hour that comes again.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    start: Instant,
    wall: i64,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self {
            start: Instant::now(),
            wall: now(),
        }
    }

    pub(super) fn now(self) -> i64 {
        let passed = self.start.elapsed().as_millis();
        self.wall
            .saturating_add(passed.try_into().unwrap_or(i64::MAX))
    }
}

/// By the machine's clock.
pub(super) fn now() -> i64 {
    millis(SystemTime::now())
}

/// What is earlier or beyond all numbers is the nearest of them.
pub(super) fn millis(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |duration| {
        duration.as_millis().try_into().unwrap_or(i64::MAX)
    })
}
