//! Keys from the environment: `BOTBOX__LINE__API_BASE` is `line.api_base`.

use std::ffi::OsString;

use toml::{Table, Value};

const PREFIX: &str = "BOTBOX__";

/// Overrides keys of `table`. A value is a text where the file has one; else it is read as TOML,
/// and is a text where it is none. An element of a list goes by its number, which the file must
/// have.
///
/// # Errors
///
/// The variable and what is wrong with it.
pub(super) fn apply(
    table: &mut Table,
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<(), (String, String)> {
    for (name, value) in variables {
        let Some(key) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else {
            continue;
        };
        let path: Vec<String> = key.split("__").map(str::to_ascii_lowercase).collect();
        let variable = || format!("environment variable {PREFIX}{key}");
        let Some(value) = value.to_str() else {
            return Err((variable(), String::from("its value is not UTF-8")));
        };
        set(table, &path, value).map_err(|problem| (variable(), problem))?;
    }
    Ok(())
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

    fn applied(variables: &[(&str, &str)]) -> Result<Table, (String, String)> {
        let mut table = toml::from_str("[server]\nlisten = 'a'\n[[channels]]\nid = 'x'").unwrap();
        let variables = variables
            .iter()
            .map(|(name, value)| (name.into(), value.into()));
        apply(&mut table, variables)?;
        Ok(table)
    }

    #[test]
    fn keys_are_overridden_and_added() {
        let table = applied(&[
            ("BOTBOX__SERVER__LISTEN", "127.0.0.1:9"),
            ("BOTBOX__RUNTIME__SLOTS", "7"),
            ("BOTBOX__CHANNELS__0__ID", "2004"),
            ("BOTBOX_ADMIN_TOKEN", "not a key"),
        ])
        .unwrap();
        assert_eq!(table["server"]["listen"].as_str(), Some("127.0.0.1:9"));
        assert_eq!(table["runtime"]["slots"].as_integer(), Some(7));
        assert_eq!(table["channels"][0]["id"].as_str(), Some("2004"));
    }

    #[test]
    fn what_is_not_there_is_named() {
        let (variable, problem) = applied(&[("BOTBOX__CHANNELS__3__ID", "y")]).unwrap_err();
        assert!(variable.contains("BOTBOX__CHANNELS__3__ID"));
        assert_eq!(problem, "`channels` has no element 3; it has 1");
    }
}
