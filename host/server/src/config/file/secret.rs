//! Secrets, as they are written: by reference, `{ env = "NAME" }` or `{ file = "PATH" }`.

use std::path::PathBuf;

use secrecy::SecretString;
use serde::de::{Deserialize, Deserializer, Error};
use toml::Value;

const REMEDY: &str =
    "a secret is given by reference, as `{ env = \"NAME\" }` or `{ file = \"PATH\" }`";

/// Where a secret is.
#[derive(Clone, Debug)]
pub(crate) enum SecretRef {
    Env(String),
    File(PathBuf),
    /// Of channels that are not of the file: the store has their secrets. `None`: it has none of this
    /// name.
    Stored(&'static str, Option<SecretString>),
}

/// One secret, or several of which each is right while one replaces another.
#[derive(Debug)]
pub(crate) struct SecretRefs(pub(crate) Vec<SecretRef>);

impl<'de> Deserialize<'de> for SecretRefs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let secrets = match Value::deserialize(deserializer)? {
            Value::Array(secrets) => secrets,
            secret => vec![secret],
        };
        let secrets = secrets.into_iter().map(Value::try_into);
        let secrets: Result<_, toml::de::Error> = secrets.collect();
        secrets
            .map(Self)
            .map_err(|error| D::Error::custom(error.message()))
    }
}

impl<'de> Deserialize<'de> for SecretRef {
    /// A value that is no reference is not shown: it is likely the secret itself.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Value::Table(table) = Value::deserialize(deserializer)? else {
            return Err(D::Error::custom(REMEDY));
        };
        let mut entries = table.into_iter();
        match (entries.next(), entries.next()) {
            (Some((key, Value::String(name))), None) if key == "env" => Ok(Self::Env(name)),
            (Some((key, Value::String(path))), None) if key == "file" => {
                Ok(Self::File(path.into()))
            }
            _ => Err(D::Error::custom(REMEDY)),
        }
    }
}
