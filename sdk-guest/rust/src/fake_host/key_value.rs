//! What the bot remembers.

use std::collections::BTreeMap;

use super::world::{call, with};
use store::{Bucket, Error};

type Values = BTreeMap<String, Vec<u8>>;
/// A key and its value, if it is there.
type Entry = Option<(String, Vec<u8>)>;

pub mod store {
    use super::*;

    pub use crate::generated::wasi::keyvalue::store::{Error, KeyResponse};

    #[derive(Debug)]
    pub struct Bucket {
        pub(super) name: String,
    }

    pub fn open(identifier: &str) -> Result<Bucket, Error> {
        checked("open")?;
        Ok(Bucket {
            name: identifier.to_owned(),
        })
    }

    impl Bucket {
        pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
            self.look("get", |values| values.get(key).cloned())
        }

        pub fn set(&self, key: &str, value: &[u8]) -> Result<(), Error> {
            self.look("set", |values| {
                values.insert(key.to_owned(), value.to_vec())
            })?;
            Ok(())
        }

        pub fn delete(&self, key: &str) -> Result<(), Error> {
            self.look("delete", |values| values.remove(key))?;
            Ok(())
        }

        pub fn exists(&self, key: &str) -> Result<bool, Error> {
            self.look("exists", |values| values.contains_key(key))
        }

        pub fn list_keys(&self, _cursor: Option<&str>) -> Result<KeyResponse, Error> {
            self.look("list-keys", |values| KeyResponse {
                keys: values.keys().cloned().collect(),
                cursor: None,
            })
        }

        pub(super) fn look<T>(
            &self,
            function: &str,
            look: impl FnOnce(&mut Values) -> T,
        ) -> Result<T, Error> {
            checked(function)?;
            Ok(with(|world| {
                look(world.buckets.entry(self.name.clone()).or_default())
            }))
        }
    }
}

pub mod atomics {
    use super::*;

    #[derive(Debug)]
    pub struct Cas {
        bucket: String,
        key: String,
        value: Option<Vec<u8>>,
    }

    #[derive(Debug)]
    pub enum CasError {
        StoreError(Error),
        CasFailed(Cas),
    }

    impl Cas {
        pub fn new(bucket: &Bucket, key: &str) -> Result<Self, Error> {
            let value = bucket.look("new", |values| values.get(key).cloned())?;
            Ok(Self {
                bucket: bucket.name.clone(),
                key: key.to_owned(),
                value,
            })
        }

        pub fn current(&self) -> Result<Option<Vec<u8>>, Error> {
            checked("current")?;
            Ok(self.value.clone())
        }
    }

    pub fn increment(bucket: &Bucket, key: &str, delta: i64) -> Result<i64, Error> {
        bucket.look("increment", |values| {
            let value = values
                .get(key)
                .map_or(Ok("0"), |value| std::str::from_utf8(value));
            let number: Option<i64> = value.ok().and_then(|value| value.parse().ok());
            let sum = number.and_then(|number| number.checked_add(delta));
            let sum = sum.ok_or_else(|| Error::Other(format!("{key} is no number to add to")))?;
            values.insert(key.to_owned(), sum.to_string().into_bytes());
            Ok(sum)
        })?
    }

    pub fn swap(cas: Cas, value: &[u8]) -> Result<(), CasError> {
        let bucket = Bucket {
            name: cas.bucket.clone(),
        };
        let changed = bucket.look("swap", |values| {
            let current = values.get(&cas.key);
            if current != cas.value.as_ref() {
                return Some(current.cloned());
            }
            values.insert(cas.key.clone(), value.to_vec());
            None
        });
        match changed.map_err(CasError::StoreError)? {
            None => Ok(()),
            Some(value) => Err(CasError::CasFailed(Cas { value, ..cas })),
        }
    }
}

pub mod batch {
    use super::*;

    pub fn get_many(bucket: &Bucket, keys: &[String]) -> Result<Vec<Entry>, Error> {
        bucket.look("get-many", |values| {
            let entry = |key: &String| Some((key.clone(), values.get(key)?.clone()));
            keys.iter().map(entry).collect()
        })
    }

    pub fn set_many(bucket: &Bucket, key_values: &[(String, Vec<u8>)]) -> Result<(), Error> {
        bucket.look("set-many", |values| {
            values.extend(key_values.iter().cloned());
        })
    }

    pub fn delete_many(bucket: &Bucket, keys: &[String]) -> Result<(), Error> {
        bucket.look("delete-many", |values| {
            values.retain(|key, _| !keys.contains(key));
        })
    }
}

/// Whether the grant is there, and the test wants no failure.
fn checked(function: &str) -> Result<(), Error> {
    if with(|world| world.denied.contains("keyvalue")) {
        return Err(Error::AccessDenied);
    }
    call("keyvalue", function).map_err(|error| Error::Other(error.message))
}
