//! Webhook bodies as LINE writes them: some characters escaped that need not be (LINE documentation,
//! "Verify webhook signature"). Which ones is drawn by lot here, so that a bot that signs what it
//! has parsed and written again does not pass.

use std::io;

use serde::Serialize as _;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

/// `body` as JSON.
pub(crate) fn write(body: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    let written = body.serialize(&mut Serializer::with_formatter(&mut bytes, Escaping));
    match written {
        Ok(()) => bytes,
        // Values can always be written, and so can they to memory.
        Err(_) => body.to_string().into_bytes(),
    }
}

struct Escaping;

impl Formatter for Escaping {
    /// Emojis become their two UTF-16 code units, and slashes get a backslash.
    fn write_string_fragment<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        for c in fragment.chars() {
            let mut units = [0; 2];
            match c {
                '/' if fastrand::bool() => writer.write_all(b"\\/")?,
                _ if c.len_utf16() == 2 && fastrand::bool() => {
                    for unit in c.encode_utf16(&mut units) {
                        write!(writer, "\\u{unit:04X}")?;
                    }
                }
                _ => write!(writer, "{c}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_escaped_is_the_same() {
        let body = json!({ "text": "🤨 a/b \" \\ 日本\n", "n": 139.703_728_929_162_03 });
        let mut seen = std::collections::HashSet::new();
        for _ in 0..100 {
            let written = write(&body);
            assert_eq!(serde_json::from_slice::<Value>(&written).unwrap(), body);
            seen.insert(String::from_utf8(written).unwrap());
        }
        assert!(
            seen.iter()
                .any(|text| text.contains("\\uD83E\\uDD28 a\\/b"))
        );
        assert!(seen.iter().any(|text| text.contains("🤨 a/b")));
        assert!(seen.iter().all(|text| text.contains("139.70372892916203")));
    }
}
