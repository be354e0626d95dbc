//! Rate limits: a bucket of tokens for each operation of a bot (LINE reference, "Rate limits").

use std::collections::HashMap;
use std::time::Duration;

use botbox_line::Operation;

/// How much of its rate limits one bot has left.
#[derive(Default)]
pub(crate) struct Rates {
    buckets: HashMap<Operation, Bucket>,
}

/// A bucket holds the calls of one period, and fills up evenly.
struct Bucket {
    left: f64,
    /// In milliseconds since 1970.
    at: u64,
}

impl Rates {
    /// Whether one more call of `operation` is within its rate; if so, it counts.
    pub(crate) fn take(&mut self, operation: Operation, now: u64) -> bool {
        let rate = operation.endpoint().rate;
        let full = f64::from(rate.calls);
        let bucket = self.buckets.entry(operation).or_insert(Bucket {
            left: full,
            at: now,
        });
        let passed = Duration::from_millis(now.saturating_sub(bucket.at));
        let refill = full * passed.as_secs_f64() / rate.period.as_secs_f64();
        bucket.left = (bucket.left + refill).min(full);
        bucket.at = now;
        let within = bucket.left >= 1.0;
        if within {
            bucket.left -= 1.0;
        }
        within
    }
}
