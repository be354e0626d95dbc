//! JSON as it came, but for some of its members.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Whether `json` is an object.
pub(super) fn is_object(json: &str) -> bool {
    json.starts_with('{')
}

/// The members of `object` but those named `name`, each value exactly as it was written.
pub(super) fn without_member(object: &str, name: &str) -> String {
    change_members(object, |key, value| {
        (key != name).then_some(Cow::Borrowed(value))
    })
}

/// The members of `object`, each value exactly as it was written. An object named `name` becomes what
/// `change` makes of it.
pub(super) fn map_member(object: &str, name: &str, change: impl Fn(&str) -> String) -> String {
    change_members(object, |key, value| {
        Some(if key == name && is_object(value) {
            Cow::Owned(change(value))
        } else {
            Cow::Borrowed(value)
        })
    })
}

/// The members of `object`, each with the value that `change` returns for its name and value. A member for
/// which it returns none is left out.
fn change_members(
    object: &str,
    change: impl for<'a> Fn(&str, &'a str) -> Option<Cow<'a, str>>,
) -> String {
    struct Changed<F> {
        change: F,
    }
    impl<'de, F: for<'a> Fn(&str, &'a str) -> Option<Cow<'a, str>>> Visitor<'de> for Changed<F> {
        type Value = String;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
            let mut kept = String::from("{");
            while let Some(key) = map.next_key::<Cow<'de, str>>()? {
                let value: &RawValue = map.next_value()?;
                let Some(value) = (self.change)(&key, value.get()) else {
                    continue;
                };
                if kept.len() > 1 {
                    kept.push(',');
                }
                kept.push_str(&serde_json::Value::from(key).to_string());
                kept.push(':');
                kept.push_str(&value);
            }
            kept.push('}');
            Ok(kept)
        }
    }
    serde_json::Deserializer::from_str(object)
        .deserialize_map(Changed { change })
        // JSON that was taken unparsed may still have a key that is no text (a lone surrogate).
        // Nothing is safer than too much.
        .unwrap_or_else(|_| String::from("{}"))
}
