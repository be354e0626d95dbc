//! Until when the store keeps what services give it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use botbox_clock::Clock;

/// When what lasts for some time from now on expires.
pub(super) fn expires_in(clock: &Clock, time: Duration) -> SystemTime {
    // No machine's clock is before 1970 but one that was never set.
    let now = u64::try_from(clock.now_ms()).unwrap_or_default();
    UNIX_EPOCH + Duration::from_millis(now) + time
}
