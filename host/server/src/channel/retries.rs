//! When an event that failed is tried again.

use std::time::Duration;

/// The longest pause between two attempts: a minute. Users do not wait for longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A deployment's way of trying again.
#[derive(Clone, Copy, Debug)]
pub struct Retries {
    /// The most attempts at an event. Default 6: with the pauses between them, half a minute in
    /// which what stood in the way can pass.
    pub attempts: u32,
    /// The pause before the second attempt. It doubles with each further one, up to a minute.
    /// Default 1 s.
    pub pause: Duration,
    /// How long an event may fail and hold up its chat. Default 5 minutes: who wrote since then
    /// wants an answer, too.
    pub hold: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            attempts: 6,
            pause: Duration::from_secs(1),
            hold: Duration::from_secs(300),
        }
    }
}

impl Retries {
    /// The pause until the next attempt, after `failed` ones that failed, the first of them
    /// `failing` ago. `None` when there is to be no other.
    pub(crate) fn pause(&self, failed: u32, failing: Duration) -> Option<Duration> {
        if failed >= self.attempts {
            return None;
        }
        let doubled = 2_u32.saturating_pow(failed.saturating_sub(1));
        let pause = self.pause.saturating_mul(doubled).min(LONGEST_PAUSE);
        // Spread by half, so that what failed together does not come back together.
        let pause = pause + pause.mul_f64(fastrand::f64() / 2.0);
        (failing.saturating_add(pause) <= self.hold).then_some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn pauses_grow_up_to_a_minute() {
        let retries = Retries {
            attempts: u32::MAX,
            hold: Duration::MAX,
            ..Retries::default()
        };
        for (failed, expected) in [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (1_000_000, 60)] {
            let pause = retries.pause(failed, Duration::ZERO).unwrap();
            let expected = expected * SECOND;
            assert!(pause >= expected && pause <= expected * 3 / 2, "{pause:?}");
        }
    }

    #[test]
    fn there_is_a_last_attempt() {
        let retries = Retries::default();
        assert!(retries.pause(5, Duration::ZERO).is_some());
        assert!(retries.pause(6, Duration::ZERO).is_none());
        // The chat does not wait for longer, whatever is left.
        assert!(retries.pause(1, 290 * SECOND).is_some());
        assert!(retries.pause(1, 299 * SECOND + SECOND / 2).is_none());
        let once = Retries {
            attempts: 1,
            ..retries
        };
        assert!(once.pause(1, Duration::ZERO).is_none());
    }
}
