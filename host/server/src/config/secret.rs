//! Secrets by reference: `{ env = "NAME" }` or `{ file = "PATH" }`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde::de::{Deserialize, Deserializer, Error};
use toml::Value;

const REMEDY: &str =
    "a secret is given by reference, as `{ env = \"NAME\" }` or `{ file = \"PATH\" }`";

/// Where a secret is.
pub(super) enum SecretRef {
    Env(String),
    File(PathBuf),
}

impl SecretRef {
    /// The secret, without the line break that ends a file.
    pub(super) fn read(&self, locate: impl Fn(&Path) -> PathBuf) -> Result<SecretString, String> {
        let (secret, place) = match self {
            Self::Env(name) => {
                let secret = env::var(name).map_err(|error| match error {
                    env::VarError::NotPresent => {
                        format!("the environment variable {name} is not set; set it to the secret")
                    }
                    env::VarError::NotUnicode(_) => {
                        format!("the environment variable {name} is not UTF-8")
                    }
                })?;
                (secret, format!("the environment variable {name}"))
            }
            Self::File(path) => {
                let path = locate(path);
                let secret = fs::read_to_string(&path)
                    .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
                (secret, path.display().to_string())
            }
        };
        let secret = secret.trim_end_matches(['\r', '\n']);
        if secret.is_empty() {
            return Err(format!("{place} is empty; put the secret there"));
        }
        Ok(secret.into())
    }
}

/// One secret, or several of which each is right while one replaces another.
pub(super) struct SecretRefs(pub(super) Vec<SecretRef>);

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
    /// What is no reference is not shown: it is likely the secret itself.
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
