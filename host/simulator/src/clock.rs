//! The simulator's time in the forms that LINE writes it in.

use botbox_clock::{Clock, LINE_TIME};
use jiff::Timestamp;
use jiff::civil::Date;

/// Milliseconds since 1970, the unit of `timestamp` in webhook events.
pub(crate) fn now_ms(clock: &Clock) -> u64 {
    u64::try_from(clock.now_ms()).unwrap_or_default()
}

/// `ms` since 1970 in the form of `timestamp` in the answer of the webhook test:
/// `2020-09-30T05:38:20.031Z`.
pub(crate) fn iso_8601(ms: u64) -> String {
    format!("{:.3}", timestamp(ms))
}

/// The day of the statistics that `ms` since 1970 is on, as a number in the form `yyyyMMdd`: days are
/// those of UTC+9 (LINE reference, "Get number of sent reply messages").
pub(crate) fn statistics_day(ms: u64) -> u32 {
    let date = timestamp(ms).to_zoned_datetime(LINE_TIME).date();
    let number = |part: i8| u32::try_from(part).unwrap_or_default();
    let year = u32::try_from(date.year()).unwrap_or_default();
    year * 10_000 + number(date.month()) * 100 + number(date.day())
}

/// The day in the form `yyyyMMdd`, or `None` when there is no such day, or it is before 1970.
pub(crate) fn date(day: u32) -> Option<Date> {
    let year = i16::try_from(day / 10_000).ok()?;
    let part = |part: u32| i8::try_from(part).ok();
    let date = Date::new(year, part(day / 100 % 100)?, part(day % 100)?);
    date.ok().filter(|date| date.year() >= 1970)
}

fn timestamp(ms: u64) -> Timestamp {
    let ms = i64::try_from(ms).unwrap_or(i64::MAX);
    // There are no times after the year 9999.
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_line_does() {
        assert_eq!(iso_8601(0), "1970-01-01T00:00:00.000Z");
        // The example of the LINE reference.
        assert_eq!(iso_8601(1_601_444_300_031), "2020-09-30T05:38:20.031Z");
    }

    #[test]
    fn days_exist() {
        assert_eq!(date(20_000_229), Date::new(2000, 2, 29).ok());
        for no_day in [
            19_691_231, 20_010_229, 20_011_301, 20_010_100, 20_010_431, 0,
        ] {
            assert_eq!(date(no_day), None, "{no_day}");
        }
    }

    #[test]
    fn a_day_of_statistics_begins_at_fifteen_utc() {
        assert_eq!(statistics_day(951_749_999_999), 20_000_228);
        assert_eq!(statistics_day(951_750_000_000), 20_000_229);
    }
}
