//! Durations, as people write them: `90s`, `1h 30m`, `+2d`.

use std::time::Duration;

/// The units, from the longest, and their milliseconds.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Reads a duration; a `+` may be before it.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    rest = rest.strip_prefix('+').unwrap_or(rest).trim_start();
    if rest.is_empty() {
        return None;
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, after) = rest.split_at(digits);
        let letters = after.find(|c: char| !c.is_ascii_lowercase());
        let (unit, after) = after.split_at(letters.unwrap_or(after.len()));
        let (_, milliseconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
        let part = number.parse::<u64>().ok()?.checked_mul(*milliseconds)?;
        total = total.checked_add(part)?;
        rest = after.trim_start();
    }
    Some(Duration::from_millis(total))
}

/// Writes a duration as a script has it, such as `1h 30m`; parts of a millisecond are left out.
#[must_use]
pub fn format_duration(duration: Duration) -> String {
    let mut rest = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let mut parts = Vec::new();
    for (unit, milliseconds) in UNITS {
        let count = rest / milliseconds;
        if count > 0 {
            parts.push(format!("{count}{unit}"));
            rest %= milliseconds;
        }
    }
    if parts.is_empty() {
        parts.push(String::from("0s"));
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written() {
        for (text, milliseconds, written) in [
            ("+1h", 3_600_000, "1h"),
            ("90s", 90_000, "1m 30s"),
            ("1d 2h 3m 4s 5ms", 93_784_005, "1d 2h 3m 4s 5ms"),
            ("1h30m", 5_400_000, "1h 30m"),
            ("0s", 0, "0s"),
        ] {
            let duration = parse_duration(text).unwrap();
            assert_eq!(duration, Duration::from_millis(milliseconds), "{text}");
            assert_eq!(format_duration(duration), written);
        }
        for text in [
            "",
            "+",
            "1",
            "h",
            "1 h",
            "1y",
            "-1h",
            "1.5h",
            "99999999999999999d",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
