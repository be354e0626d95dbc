//! How many bytes of values an owner reads and writes in a time: a token bucket for each owner.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::key_value::{Owner, RATE_BURST, RATE_BYTES};

/// The buckets, by owner. There are as many as channels.
#[derive(Default)]
pub(crate) struct Rates(Mutex<HashMap<Owner, Bucket>>);

/// A token bucket. It is negative while more was read and written than the owner had left.
struct Bucket {
    left: f64,
    seen: Instant,
}

impl Rates {
    /// Counts bytes that an owner reads or writes. Returns how long it must wait before it goes on.
    pub(crate) fn charge(&self, owner: &Owner, bytes: usize) -> Duration {
        self.charge_at(owner, bytes, Instant::now())
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "no number of bytes here is near to what a float has no more"
    )]
    fn charge_at(&self, owner: &Owner, bytes: usize, now: Instant) -> Duration {
        let (rate, burst) = (RATE_BYTES as f64, RATE_BURST as f64);
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !buckets.contains_key(owner) {
            let full = Bucket {
                left: burst,
                seen: now,
            };
            buckets.insert(owner.clone(), full);
        }
        let Some(bucket) = buckets.get_mut(owner) else {
            return Duration::ZERO;
        };
        let passed = now.saturating_duration_since(bucket.seen).as_secs_f64();
        bucket.seen = now;
        bucket.left = (bucket.left + passed * rate).min(burst) - bytes as f64;
        Duration::from_secs_f64((-bucket.left / rate).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_its_burst_an_owner_moves_so_much_in_a_second() {
        let rates = Rates::default();
        let (one, other) = (Owner::Plugin("one".into()), Owner::Plugin("other".into()));
        let start = Instant::now();
        assert_eq!(rates.charge_at(&one, RATE_BURST, start), Duration::ZERO);
        let second = Duration::from_secs(1);
        assert_eq!(rates.charge_at(&one, RATE_BYTES, start), second);
        assert_eq!(rates.charge_at(&one, RATE_BYTES, start), 2 * second);
        assert_eq!(rates.charge_at(&other, RATE_BURST, start), Duration::ZERO);
        assert_eq!(rates.charge_at(&one, 0, start + second), second);
        assert_eq!(rates.charge_at(&one, 0, start + 2 * second), Duration::ZERO);
        // Bytes that are not used are saved, but only up to the burst.
        let later = start + 1_000 * second;
        assert_eq!(rates.charge_at(&one, RATE_BURST, later), Duration::ZERO);
        assert_eq!(rates.charge_at(&one, RATE_BYTES, later), second);
    }
}
