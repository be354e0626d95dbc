//! Fields of the log.

use std::time::Duration;

/// A duration in milliseconds, with one decimal.
pub(crate) fn logged_ms(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10_000.0).round() / 10.0
}
