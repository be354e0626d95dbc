//! The data of postbacks.
//!
//! A button carries a name and fields, as a URL does, and comes back with them:
//!
//! ```
//! use botbox_sdk::postback;
//! use botbox_sdk::prelude::*;
//!
//! let button = action::postback("Two", postback::data("buy").with("item", "tea").with("amount", 2));
//!
//! fn buy(data: &PostbackData) -> Result {
//!     let amount: u32 = data.read("amount")?;
//!     reply(format!("{amount} × {}", data.text("item")?))?;
//!     Ok(())
//! }
//! ```
//!
//! Its text is then `buy?item=tea&amount=2`. Data without a name, such as `action=buy&item=tea`, is read as
//! well. Buttons stay in the chat: check what comes back, for it may be old. LINE takes 300 characters.

use std::error::Error;
use std::fmt::{self, Write as _};
use std::str::FromStr;

/// The data of a postback, as a name and fields; see the [module](self).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostbackData {
    name: String,
    fields: Vec<(String, String)>,
}

/// Data with a name and no fields yet.
#[must_use]
pub fn data(name: impl Into<String>) -> PostbackData {
    PostbackData {
        name: name.into(),
        fields: Vec::new(),
    }
}

impl PostbackData {
    /// Adds a field.
    #[must_use]
    pub fn with(mut self, field: impl Into<String>, value: impl fmt::Display) -> Self {
        self.fields.push((field.into(), value.to_string()));
        self
    }

    /// Reads the data of a postback. Any text has a meaning.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (name, fields) = match text.find(['?', '&', '=']) {
            Some(at) if !text[at..].starts_with('=') => (&text[..at], &text[at + 1..]),
            Some(_) => ("", text),
            None => (text, ""),
        };
        let fields = fields.split('&').filter(|field| !field.is_empty());
        let fields = fields.map(|field| {
            let (name, value) = field.split_once('=').unwrap_or((field, ""));
            (decoded(name), decoded(value))
        });
        Self {
            name: decoded(name),
            fields: fields.collect(),
        }
    }

    /// What stands before the fields; empty, if there is nothing.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value of a field, if it is there.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        let (_, value) = fields.find(|(name, _)| name == field)?;
        Some(value)
    }

    /// The value of a field that must be there.
    ///
    /// # Errors
    ///
    /// When it is not.
    pub fn text(&self, field: &str) -> Result<&str, PostbackError> {
        self.get(field).ok_or_else(|| PostbackError::Missing {
            field: field.to_owned(),
        })
    }

    /// The value of a field that must be there: a number, say.
    ///
    /// # Errors
    ///
    /// When it is not, or is something else.
    pub fn read<T: FromStr>(&self, field: &str) -> Result<T, PostbackError> {
        let value = self.text(field)?;
        value.parse().map_err(|_| PostbackError::Unreadable {
            field: field.to_owned(),
            value: value.to_owned(),
        })
    }
}

impl fmt::Display for PostbackData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        encode(f, &self.name)?;
        let mut separator = if self.name.is_empty() { "" } else { "?" };
        for (name, value) in &self.fields {
            f.write_str(separator)?;
            encode(f, name)?;
            f.write_char('=')?;
            encode(f, value)?;
            separator = "&";
        }
        Ok(())
    }
}

impl From<PostbackData> for String {
    fn from(data: PostbackData) -> Self {
        data.to_string()
    }
}

/// Why a field of a postback can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PostbackError {
    /// It is not there.
    Missing {
        /// Its name.
        field: String,
    },
    /// It is there, but is not what it should be.
    Unreadable {
        /// Its name.
        field: String,
        /// What it is.
        value: String,
    },
}

impl fmt::Display for PostbackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { field } => write!(f, "the postback has no field `{field}`"),
            Self::Unreadable { field, value } => {
                write!(f, "the postback's field `{field}` can't be `{value}`")
            }
        }
    }
}

impl Error for PostbackError {}

/// Writes what means something, or would get lost, in percents.
fn encode(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for character in text.chars() {
        match character {
            '%' | '&' | '=' | '+' | '?' | '\0'..=' ' => write!(f, "%{:02X}", u32::from(character)),
            _ => f.write_char(character),
        }?;
    }
    Ok(())
}

/// A part of the data without percents, and with spaces for `+`, as browsers and most libraries write them.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        bytes.push(match (byte, after) {
            (b'+', _) => b' ',
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    rest = after;
                    high << 4 | low
                }
                _ => byte,
            },
            _ => byte,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let written = data("buy it")
            .with("item", "50% off & more = ☕")
            .with("n", 3);
        let text = written.to_string();
        assert_eq!(
            text,
            "buy%20it?item=50%25%20off%20%26%20more%20%3D%20☕&n=3"
        );
        let read = PostbackData::parse(&text);
        assert_eq!(read, written);
        assert_eq!(read.name(), "buy it");
        assert_eq!(read.read("n"), Ok(3));
    }

    #[test]
    fn others_data_is_read() {
        for (text, name, fields) in [
            ("", "", &[][..]),
            ("buy", "buy", &[]),
            ("action=buy&item=1", "", &[("action", "buy"), ("item", "1")]),
            (
                "coffee&time=2030-12-31T23:59",
                "coffee",
                &[("time", "2030-12-31T23:59")],
            ),
            ("a?b&&c=", "a", &[("b", ""), ("c", "")]),
            ("a?b=1+2%2B%zz%e3%81%8", "a", &[("b", "1 2+%zz\u{fffd}%8")]),
        ] {
            let read = PostbackData::parse(text);
            assert_eq!(read.name(), name, "{text}");
            let found: Vec<_> = read.fields.iter().map(|(n, v)| (&**n, &**v)).collect();
            assert_eq!(found, fields, "{text}");
        }
    }

    #[test]
    fn errors_name_the_field() {
        let data = PostbackData::parse("buy?amount=many");
        let error = data.read::<u32>("amount").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the postback's field `amount` can't be `many`"
        );
        let error = data.text("item").unwrap_err();
        assert_eq!(error.to_string(), "the postback has no field `item`");
    }
}
