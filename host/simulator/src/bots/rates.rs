//! Rate limits: a bucket of tokens for each operation of a bot (LINE reference, "Rate limits").

use std::collections::HashMap;
use std::time::Instant;

use botbox_line::Operation;

/// How much of its rate limits one bot has left.
#[derive(Default)]
pub(crate) struct Rates {
    buckets: HashMap<Operation, Bucket>,
}

/// A bucket holds the calls of one period, and fills up evenly.
struct Bucket {
    left: f64,
    at: Instant,
}

impl Rates {
    /// Whether one more call of `operation` is within its rate; if so, it counts.
    pub(crate) fn take(&mut self, operation: Operation) -> bool {
        let rate = operation.endpoint().rate;
        let full = f64::from(rate.calls);
        let now = Instant::now();
        let bucket = self.buckets.entry(operation).or_insert(Bucket {
            left: full,
            at: now,
        });
        let refill = full * (now - bucket.at).as_secs_f64() / rate.period.as_secs_f64();
        bucket.left = (bucket.left + refill).min(full);
        bucket.at = now;
        let within = bucket.left >= 1.0;
        if within {
            bucket.left -= 1.0;
        }
        within
    }
}
