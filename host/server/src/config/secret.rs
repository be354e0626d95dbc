//! Secrets by reference: `{ env = "NAME" }` or `{ file = "PATH" }`.

use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

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

impl<'de> Deserialize<'de> for SecretRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reference;
        impl<'de> Visitor<'de> for Reference {
            type Value = SecretRef;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(REMEDY)
            }

            // The error must not show the text: it is likely the secret itself.
            fn visit_str<E: Error>(self, _: &str) -> Result<SecretRef, E> {
                Err(E::custom(REMEDY))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SecretRef, A::Error> {
                let entry: Option<(String, String)> = map.next_entry()?;
                let more: Option<(String, String)> = map.next_entry()?;
                match (entry, more) {
                    (Some((key, name)), None) if key == "env" => Ok(SecretRef::Env(name)),
                    (Some((key, path)), None) if key == "file" => Ok(SecretRef::File(path.into())),
                    _ => Err(A::Error::custom(REMEDY)),
                }
            }
        }
        deserializer.deserialize_any(Reference)
    }
}
