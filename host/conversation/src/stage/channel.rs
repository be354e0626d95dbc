//! The bot's part of the configuration, of what it brings along and what a test puts in the place of that.

use serde_json::{Map, Value};

/// The table in which a bot's `channel.toml` has the channel's own tables.
const CHANNELS: &str = "channels";

/// What is wrong with the channel's keys.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// It is no TOML.
    #[error("the bot's channel.toml is not understood: {0}")]
    Toml(#[from] Box<toml::de::Error>),
}

/// The keys of `[[channels]]` that a bot brings along, with others in the place of some of them.
pub(super) fn merged(own: &str, overrides: &Map<String, Value>) -> Result<String, ChannelError> {
    if overrides.is_empty() {
        return Ok(own.to_owned());
    }
    let own: toml::Table = toml::from_str(own).map_err(Box::new)?;
    let mut keys = match serde_json::to_value(own) {
        Ok(Value::Object(keys)) => keys,
        // A table has texts as keys: it can't fail to be JSON.
        _ => Map::new(),
    };
    if let Some(Value::Object(tables)) = keys.remove(CHANNELS) {
        keys.extend(tables);
    }
    for (key, value) in overrides {
        put(&mut keys, key, value);
    }
    let lines = keys
        .iter()
        .map(|(key, value)| format!("{} = {}\n", inline_key(key), inline(value)));
    Ok(lines.collect())
}

/// Tables are merged, so that a test names only what differs. `null` takes a key away.
fn put(keys: &mut Map<String, Value>, key: &str, value: &Value) {
    match (keys.get_mut(key), value) {
        (_, Value::Null) => drop(keys.remove(key)),
        (Some(Value::Object(there)), Value::Object(others)) => {
            for (key, value) in others {
                put(there, key, value);
            }
        }
        _ => drop(keys.insert(key.to_owned(), value.clone())),
    }
}

/// A value as TOML, on one line.
pub(super) fn inline(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(table) => {
            let is_there = table.iter().filter(|(_, value)| !value.is_null());
            let pairs =
                is_there.map(|(key, value)| format!("{} = {}", inline_key(key), inline(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        // TOML's basic strings have the escapes of JSON's, and one character more that needs one.
        other => other.to_string().replace('\u{7f}', "\\u007f"),
    }
}

fn inline_key(key: &str) -> String {
    inline(&key.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_test_changes_what_it_names() {
        let own = "grants = [\"reply\"]\n[channels.limits]\ncpu_ms = 5\nmemory_mib = 8\n\
                   [[channels.beacons]]\nhwid = \"a\"\n";
        let Value::Object(overrides) = json!({
            "grants": ["push", {"http": ["http://a\"\u{7f}"]}],
            "limits": {"cpu_ms": 7},
            "config": {"a b": "c"},
        }) else {
            panic!();
        };
        let merged: toml::Table = merged(own, &overrides).unwrap().parse().unwrap();
        let expected = json!({
            "grants": ["push", {"http": ["http://a\"\u{7f}"]}],
            "limits": {"cpu_ms": 7, "memory_mib": 8},
            "beacons": [{"hwid": "a"}],
            "config": {"a b": "c"},
        });
        assert_eq!(serde_json::to_value(merged).unwrap(), expected);
    }

    #[test]
    fn what_nobody_changes_stays_as_it_was() {
        assert_eq!(merged("# all\n", &Map::new()).unwrap(), "# all\n");
        let overrides = Map::from_iter([(String::from("grants"), json!([]))]);
        assert!(merged("grants = [", &overrides).is_err());
    }
}
