//! Wall-clock time, as LINE writes it.

use std::time::{SystemTime, UNIX_EPOCH};

use botbox_line::calendar::{AHEAD_OF_UTC, date};

/// Milliseconds since 1970, the unit of `timestamp` in webhook events.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// `ms` since 1970 in the form of `timestamp` in the answer of the webhook test:
/// `2020-09-30T05:38:20.031Z`.
pub(crate) fn iso_8601(ms: u64) -> String {
    let (seconds, millis) = (ms / 1000, ms % 1000);
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// The day of LINE's statistics at `ms` since 1970, as a number in the form `yyyyMMdd`: days are
/// those of UTC+9 (LINE reference, "Get number of sent reply messages").
pub(crate) fn statistics_day(ms: u64) -> u32 {
    let (year, month, day) = date((ms / 1000 + AHEAD_OF_UTC) / 86_400);
    u32::try_from(year * 10_000 + month * 100 + day).unwrap_or(u32::MAX)
}

/// How many days a day in the form `yyyyMMdd` is after 1970-01-01, or `None` when there is no such
/// day, or it is before.
pub(crate) fn day_number(day: u32) -> Option<u64> {
    let (year, month, day) = (day / 10_000, day / 100 % 100, day % 100);
    let wanted = (year.into(), month.into(), day.into());
    // Close enough from below: a year has at most 366 days.
    let years = u64::from(year).checked_sub(1970)?;
    (years * 365..=years * 366 + 366).find(|days| date(*days) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(iso_8601(0), "1970-01-01T00:00:00.000Z");
        // The example of the LINE reference.
        assert_eq!(iso_8601(1_601_444_300_031), "2020-09-30T05:38:20.031Z");
        assert_eq!(iso_8601(951_782_400_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(iso_8601(4_107_542_399_999), "2100-02-28T23:59:59.999Z");
        assert_eq!(iso_8601(4_107_542_400_000), "2100-03-01T00:00:00.000Z");
    }

    #[test]
    fn days_are_numbered() {
        assert_eq!(day_number(19_700_101), Some(0));
        assert_eq!(day_number(20_000_229), Some(951_782_400 / 86_400));
        assert_eq!(
            day_number(20_010_301)
                .zip(day_number(20_010_228))
                .map(|(a, b)| a - b),
            Some(1)
        );
        for no_day in [
            19_691_231, 20_010_229, 20_011_301, 20_010_100, 20_010_431, 0,
        ] {
            assert_eq!(day_number(no_day), None, "{no_day}");
        }
    }

    #[test]
    fn a_day_of_statistics_begins_at_fifteen_utc() {
        assert_eq!(statistics_day(951_749_999_999), 20_000_228);
        assert_eq!(statistics_day(951_750_000_000), 20_000_229);
    }
}
