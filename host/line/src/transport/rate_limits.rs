//! Keeping to LINE's rates (LINE reference, "Rate limits"): what LINE would refuse is not sent.
//!
//! LINE has a token bucket for each channel, endpoint and method, that is for each operation of a
//! channel, and so has each client. A bucket is kept as the time at which it will be full again:
//! each call moves that time on by what one call takes to come back.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use botbox_clock::Clock;

use crate::error::Error;
use crate::operation::Rate;

/// How long a call waits for its turn, at most 2 s: a burst of twice what LINE takes in a second
/// is evened out so, while of a rate by the hour nobody could wait for the next call.
const PATIENCE: Duration = Duration::from_secs(2);

/// The buckets of one channel, by LINE's name of the operation.
#[derive(Debug)]
pub(super) struct RateLimits {
    clock: Clock,
    buckets: Mutex<HashMap<&'static str, Bucket>>,
}

impl RateLimits {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            buckets: Mutex::default(),
        }
    }

    /// Waits until the operation may be called. Calls go in the order in which they asked.
    pub(super) async fn admit(&self, operation: &'static str, rate: Rate) -> Result<(), Error> {
        let turn = self.reserve(operation, rate, self.clock.instant());
        let wait = turn.map_err(|next| Error::RateLimited {
            operation,
            rate,
            next,
        })?;
        if !wait.is_zero() {
            self.clock.sleep(wait).await;
        }
        Ok(())
    }

    fn reserve(
        &self,
        operation: &'static str,
        rate: Rate,
        now: Instant,
    ) -> Result<Duration, Duration> {
        // A bucket is whole at any time.
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(operation).or_insert(Bucket { full: now });
        bucket.reserve(rate, now)
    }
}

#[derive(Debug)]
struct Bucket {
    /// When it is full, if nobody calls before.
    full: Instant,
}

impl Bucket {
    /// Takes the next call's turn, and returns how long it is until then. Takes nothing when that
    /// is too long.
    fn reserve(&mut self, rate: Rate, now: Instant) -> Result<Duration, Duration> {
        let full = self.full.max(now) + rate.period / rate.calls;
        let wait = (full - now).saturating_sub(rate.period);
        if wait > PATIENCE {
            return Err(wait);
        }
        self.full = full;
        Ok(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Operation;
    use crate::error::ErrorKind;

    const SECOND: Duration = Duration::from_secs(1);

    fn rate(calls: u32, period: Duration) -> Rate {
        Rate { calls, period }
    }

    #[test]
    fn a_burst_then_an_even_flow() {
        let now = Instant::now();
        let mut bucket = Bucket { full: now };
        let rate = rate(10, SECOND);
        let mut reserve = |after: Duration| bucket.reserve(rate, now + after);
        for _ in 0..10 {
            assert_eq!(reserve(Duration::ZERO), Ok(Duration::ZERO));
        }
        for call in 1..=20 {
            assert_eq!(reserve(Duration::ZERO), Ok(SECOND / 10 * call));
        }
        // The next would wait longer than 2 s. It takes nothing, so it can be asked again.
        assert_eq!(reserve(Duration::ZERO), Err(SECOND * 21 / 10));
        assert_eq!(reserve(Duration::ZERO), Err(SECOND * 21 / 10));
        assert_eq!(reserve(SECOND / 10), Ok(PATIENCE));
        // All turns taken, and then one period: it is full, and not more than full.
        for _ in 0..10 {
            assert_eq!(reserve(SECOND * 60), Ok(Duration::ZERO));
        }
        assert_eq!(reserve(SECOND * 60), Ok(SECOND / 10));
    }

    #[test]
    fn nobody_waits_for_a_rate_by_the_hour() {
        let limits = RateLimits::new(Clock::system());
        let now = Instant::now();
        let rate = Operation::Broadcast.endpoint().rate;
        for _ in 0..rate.calls {
            assert_eq!(limits.reserve("broadcast", rate, now), Ok(Duration::ZERO));
        }
        assert_eq!(limits.reserve("broadcast", rate, now), Err(SECOND * 60));
        // Another operation has a bucket of its own.
        assert_eq!(limits.reserve("narrowcast", rate, now), Ok(Duration::ZERO));
    }

    #[tokio::test]
    async fn a_call_that_is_too_many_says_when() {
        let limits = RateLimits::new(Clock::system());
        let broadcast = Operation::Broadcast.endpoint();
        for _ in 0..broadcast.rate.calls {
            limits.admit(broadcast.id, broadcast.rate).await.unwrap();
        }
        let error = limits
            .admit(broadcast.id, broadcast.rate)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert!(error.is_unsent());
        let said = error.to_string();
        let expected = "broadcast: LINE takes 60 calls in 3600 s; the next is possible in ";
        assert!(said.starts_with(expected), "{said}");
    }
}
