//! Reading JSON of LINE's that may not be what its schema says: each value is read by itself, so that
//! an odd one costs no other.
//!
//! It works where values are read from their text: not in enums that serde reads by a tag.

use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// Takes a field whatever it is; what is not a `T` is `None`.
pub(crate) fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(read(Deserialize::deserialize(deserializer)?))
}

/// Takes a field whatever it is; what is not a `T` is the default one.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(lenient(deserializer)?.unwrap_or_default())
}

/// Takes a list whatever is in it, without what is not a `T`.
pub(crate) fn elements<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let elements: Vec<&'de RawValue> = Deserialize::deserialize(deserializer)?;
    Ok(elements.into_iter().filter_map(read).collect())
}

/// The same, where what is no list is an empty one.
pub(crate) fn readable<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let raw: &'de RawValue = Deserialize::deserialize(deserializer)?;
    let mut list = serde_json::Deserializer::from_str(raw.get());
    Ok(elements(&mut list).unwrap_or_default())
}

/// Takes an object whatever is in it, without the members that are not a `T`. Another value counts
/// as an empty object.
pub(crate) fn readable_members<'de, D, T>(deserializer: D) -> Result<BTreeMap<String, T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let members: Option<BTreeMap<String, &'de RawValue>> = lenient(deserializer)?;
    let members = members.into_iter().flatten();
    Ok(members
        .filter_map(|(name, it)| Some((name, read(it)?)))
        .collect())
}

fn read<'de, T: Deserialize<'de>>(raw: &'de RawValue) -> Option<T> {
    serde_json::from_str(raw.get()).ok()
}
