//! Times as the operator reads and writes them.

use std::str::FromStr;

use botbox_clock::Clock;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

/// A time that the operator names: a date and time, or how long ago.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Moment(
    /// In milliseconds since the Unix epoch.
    pub(crate) i64,
);

#[derive(Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "it is neither a time such as 2026-08-01T09:30:00Z or 2026-08-01T18:30:00+09:00, nor a while \
     ago such as 15m, 2h or 3d"
)]
pub(crate) struct NoMoment;

impl FromStr for Moment {
    type Err = NoMoment;

    fn from_str(text: &str) -> Result<Self, NoMoment> {
        let time = text.parse().ok().or_else(|| ago(text));
        let time = time.filter(|time: &Timestamp| *time >= Timestamp::UNIX_EPOCH);
        let time = time.ok_or(NoMoment)?;
        Ok(Self(time.as_millisecond()))
    }
}

/// When something is to end: a date and time, or in how long.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Expiry(
    /// In milliseconds since the Unix epoch.
    pub(crate) i64,
);

#[derive(Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "it is neither a time to come such as 2030-08-01T09:30:00Z, nor a while such as 12h or 90d"
)]
pub(crate) struct NoExpiry;

impl FromStr for Expiry {
    type Err = NoExpiry;

    fn from_str(text: &str) -> Result<Self, NoExpiry> {
        let now = Clock::system().now();
        let time = text.parse().ok();
        let time = time.or_else(|| now.checked_add(duration(text)?).ok());
        let time = time.filter(|time: &Timestamp| *time > now);
        Ok(Self(time.ok_or(NoExpiry)?.as_millisecond()))
    }
}

/// The time that is such a while ago.
fn ago(text: &str) -> Option<Timestamp> {
    Clock::system().now().checked_sub(duration(text)?).ok()
}

/// A while such as 15m, 2h or 3d.
fn duration(text: &str) -> Option<SignedDuration> {
    let span: Span = text.parse().ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    (!duration.is_negative()).then_some(duration)
}

/// A time to the second, in UTC.
pub(crate) fn to_the_second(milliseconds: i64) -> String {
    format!("{:.0}", timestamp(milliseconds))
}

/// A time to the millisecond, in UTC.
pub(crate) fn to_the_millisecond(milliseconds: i64) -> String {
    format!("{:.3}", timestamp(milliseconds))
}

/// Of milliseconds since the Unix epoch; the last one that there is, if there is none.
fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: i64 = 60 * 60 * 1000;
    const DAY_MS: i64 = 24 * HOUR_MS;

    /// 2026-08-01T09:30:05.250Z.
    const MORNING: i64 = 1_785_576_605_250;

    #[test]
    fn times_are_written_in_utc() {
        assert_eq!(to_the_second(MORNING), "2026-08-01T09:30:05Z");
        assert_eq!(to_the_millisecond(MORNING), "2026-08-01T09:30:05.250Z");
        assert_eq!(to_the_millisecond(0), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn times_are_read_in_any_zone() {
        for text in [
            "2026-08-01T09:30:05.25Z",
            "2026-08-01t09:30:05.250999z",
            "2026-08-01 18:30:05.250+09:00",
            "2026-07-31T23:00:05.250-10:30",
        ] {
            assert_eq!(text.parse(), Ok(Moment(MORNING)), "{text}");
        }
        assert_eq!("1970-01-01T00:00:00Z".parse(), Ok(Moment(0)));
    }

    #[test]
    fn every_day_is_read_as_it_is_written() {
        for day in 0..60_000 {
            let written = to_the_second(day * DAY_MS);
            assert_eq!(written.parse(), Ok(Moment(day * DAY_MS)), "{written}");
        }
    }

    #[test]
    fn a_while_ago() {
        let Moment(moment) = "2h".parse().unwrap();
        assert!((Clock::system().now_ms() - moment - 2 * HOUR_MS).abs() < 10_000);
        for text in ["15m", "3d", "30s", "2h30m"] {
            assert!(text.parse::<Moment>().is_ok(), "{text}");
        }
    }

    #[test]
    fn what_expires_does_so_later() {
        let Expiry(expiry) = "90d".parse().unwrap();
        assert!((expiry - Clock::system().now_ms() - 90 * DAY_MS).abs() < 10_000);
        for text in ["2020-01-01T00:00:00Z", "-2h", "0s", "later", ""] {
            assert_eq!(text.parse::<Expiry>(), Err(NoExpiry), "{text}");
        }
    }

    #[test]
    fn other_things_are_no_times() {
        for text in [
            "",
            "yesterday",
            "-2h",
            "h",
            "２h",
            "99999999999999999999d",
            "2026-08-01",
            "2026-08-01T09:30:05",
            "2026-08-01T09Z+",
            "-3d",
            "2mo",
            "2026-02-30T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-08-00T00:00:00Z",
            "2026-08-32T00:00:00Z",
            "2026-08-01T24:00:00Z",
            "2026-08-01T09:60:05Z",
            "2026-08-01T09:30:61Z",
            "2026-08-01T09:30:05.Z",
            "2026-08-01T09:30:05.xZ",
            "2026-08-01T09:30:05+9",
            "2026-08-01T+9:30:05Z",
            "1969-12-31T23:59:59Z",
        ] {
            assert_eq!(text.parse::<Moment>(), Err(NoMoment), "{text}");
        }
    }
}
