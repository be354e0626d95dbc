//! The host's clock, as WASI asks for it.

use std::time::{Duration, Instant};

use botbox_clock::Clock;
use jiff::Timestamp;
use wasmtime_wasi::{HostMonotonicClock, HostWallClock};

/// The time of day.
pub(crate) struct WallClock(pub(crate) Clock);

/// The time since some beginning.
pub(crate) struct MonotonicClock {
    clock: Clock,
    start: Instant,
}

impl MonotonicClock {
    /// One that begins now.
    pub(crate) fn new(clock: Clock) -> Self {
        let start = clock.instant();
        Self { clock, start }
    }
}

impl HostWallClock for WallClock {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    fn now(&self) -> Duration {
        self.0
            .now()
            .duration_since(Timestamp::UNIX_EPOCH)
            .unsigned_abs()
    }
}

impl HostMonotonicClock for MonotonicClock {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        let passed = self.clock.instant() - self.start;
        u64::try_from(passed.as_nanos()).unwrap_or(u64::MAX)
    }
}
