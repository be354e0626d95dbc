//! JSON as JSON Schema has it: objects are objects, and `1.0` is an integer.
//!
//! serde takes a list in the place of a struct, too, field by field in their
//! order: so `{"ceilings": [null, 5]}` would be ceilings that nobody meant.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Value};

/// A value that is read so.
#[derive(Clone, Copy)]
pub(super) struct Strict<'a>(pub(super) &'a Value);

impl<'de> Deserializer<'de> for Strict<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(items) => {
                let mut items = SeqDeserializer::new(items.iter().map(Strict));
                let read = visitor.visit_seq(&mut items)?;
                items.end()?;
                Ok(read)
            }
            Value::Object(fields) => {
                let fields = fields
                    .iter()
                    .map(|(name, value)| (name.as_str(), Strict(value)));
                let mut fields = MapDeserializer::new(fields);
                let read = visitor.visit_map(&mut fields)?;
                fields.end()?;
                Ok(read)
            }
            plain => match plain.as_f64().and_then(whole) {
                Some(number) if plain.is_f64() => visitor.visit_i64(number),
                _ => plain.deserialize_any(visitor),
            },
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if self.0.is_array() {
            return Err(Error::invalid_type(Unexpected::Seq, &visitor));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() {
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

/// A number without a fraction, which JSON Schema has for an integer however it is written; up to 2^53, beyond
/// which not every integer has a float.
fn whole(number: f64) -> Option<i64> {
    let is_whole = number.fract() == 0.0 && number.abs() <= (1_u64 << 53) as f64;
    is_whole.then_some(number as i64)
}

impl<'de> IntoDeserializer<'de, Error> for Strict<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        inner: Option<Inner>,
        list: Vec<Inner>,
    }

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields, default)]
    struct Inner {
        a: Option<u64>,
        b: String,
    }

    #[test]
    fn an_object_is_no_list_of_its_fields() {
        let read = |value: Value| Outer::deserialize(Strict(&value)).map_err(|it| it.to_string());
        let right = read(json!({"inner": {"a": 1}, "list": [{"b": "x"}, {}]})).unwrap();
        assert_eq!(right.inner.unwrap().a, Some(1));
        assert_eq!(right.list.len(), 2);
        assert_eq!(right.list[0].b, "x");
        for wrong in [
            json!([null, []]),
            json!({"inner": [1, "x"], "list": []}),
            json!({"inner": null, "list": [[1, "x"]]}),
        ] {
            let why = read(wrong.clone()).unwrap_err();
            assert!(why.starts_with("invalid type: sequence"), "{wrong}: {why}");
        }
        let whole = read(json!({"inner": {"a": 5.0}, "list": []})).unwrap();
        assert_eq!(whole.inner.unwrap().a, Some(5));
        let broken = read(json!({"inner": {"a": 5.5}, "list": []})).unwrap_err();
        assert!(
            broken.starts_with("invalid type: floating point"),
            "{broken}"
        );
        let why = read(json!({"inner": {"c": 1}, "list": []})).unwrap_err();
        assert!(why.starts_with("unknown field `c`"), "{why}");
    }
}
