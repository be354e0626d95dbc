//! Puts ids in the place of names: `${alice}` is Alice's user id, `${team}` a group's, `${bot}` the bot's.

use serde_json::Value;

use crate::cast::Cast;

/// The value with ids in the place of names.
pub(crate) fn ids(value: &Value, cast: &Cast) -> Value {
    replaced(value, &|text| {
        let mut text = text.to_owned();
        for (name, id) in cast.names() {
            text = text.replace(&format!("${{{name}}}"), id);
        }
        text
    })
}

/// The value with names in the place of ids.
pub(crate) fn names(value: &Value, cast: &Cast) -> Value {
    replaced(value, &|text| {
        let mut text = text.to_owned();
        for (name, id) in cast.names() {
            text = text.replace(id, &format!("${{{name}}}"));
        }
        text
    })
}

fn replaced(value: &Value, replace: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => replace(text).into(),
        Value::Array(items) => items.iter().map(|item| replaced(item, replace)).collect(),
        Value::Object(map) => {
            let entries = map.iter();
            let entries = entries.map(|(key, value)| (key.clone(), replaced(value, replace)));
            Value::Object(entries.collect())
        }
        other => other.clone(),
    }
}
