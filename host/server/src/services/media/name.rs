//! The name of a medium: the last part of its URL, and of its file's path.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;

use super::kind::Kind;
use crate::random::{self, NoRandom, random};

/// `EXPIRES-RANDOM.EXTENSION`: a time in seconds since the Unix epoch, 128 random bits, and the kind.
pub(crate) struct Name {
    expires: u64,
    random: String,
    pub(crate) kind: Kind,
}

/// It is no medium's name.
#[derive(Debug)]
pub(crate) struct NoName;

impl Name {
    pub(super) fn new(now: Timestamp, lifetime: Duration, kind: Kind) -> Result<Self, NoRandom> {
        Ok(Self {
            expires: seconds(now).saturating_add(lifetime.as_secs()),
            random: random()?,
            kind,
        })
    }

    pub(super) fn time_left(&self, now: Timestamp) -> Duration {
        Duration::from_secs(self.expires.saturating_sub(seconds(now)))
    }
}

fn seconds(time: Timestamp) -> u64 {
    time.as_second().try_into().unwrap_or_default()
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            expires, random, ..
        } = self;
        write!(formatter, "{expires}-{random}.{}", self.kind.extension())
    }
}

impl FromStr for Name {
    type Err = NoName;

    /// Takes what [`Name::new`] makes and nothing else: it becomes a path.
    fn from_str(name: &str) -> Result<Self, NoName> {
        let (expires, rest) = name.split_once('-').ok_or(NoName)?;
        let (random, extension) = rest.split_once('.').ok_or(NoName)?;
        let is_digit = |byte: u8| byte.is_ascii_digit();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if !expires.bytes().all(is_digit)
            || random.len() != random::LENGTH
            || !random.bytes().all(is_plain)
        {
            return Err(NoName);
        }
        Ok(Self {
            expires: expires.parse().map_err(|_| NoName)?,
            random: random.to_owned(),
            kind: Kind::with_extension(extension).ok_or(NoName)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_what_is_none() {
        let name = Name::new(
            Timestamp::UNIX_EPOCH,
            Duration::from_secs(1_795_000_000),
            Kind::M4a,
        );
        let name = name.unwrap().to_string();
        assert_eq!(name.parse::<Name>().unwrap().to_string(), name);
        let random = "a-b_cdefghijklmnopqrst";
        assert!(format!("1-{random}.png").parse::<Name>().is_ok());
        for name in [
            "",
            "1-.png",
            "../../../botbox.sqlite",
            &format!("-1-{random}.png"),
            &format!("+1-{random}.png"),
            &format!("1-{random}.exe"),
            &format!("1-{random}.png.png"),
            &format!("1-{random}a.png"),
            &format!("1-{}.png", "/".repeat(22)),
            &format!("99999999999999999999999-{random}.png"),
        ] {
            assert!(name.parse::<Name>().is_err(), "{name}");
        }
    }
}
