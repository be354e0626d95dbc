//! Keys from the environment: `BOTBOX__LINE__API_BASE` is `line.api_base`.

use std::ffi::OsString;

use toml::{Table, Value};

const PREFIX: &str = "BOTBOX__";

/// What a variable did.
pub(super) struct Override {
    pub(super) variable: String,
    /// The key that it sets, or what is wrong with it.
    pub(super) key: Result<String, String>,
}

/// Overrides keys of `table`. A value is a text where the file has one; else it is read as TOML,
/// and is a text where it is none. An element of a list goes by its number, which the file must
/// have.
pub(super) fn apply(
    table: &mut Table,
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Vec<Override> {
    let mut overrides = Vec::new();
    for (name, value) in variables {
        let Some(key) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else {
            continue;
        };
        let path: Vec<String> = key.split("__").map(str::to_ascii_lowercase).collect();
        let set = match value.to_str() {
            Some(value) => set(table, &path, value),
            None => Err(String::from("its value is not UTF-8")),
        };
        overrides.push(Override {
            variable: format!("{PREFIX}{key}"),
            key: set.map(|()| written(&path)),
        });
    }
    overrides
}

/// A path as keys are written: `channels[0].plugin`.
fn written(path: &[String]) -> String {
    let mut key = String::new();
    for step in path {
        match step.parse::<usize>() {
            Ok(index) => key.push_str(&format!("[{index}]")),
            Err(_) if key.is_empty() => key.push_str(step),
            Err(_) => {
                key.push('.');
                key.push_str(step);
            }
        }
    }
    key
}

fn parse(text: &str) -> Value {
    let text_value = || Value::String(text.to_owned());
    match toml::from_str::<Table>(&format!("value = {text}")) {
        // More than one: a line break is part of the text.
        Ok(mut table) if table.len() == 1 => table.remove("value").unwrap_or_else(text_value),
        _ => text_value(),
    }
}

fn set(table: &mut Table, path: &[String], value: &str) -> Result<(), String> {
    let [key, rest @ ..] = path else {
        return Err(String::from("it names no key"));
    };
    if rest.is_empty() {
        let value = match table.get(key) {
            Some(Value::String(_)) => Value::String(value.to_owned()),
            _ => parse(value),
        };
        table.insert(key.clone(), value);
        return Ok(());
    }
    let inner = table
        .entry(key.clone())
        .or_insert_with(|| Value::Table(Table::new()));
    match inner {
        Value::Table(inner) => set(inner, rest, value),
        Value::Array(list) => {
            let [index, rest @ ..] = rest else {
                return Err(format!("`{key}` is a list; name an element by its number"));
            };
            let length = list.len();
            match index
                .parse()
                .ok()
                .and_then(|index: usize| list.get_mut(index))
            {
                Some(Value::Table(inner)) => set(inner, rest, value),
                _ => Err(format!("`{key}` has no element {index}; it has {length}")),
            }
        }
        _ => Err(format!("`{key}` is neither a table nor a list")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(variables: &[(&str, &str)]) -> (Table, Vec<Override>) {
        let mut table = toml::from_str("[server]\nlisten = 'a'\n[[channels]]\nid = 'x'").unwrap();
        let variables = variables
            .iter()
            .map(|(name, value)| (name.into(), value.into()));
        let overrides = apply(&mut table, variables);
        (table, overrides)
    }

    #[test]
    fn keys_are_overridden_and_added() {
        let (table, overrides) = applied(&[
            ("BOTBOX__SERVER__LISTEN", "127.0.0.1:9"),
            ("BOTBOX__RUNTIME__SLOTS", "7"),
            ("BOTBOX__CHANNELS__0__ID", "2004"),
            ("BOTBOX_ADMIN_TOKEN", "not a key"),
        ]);
        assert_eq!(table["server"]["listen"].as_str(), Some("127.0.0.1:9"));
        assert_eq!(table["runtime"]["slots"].as_integer(), Some(7));
        assert_eq!(table["channels"][0]["id"].as_str(), Some("2004"));
        let keys: Vec<_> = overrides.iter().map(|it| it.key.as_deref()).collect();
        assert_eq!(
            keys,
            [
                Ok("server.listen"),
                Ok("runtime.slots"),
                Ok("channels[0].id")
            ]
        );
    }

    #[test]
    fn what_is_not_there_is_named() {
        let (_, overrides) = applied(&[("BOTBOX__CHANNELS__3__ID", "y")]);
        assert_eq!(overrides[0].variable, "BOTBOX__CHANNELS__3__ID");
        let problem = overrides[0].key.as_ref().unwrap_err();
        assert_eq!(problem, "`channels` has no element 3; it has 1");
    }
}
