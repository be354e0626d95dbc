//! The timers that a channel's plugin has set.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use botbox_clock::Clock;
use botbox_line::webhook::Event;
use botbox_runtime::ServiceError;
use botbox_store::{EventSchedule, Expected, ScheduleOutcome, ScheduledEvent};

use super::failure::unavailable;
use crate::journal_event::new_event;

/// The most timers of a channel: 10,000, one for each friend of an ordinary account.
const TIMERS: usize = 10_000;

/// How long it takes until one more timer may be set, when a channel has set [`TIMERS`] at once: 100 ms.
/// A reminder for each friend can be set in one go, and again after a quarter of an hour; but timers
/// that set timers make ten events in a second at most, not a thousand.
const INTERVAL: Duration = Duration::from_millis(100);

/// The kind of scheduled events that they are.
pub(crate) const KIND: &str = "timers";

/// The timers of one channel.
pub(crate) struct Timers {
    schedule: Arc<dyn EventSchedule>,
    channel: Arc<str>,
    rate: Mutex<Rate>,
    clock: Clock,
}

/// How often timers may be set: a token bucket, kept as the time at which it will be full again. That is
/// a dozen lines; `governor` would bring a clock of its own.
struct Rate {
    full: Instant,
}

impl Timers {
    pub(crate) fn new(schedule: Arc<dyn EventSchedule>, channel: Arc<str>, clock: Clock) -> Self {
        let full = clock.instant();
        Self {
            schedule,
            channel,
            rate: Mutex::new(Rate { full }),
            clock,
        }
    }

    /// Has `timer` come at its timestamp, unless it is to come already.
    pub(crate) async fn add(&self, timer: Event) -> Result<(), ServiceError> {
        self.take()?;
        let scheduled = ScheduledEvent {
            key: timer.id.clone(),
            at: timer.timestamp,
            event: new_event(&timer),
        };
        let any = Expected::Nothing(TIMERS);
        let outcome = self.schedule.schedule(&self.channel, KIND, scheduled, any);
        match outcome.await.map_err(unavailable)? {
            ScheduleOutcome::Done | ScheduleOutcome::Differs => Ok(()),
            ScheduleOutcome::Full => {
                let why = format!("the channel has {TIMERS} timers, the limit: cancel some");
                Err(ServiceError::LimitReached(why))
            }
        }
    }

    /// Counts a timer that is to be set, if the rate allows one.
    fn take(&self) -> Result<(), ServiceError> {
        // The rate is whole at any time.
        let mut rate = self.rate.lock().unwrap_or_else(PoisonError::into_inner);
        rate.take(self.clock.instant()).map_err(|next| {
            let a_second = Duration::from_secs(1).as_millis() / INTERVAL.as_millis();
            let next = next.as_millis();
            ServiceError::RateLimited(format!(
                "the channel has set {TIMERS} timers at once, the limit, and may set {a_second} more \
                 in each second; the next in {next} ms: set fewer, or set the next one when one comes"
            ))
        })
    }

    /// Takes a timer back. Returns whether it was still to come.
    pub(crate) async fn cancel(&self, id: &str) -> Result<bool, ServiceError> {
        let cancelled = self.schedule.cancel(&self.channel, KIND, id).await;
        cancelled.map_err(unavailable)
    }
}

impl Rate {
    /// Counts a timer, or tells how long it is until the next may be set.
    fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let full = self.full.max(now) + INTERVAL;
        let wait = (full - now).saturating_sub(INTERVAL * TIMERS as u32);
        if !wait.is_zero() {
            return Err(wait);
        }
        self.full = full;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use botbox_store::Sqlite;

    use super::*;

    fn timer(id: &str) -> Event {
        let json = format!(
            r#"{{"type":"botbox.timer","webhookEventId":"{id}","timestamp":9999999999999}}"#
        );
        Event::from_host(&json).unwrap()
    }

    #[tokio::test]
    async fn a_channel_has_no_more_timers_than_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(folder.path(), Clock::system()).unwrap();
        let timers = Timers::new(Arc::new(store), "c".into(), Clock::system());
        let new_rate = || timers.rate.lock().unwrap().full = Instant::now();
        timers.add(timer("first")).await.unwrap();
        let fill = (1..TIMERS).map(|number| timers.add(timer(&number.to_string())));
        futures_util::future::try_join_all(fill).await.unwrap();
        new_rate();
        let refused = timers.add(timer("more")).await;
        let Err(ServiceError::LimitReached(why)) = refused else {
            panic!("{refused:?}");
        };
        assert!(why.starts_with("the channel has 10000 timers"), "{why}");
        timers.add(timer("first")).await.unwrap();
        assert!(timers.cancel("first").await.unwrap());
        assert!(!timers.cancel("first").await.unwrap());
        timers.add(timer("more")).await.unwrap();
    }

    #[test]
    fn after_a_burst_timers_are_set_at_a_rate() {
        let now = Instant::now();
        let mut rate = Rate { full: now };
        for _ in 0..TIMERS {
            assert_eq!(rate.take(now), Ok(()));
        }
        assert_eq!(rate.take(now), Err(INTERVAL));
        for tenth in 1..=20 {
            let later = now + INTERVAL * tenth;
            assert_eq!(rate.take(later), Ok(()));
            assert_eq!(rate.take(later), Err(INTERVAL));
        }
        // All of them again, in a quarter of an hour and a little.
        let later = now + INTERVAL * (TIMERS as u32 + 20);
        for _ in 0..TIMERS {
            assert_eq!(rate.take(later), Ok(()));
        }
        assert_eq!(rate.take(later), Err(INTERVAL));
    }
}
