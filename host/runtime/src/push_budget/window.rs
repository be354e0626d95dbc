//! The hour and the month in which recipients are counted.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use botbox_line::calendar::{AHEAD_OF_UTC, date};

use super::PushLimits;
use crate::services::ServiceError;

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

/// A time in which no more than a limit is counted.
pub(super) struct Window {
    /// The key of its count.
    pub(super) key: String,
    pub(super) limit: u64,
    /// When nobody counts in it any more.
    pub(super) forget: SystemTime,
    /// What it is called.
    name: &'static str,
    /// When it ends, in seconds since 1970.
    end: u64,
}

impl Window {
    /// Those of the limits at this time.
    pub(super) fn of(limits: PushLimits, now: SystemTime) -> Vec<Self> {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let hour = limits.per_hour.map(|limit| Self::hour(limit, now));
        let month = limits.per_month.map(|limit| Self::month(limit, now));
        hour.into_iter().chain(month).collect()
    }

    fn hour(limit: u64, now: u64) -> Self {
        let start = now / HOUR * HOUR;
        Self::new(limit, "hour", format!("hour:{start}"), start + HOUR)
    }

    fn month(limit: u64, now: u64) -> Self {
        let today = (now + AHEAD_OF_UTC) / DAY;
        let (year, month, _) = date(today);
        let mut next = today + 1;
        while date(next).1 == month {
            next += 1;
        }
        let key = format!("month:{year:04}-{month:02}");
        Self::new(limit, "month", key, next * DAY - AHEAD_OF_UTC)
    }

    fn new(limit: u64, name: &'static str, key: String, end: u64) -> Self {
        Self {
            key,
            limit,
            // A send of the last moment may yet be given back.
            forget: UNIX_EPOCH + Duration::from_secs(end + HOUR),
            name,
            end,
        }
    }

    /// The answer to a send that has no room in it.
    pub(super) fn spent(&self, recipients: u64) -> ServiceError {
        let Self { limit, name, .. } = self;
        let local = self.end + AHEAD_OF_UTC;
        let (year, month, day) = date(local / DAY);
        let hour = local % DAY / HOUR;
        ServiceError::LimitReached(format!(
            "the channel's push budget allows {limit} recipients in a {name}, and has no room for \
             {recipients} more; the next {name} begins at \
             {year:04}-{month:02}-{day:02}T{hour:02}:00+09:00"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows(seconds: u64) -> [(String, u64); 2] {
        let limits = PushLimits {
            per_hour: Some(1),
            per_month: Some(2),
        };
        let windows = Window::of(limits, UNIX_EPOCH + Duration::from_secs(seconds));
        let told = windows.into_iter().map(|it| (it.key, it.end));
        told.collect::<Vec<_>>().try_into().unwrap()
    }

    #[test]
    fn months_are_those_of_japan() {
        // 2026-11-30T14:59:59Z is the last second of November in UTC+9.
        let last = 1_796_050_799;
        let hour = |start: u64| (format!("hour:{start}"), start + HOUR);
        let month = |name: &str, end| (format!("month:{name}"), end);
        let november = month("2026-11", last + 1);
        let december = month("2026-12", last + 1 + 31 * DAY);
        assert_eq!(windows(last), [hour(last + 1 - HOUR), november]);
        assert_eq!(windows(last + 1), [hour(last + 1), december]);
    }

    #[test]
    fn who_is_refused_learns_when_to_try_again() {
        let window = Window::month(20_000, 1_796_050_799);
        let said = window.spent(5).to_string();
        assert!(said.contains("20000 recipients in a month"), "{said}");
        assert!(said.ends_with("begins at 2026-12-01T00:00+09:00"), "{said}");
    }
}
