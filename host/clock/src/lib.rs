//! The one clock. Whatever is decided by the time of day, or waits for one, asks a [`Clock`] that it
//! was given: an event's age, a retry's due time, a token's end, a timer. So a test, and who develops a
//! bot, can move the time of host and simulator together, and nobody waits for an hour that matters.
//!
//! It never measures how long work took, and never decides whose turn it is: that is
//! [`Instant::now`], which no one moves.

use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use tokio::sync::watch;

/// LINE's own time: its days, statistics and billing months are those of UTC+9 (LINE reference, "Get
/// number of sent reply messages").
pub const LINE_TIME: TimeZone = TimeZone::fixed(Offset::constant(9));

/// Tells the time. Clones are one clock.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// How far this clock is ahead of the machine's, if it can be moved at all.
    ahead: Option<Arc<watch::Sender<Duration>>>,
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that starts as the machine's, and can be moved by [`advance`](Self::advance).
    #[must_use]
    pub fn movable() -> Self {
        let (ahead, _) = watch::channel(Duration::ZERO);
        Self {
            ahead: Some(Arc::new(ahead)),
        }
    }

    /// The time of day. Steps when somebody sets the machine's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let now = SystemTime::now() + self.ahead();
        // Only a machine whose clock is beyond the year 9999 has no such time.
        Timestamp::try_from(now).unwrap_or(Timestamp::MAX)
    }

    /// The time of day in milliseconds since the Unix epoch, the unit of LINE's events and of the store.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }

    /// A time that goes on evenly, whatever is done to the machine's clock, and moves when this clock is
    /// moved: for what lasts some time from now on.
    #[must_use]
    pub fn instant(&self) -> Instant {
        Instant::now() + self.ahead()
    }

    /// Waits for a time that [`instant`](Self::instant) tells, also when this clock is moved there.
    pub async fn sleep_until(&self, end: Instant) {
        let mut moves = self.moves();
        loop {
            let left = end.saturating_duration_since(self.instant());
            if left.is_zero() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                () = moves.next() => {}
            }
        }
    }

    /// Waits for some time by this clock.
    pub async fn sleep(&self, time: Duration) {
        self.sleep_until(self.instant() + time).await;
    }

    /// The moves of this clock from now on, for who waits for a time in a way of its own.
    #[must_use]
    pub fn moves(&self) -> Moves {
        Moves(self.ahead.as_ref().map(|ahead| ahead.subscribe()))
    }

    /// Moves this clock forward, and wakes who waits for a time that is reached by that. Returns whether
    /// it can be moved: [`system`](Self::system)'s cannot. There is no way back, since what has happened
    /// by a time has happened.
    pub fn advance(&self, by: Duration) -> bool {
        let Some(ahead) = &self.ahead else {
            return false;
        };
        ahead.send_modify(|ahead| *ahead = ahead.saturating_add(by).min(FURTHEST));
        true
    }

    fn ahead(&self) -> Duration {
        let ahead = self.ahead.as_ref();
        ahead.map_or(Duration::ZERO, |ahead| *ahead.borrow())
    }
}

/// What [`Clock::moves`] tells. A move between two calls of [`next`](Self::next) is told by the second.
#[derive(Debug)]
pub struct Moves(Option<watch::Receiver<Duration>>);

impl Moves {
    /// Waits until the clock is moved; for ever when it is not moved any more.
    pub async fn next(&mut self) {
        let moved = match &mut self.0 {
            Some(ahead) => ahead.changed().await.is_ok(),
            None => false,
        };
        if !moved {
            pending::<()>().await;
        }
    }
}

/// A hundred years: further than anything that botbox schedules, and far from where times overflow.
const FURTHEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn the_clones_of_a_clock_move_together() {
        let clock = Clock::movable();
        let (other, before) = (clock.clone(), clock.now());
        assert!(clock.advance(HOUR));
        assert!(other.now().duration_since(before).as_secs() >= 3600);
    }

    #[test]
    fn the_machines_clock_is_not_moved() {
        let clock = Clock::system();
        assert!(!clock.advance(HOUR));
        assert!(clock.now().duration_since(Timestamp::now()).as_secs().abs() < 60);
    }

    #[test]
    fn no_time_is_too_far() {
        let clock = Clock::movable();
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert!(clock.now() < Timestamp::MAX && clock.instant() > Instant::now());
    }

    #[tokio::test]
    async fn who_waits_is_woken_by_a_move() {
        let clock = Clock::movable();
        let sleeper = clock.clone();
        let sleep = tokio::spawn(async move { sleeper.sleep(2 * HOUR).await });
        for _ in 0..2 {
            tokio::task::yield_now().await;
            assert!(!sleep.is_finished());
            clock.advance(HOUR);
        }
        sleep.await.unwrap();
    }

    #[test]
    fn lines_day_begins_at_fifteen_utc() {
        let day = |time: &str| {
            let time: Timestamp = time.parse().unwrap();
            time.to_zoned_datetime(LINE_TIME).date().to_string()
        };
        assert_eq!(day("2026-11-27T14:59:59Z"), "2026-11-27");
        assert_eq!(day("2026-11-27T15:00:00Z"), "2026-11-28");
    }
}
