//! The hour and the month in which recipients are counted.

use std::time::SystemTime;

use botbox_clock::LINE_TIME;
use jiff::Timestamp;

use super::error::BudgetError;

/// How many recipients a channel's pushes may reach. At least one of the two is there.
#[derive(Clone, Copy, Debug)]
pub struct PushLimits {
    /// In an hour by the clock.
    pub per_hour: Option<u64>,
    /// In a month of UTC+9, the zone of LINE's statistics; LINE does not say which its quota has.
    pub per_month: Option<u64>,
}

/// In seconds.
const HOUR: i64 = 3600;

/// A time in which no more than a limit is counted.
pub(super) struct Window {
    /// The key of its count.
    pub(super) key: String,
    /// The most recipients.
    pub(super) limit: u64,
    /// What it is called.
    pub(super) name: &'static str,
    /// When it ends.
    pub(super) end: Timestamp,
}

impl Window {
    /// Those of the limits at this time.
    pub(super) fn of(limits: PushLimits, now: Timestamp) -> Vec<Self> {
        let hour = limits.per_hour.map(|limit| Self::hour(limit, now));
        let month = limits.per_month.map(|limit| Self::month(limit, now));
        hour.into_iter().chain(month).collect()
    }

    fn hour(limit: u64, now: Timestamp) -> Self {
        let start = now.as_second().div_euclid(HOUR) * HOUR;
        Self {
            key: format!("hour:{start}"),
            limit,
            name: "hour",
            end: timestamp(start + HOUR),
        }
    }

    fn month(limit: u64, now: Timestamp) -> Self {
        let now = now.to_zoned_datetime(LINE_TIME);
        let next = now.date().last_of_month().tomorrow();
        let next = next.and_then(|day| day.to_zoned_datetime(LINE_TIME));
        Self {
            key: now.strftime("month:%Y-%m").to_string(),
            limit,
            name: "month",
            end: next.map_or(Timestamp::MAX, |next| next.timestamp()),
        }
    }

    /// When nobody counts in it any more: an hour after it ends, for a send of the last moment may be
    /// given back.
    pub(super) fn expiry(&self) -> SystemTime {
        system_time(timestamp(self.end.as_second() + HOUR))
    }

    /// The error of a send that has no room in it.
    pub(super) fn spent(&self, recipients: u64) -> BudgetError {
        BudgetError::Spent {
            limit: self.limit,
            window: self.name,
            recipients,
            next: self
                .end
                .to_zoned_datetime(LINE_TIME)
                .strftime("%Y-%m-%dT%H:%M%:z")
                .to_string(),
        }
    }
}

/// The same time, as the store takes it.
pub(super) fn system_time(time: Timestamp) -> SystemTime {
    // There is no system that has fewer times.
    SystemTime::try_from(time).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// Of seconds since 1970; the last one that there is, if there is none.
fn timestamp(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows(seconds: i64) -> [(String, i64); 2] {
        let limits = PushLimits {
            per_hour: Some(1),
            per_month: Some(2),
        };
        let windows = Window::of(limits, timestamp(seconds));
        let told = windows.into_iter().map(|it| (it.key, it.end.as_second()));
        told.collect::<Vec<_>>().try_into().unwrap()
    }

    #[test]
    fn months_are_those_of_japan() {
        // 2026-11-30T14:59:59Z is the last second of November in UTC+9.
        let last = 1_796_050_799;
        let hour = |start: i64| (format!("hour:{start}"), start + HOUR);
        let month = |name: &str, end| (format!("month:{name}"), end);
        let november = month("2026-11", last + 1);
        let december = month("2026-12", last + 1 + 31 * 24 * HOUR);
        assert_eq!(windows(last), [hour(last + 1 - HOUR), november]);
        assert_eq!(windows(last + 1), [hour(last + 1), december]);
    }

    #[test]
    fn who_is_refused_learns_when_to_try_again() {
        let window = Window::month(20_000, timestamp(1_796_050_799));
        let said = window.spent(5).to_string();
        assert!(said.contains("20000 recipients in a month"), "{said}");
        assert!(said.ends_with("begins at 2026-12-01T00:00+09:00"), "{said}");
    }
}
