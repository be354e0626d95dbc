//! Times as people write them: UTC, RFC 3339.

use std::str::FromStr;
use std::time::SystemTime;

use botbox_line::calendar::date;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// A moment that the operator names: a date and time, or how long ago.
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
        let ago = || Some(now().saturating_sub(duration(text)?));
        let moment = timestamp(text).or_else(ago);
        moment.map(Self).ok_or(NoMoment)
    }
}

/// A time to the second, in UTC.
pub(crate) fn to_the_second(milliseconds: i64) -> String {
    let (date, rest) = split(milliseconds);
    let (hour, minute, second) = clock(rest);
    format!("{date}T{hour:02}:{minute:02}:{second:02}Z")
}

/// A time to the millisecond, in UTC.
pub(crate) fn to_the_millisecond(milliseconds: i64) -> String {
    let (date, rest) = split(milliseconds);
    let (hour, minute, second) = clock(rest);
    let fraction = rest % 1000;
    format!("{date}T{hour:02}:{minute:02}:{second:02}.{fraction:03}Z")
}

/// The date, and the milliseconds of its day.
fn split(milliseconds: i64) -> (String, i64) {
    // Nothing is kept from before 1970.
    let days = u64::try_from(milliseconds.div_euclid(DAY)).unwrap_or_default();
    let (year, month, day) = date(days);
    let date = format!("{year:04}-{month:02}-{day:02}");
    (date, milliseconds.rem_euclid(DAY))
}

fn clock(milliseconds: i64) -> (i64, i64, i64) {
    let seconds = milliseconds / 1000;
    (seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let since = since.unwrap_or_default().as_millis();
    since.try_into().unwrap_or(i64::MAX)
}

/// A whole number and its unit, in milliseconds.
fn duration(text: &str) -> Option<i64> {
    let unit = text.chars().next_back()?;
    let count = &text[..text.len() - unit.len_utf8()];
    let unit = match unit {
        's' => 1000,
        'm' => MINUTE,
        'h' => 60 * MINUTE,
        'd' => DAY,
        _ => return None,
    };
    number(count).and_then(|count| count.checked_mul(unit))
}

/// RFC 3339, from 1970 on.
fn timestamp(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', 't', ' '])?;
    let days = days(date)?;
    let (time, ahead) = zone(time)?;
    let (time, fraction) = match time.split_once('.') {
        Some((time, fraction)) => (time, milliseconds(fraction)?),
        None => (time, 0),
    };
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    // A leap second is the one before it.
    let second = if second == 60 { 59 } else { second };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = hour * 3600 + minute * 60 + second;
    Some(days * DAY + seconds * 1000 + fraction - ahead)
}

/// The time without its zone, and how far that is ahead of UTC in milliseconds.
fn zone(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix(['Z', 'z']) {
        return Some((time, 0));
    }
    let at = time.rfind(['+', '-'])?;
    let (time, zone) = time.split_at(at);
    let (sign, zone) = zone.split_at(1);
    let [hours, minutes] = numbers(zone, ':', [2, 2])?;
    if hours > 23 || minutes > 59 {
        return None;
    }
    let ahead = (hours * 60 + minutes) * MINUTE;
    Some((time, if sign == "-" { -ahead } else { ahead }))
}

/// The days from 1970-01-01 to a date.
fn days(text: &str) -> Option<i64> {
    let [year, month, day] = numbers(text, '-', [4, 2, 2])?;
    if year < 1970 || !(1..=12).contains(&month) {
        return None;
    }
    // Years are counted from March, as in `date`, whose inverse this is.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5;
    let days = days + day - 1 - 719_468;
    let (_, _, found) = date(days.try_into().ok()?);
    // 30 February is another day, and none.
    (i64::try_from(found) == Ok(day)).then_some(days)
}

/// Numbers of so many digits each.
fn numbers<const N: usize>(text: &str, between: char, digits: [usize; N]) -> Option<[i64; N]> {
    let mut parts = text.split(between);
    let mut numbers = [0; N];
    for (value, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next().filter(|part| part.len() == digits)?;
        *value = number(part)?;
    }
    parts.next().is_none().then_some(numbers)
}

/// The first three digits of a fraction of a second.
fn milliseconds(fraction: &str) -> Option<i64> {
    number(fraction)?;
    let digits = fraction.bytes().chain([b'0'; 3]).take(3);
    Some(digits.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
}

/// Digits only: the standard library takes signs, too.
fn number(text: &str) -> Option<i64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let written = to_the_second(day * DAY);
            assert_eq!(written.parse(), Ok(Moment(day * DAY)), "{written}");
        }
    }

    #[test]
    fn a_while_ago() {
        let Moment(moment) = "2h".parse().unwrap();
        assert!((now() - moment - 2 * 60 * MINUTE).abs() < 10_000);
        for text in ["15m", "3d", "30s"] {
            assert!(text.parse::<Moment>().is_ok(), "{text}");
        }
    }

    #[test]
    fn other_things_are_no_times() {
        for text in [
            "",
            "yesterday",
            "2h30m",
            "-2h",
            "h",
            "２h",
            "99999999999999999999d",
            "2026-08-01",
            "2026-08-01T09:30:05",
            "2026-08-01T09:30Z",
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
