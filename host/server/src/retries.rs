//! When an event that failed is tried again.
//!
//! The cause of a failure may pass, so the pauses between attempts grow. A trap is usually a bug of the
//! plugin: it would come again, and the chat must not wait for that. So an event that trapped is tried
//! again at once, for the few traps that depend on time or chance, and only a few times.

use std::time::Duration;

/// The longest pause between two attempts: a minute. Users do not wait for longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A deployment's way of trying again.
#[derive(Clone, Copy, Debug)]
pub struct Retries {
    /// The most attempts at an event. Default 6: with the pauses between them, half a minute in
    /// which what stood in the way can pass.
    pub attempts: u32,
    /// The most attempts that trap: the plugin crashed, or exceeded its processor time or memory.
    /// Default 2: one more, at once.
    pub trap_attempts: u32,
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
            trap_attempts: 2,
            pause: Duration::from_secs(1),
            hold: Duration::from_secs(300),
        }
    }
}

impl Retries {
    /// The pause until the next attempt after one that trapped: none. `None` when there is to be no
    /// other. `traps` and `failed` count it, too.
    pub(crate) fn pause_after_trap(
        &self,
        traps: u32,
        failed: u32,
        failing: Duration,
    ) -> Option<Duration> {
        let is_last = traps >= self.trap_attempts || failed >= self.attempts;
        (!is_last && failing <= self.hold).then_some(Duration::ZERO)
    }

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
    fn a_trap_is_tried_again_once_and_at_once() {
        let retries = Retries::default();
        let pause = |traps, failed| retries.pause_after_trap(traps, failed, Duration::ZERO);
        assert_eq!(pause(1, 1), Some(Duration::ZERO));
        assert_eq!(pause(2, 2), None);
        // What failed otherwise before is no trap.
        assert_eq!(pause(1, 5), Some(Duration::ZERO));
        assert_eq!(pause(1, 6), None);
        assert!(retries.pause_after_trap(1, 1, 301 * SECOND).is_none());
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
