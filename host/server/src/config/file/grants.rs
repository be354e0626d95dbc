//! Grants, as they are written: names, and tables of those that have options.

use std::borrow::Cow;

use botbox_runtime::{Capability, Grant};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};
use serde::{Serialize, Serializer};
use toml::Value;

/// `"reply"`, or `{ line-api = ["GET /v2/bot/info"] }`.
#[derive(Clone, Debug)]
pub(crate) struct GrantEntry {
    pub(crate) grant: Grant,
    /// As it is written.
    value: Value,
}

impl Serialize for GrantEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for GrantEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let grant = match value.clone() {
            Value::String(name) => plain(&name),
            Value::Table(table) => {
                let mut entries = table.into_iter();
                match (entries.next(), entries.next()) {
                    (Some((name, options)), None) => with_options(&name, options),
                    _ => Err(String::from("write one grant in each table")),
                }
            }
            other => Err(format!(
                "a grant is a name or a table, not {}",
                other.type_str()
            )),
        };
        let grant = grant.map_err(D::Error::custom)?;
        Ok(Self { grant, value })
    }
}

impl JsonSchema for GrantEntry {
    fn schema_name() -> Cow<'static, str> {
        "Grant".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let options = |it: &Capability| matches!(it, Capability::Http | Capability::LineApi);
        let plain = Capability::ALL.iter().filter(|it| !options(it));
        let plain: Vec<_> = plain.map(|it| it.name()).collect();
        let list = |example| {
            json_schema!({
                "type": "array", "items": {"type": "string"}, "examples": [[example]],
            })
        };
        json_schema!({
            "description": "A capability that the plugin may use: its name, or a table of its options.",
            "oneOf": [
                {"type": "string", "enum": plain},
                {
                    "type": "object",
                    "required": ["http"],
                    "properties": {"http": list("https://api.example.com")},
                    "additionalProperties": false,
                },
                {
                    "type": "object",
                    "required": ["line-api"],
                    "properties": {"line-api": list("GET /v2/bot/info")},
                    "additionalProperties": false,
                },
            ],
        })
    }
}

fn plain(name: &str) -> Result<Grant, String> {
    match capability(name)? {
        Capability::Http => Err(String::from(
            "`http` is granted with a list of where requests may go: write \
             { http = [\"https://api.example.com\"] }",
        )),
        Capability::LineApi => Err(String::from(
            "`line-api` is granted with a list of what may be called: write \
             { line-api = [\"GET /v2/bot/channel/webhook/endpoint\"] }",
        )),
        capability => Ok(Grant::Plain(capability)),
    }
}

fn with_options(name: &str, options: Value) -> Result<Grant, String> {
    let capability = capability(name)?;
    let options: Vec<String> = options
        .try_into()
        .map_err(|_| format!("the options of `{name}` are a list of strings"))?;
    match capability {
        Capability::Http => parsed(&options).map(Grant::Http),
        Capability::LineApi => parsed(&options).map(Grant::LineApi),
        _ => Err(format!("`{name}` has no options: write \"{name}\"")),
    }
}

fn parsed<T: std::str::FromStr<Err: ToString>>(options: &[String]) -> Result<Vec<T>, String> {
    let parse = |option: &String| option.parse().map_err(|error: T::Err| error.to_string());
    options.iter().map(parse).collect()
}

/// The capability of this name. Or else names the one that was most likely meant.
fn capability(name: &str) -> Result<Capability, String> {
    let names = || Capability::ALL.iter().map(|it| it.name());
    let unknown = || {
        let nearest = names().min_by_key(|known| strsim::damerau_levenshtein(known, name));
        match nearest {
            Some(nearest) if strsim::damerau_levenshtein(nearest, name) <= 2 => {
                format!("there is no grant `{name}`; did you mean `{nearest}`?")
            }
            _ => {
                let known: Vec<_> = names().collect();
                format!(
                    "there is no grant `{name}`; the grants are {}",
                    known.join(", ")
                )
            }
        }
    };
    Capability::named(name).ok_or_else(unknown)
}
