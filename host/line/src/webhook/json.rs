//! Reading JSON that may not be what its schema says.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Takes a field whatever it is; what is not a `T` is `None`.
pub(super) fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let raw: &'de RawValue = Deserialize::deserialize(deserializer)?;
    Ok(serde_json::from_str(raw.get()).ok())
}

/// Whether `json` is an object.
pub(super) fn is_object(json: &str) -> bool {
    json.starts_with('{')
}

/// The members of `object` but those named `name`, each value exactly as it was written.
pub(super) fn without_member(object: &str, name: &str) -> String {
    struct Without<'a> {
        name: &'a str,
    }
    impl<'de> Visitor<'de> for Without<'_> {
        type Value = String;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
            let mut kept = String::from("{");
            while let Some(key) = map.next_key::<Cow<'de, str>>()? {
                if key == self.name {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
                if kept.len() > 1 {
                    kept.push(',');
                }
                kept.push_str(&serde_json::Value::from(key).to_string());
                kept.push(':');
                kept.push_str(map.next_value::<&RawValue>()?.get());
            }
            kept.push('}');
            Ok(kept)
        }
    }
    serde_json::Deserializer::from_str(object)
        .deserialize_map(Without { name })
        // JSON that was taken unparsed may still have a key that is no text (a lone surrogate).
        // Nothing is safer than too much.
        .unwrap_or_else(|_| String::from("{}"))
}
