//! What the bot remembers between two events: buckets of keys and values, which its channel has
//! for itself.
//!
//! ```no_run
//! # fn handle() -> botbox_sdk::Result {
//! let visits = botbox_sdk::store::open("visits")?;
//! let count = visits.increment("U4af498…", 1)?;
//! # Ok(())
//! # }
//! ```
//!
//! What a call wrote is durable when it returns. Events of one chat come one after the other. Events of
//! different chats may write to one key at the same time: use [`Bucket::increment`] or [`Bucket::update`] for
//! it. All calls fail with an [`Error`] that says why: there is no grant, a limit is reached, or the host's
//! store failed.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bindings::wasi::keyvalue::{atomics, batch, store};

pub use store::Error;

/// A bucket of keys and values. A key has at most 1 KiB, a value at most 1 MiB.
#[derive(Debug)]
pub struct Bucket(store::Bucket);

/// Opens a bucket by its name. It need not be created.
///
/// # Errors
///
/// Without the grant `keyvalue`.
pub fn open(name: impl AsRef<str>) -> Result<Bucket, Error> {
    store::open(name.as_ref()).map(Bucket)
}

impl Bucket {
    /// The value of a key.
    ///
    /// # Errors
    ///
    /// See the [module](self).
    pub fn get(&self, key: impl AsRef<str>) -> Result<Option<Vec<u8>>, Error> {
        self.0.get(key.as_ref())
    }

    /// The value of a key, as text.
    ///
    /// # Errors
    ///
    /// See the [module](self); and when the value is no text.
    pub fn get_text(&self, key: impl AsRef<str>) -> Result<Option<String>, Error> {
        let text = self.get(key)?.map(String::from_utf8).transpose();
        text.map_err(|_| Error::Other(String::from("the value is not UTF-8")))
    }

    /// Sets the value of a key.
    ///
    /// # Errors
    ///
    /// See the [module](self).
    pub fn set(&self, key: impl AsRef<str>, value: impl AsRef<[u8]>) -> Result<(), Error> {
        self.0.set(key.as_ref(), value.as_ref())
    }

    /// The value of a key, which was kept as JSON.
    ///
    /// # Errors
    ///
    /// See the [module](self); and when the value is no JSON of a `T`.
    pub fn get_json<T: DeserializeOwned>(&self, key: impl AsRef<str>) -> Result<Option<T>, Error> {
        let bytes = self.get(key.as_ref())?;
        bytes
            .map(|bytes| from_json(key.as_ref(), &bytes))
            .transpose()
    }

    /// Sets the value of a key, as JSON.
    ///
    /// # Errors
    ///
    /// See the [module](self); and when the value has no JSON.
    pub fn set_json(&self, key: impl AsRef<str>, value: &impl Serialize) -> Result<(), Error> {
        let json = to_json(key.as_ref(), value)?;
        self.set(key, json)
    }

    /// Removes a key, if it is there.
    ///
    /// # Errors
    ///
    /// See the [module](self).
    pub fn delete(&self, key: impl AsRef<str>) -> Result<(), Error> {
        self.0.delete(key.as_ref())
    }

    /// Whether a key is there.
    ///
    /// # Errors
    ///
    /// See the [module](self).
    pub fn exists(&self, key: impl AsRef<str>) -> Result<bool, Error> {
        self.0.exists(key.as_ref())
    }

    /// All keys, in order. With many, [`keyvalue`](crate::keyvalue) gives them page by page.
    ///
    /// # Errors
    ///
    /// See the [module](self).
    pub fn keys(&self) -> Result<Vec<String>, Error> {
        let mut page = self.0.list_keys(None)?;
        let mut keys = page.keys;
        while let Some(cursor) = page.cursor {
            page = self.0.list_keys(Some(&cursor))?;
            keys.append(&mut page.keys);
        }
        Ok(keys)
    }

    /// Adds to a number, which is 0 when it is not there, and returns the sum. The number is kept as
    /// decimal text.
    ///
    /// # Errors
    ///
    /// See the [module](self); and when the value is no number, or the sum is beyond 64 bits.
    pub fn increment(&self, key: impl AsRef<str>, delta: i64) -> Result<i64, Error> {
        atomics::increment(&self.0, key.as_ref(), delta)
    }

    /// Changes the value of a key. When another event changes it in between, `change` is called again with
    /// the new value.
    ///
    /// # Errors
    ///
    /// See the [module](self).
    pub fn update<V: AsRef<[u8]>>(
        &self,
        key: impl AsRef<str>,
        mut change: impl FnMut(Option<Vec<u8>>) -> V,
    ) -> Result<(), Error> {
        self.try_update(key.as_ref(), |value| Ok(change(value)))
    }

    /// Changes the value of a key, which is kept as JSON. When another event changes it in between, `change`
    /// is called again with the new value.
    ///
    /// ```no_run
    /// # fn add(bucket: &botbox_sdk::store::Bucket) -> Result<(), botbox_sdk::store::Error> {
    /// bucket.update_json("guests", |guests: Option<Vec<String>>| {
    ///     let mut guests = guests.unwrap_or_default();
    ///     guests.push(String::from("Aiko"));
    ///     guests
    /// })
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See the [module](self); and when the value is no JSON of a `T`.
    pub fn update_json<T: Serialize + DeserializeOwned>(
        &self,
        key: impl AsRef<str>,
        mut change: impl FnMut(Option<T>) -> T,
    ) -> Result<(), Error> {
        let key = key.as_ref();
        self.try_update(key, |bytes| {
            let value = bytes.map(|bytes| from_json(key, &bytes)).transpose()?;
            to_json(key, &change(value))
        })
    }

    fn try_update<V: AsRef<[u8]>>(
        &self,
        key: &str,
        mut change: impl FnMut(Option<Vec<u8>>) -> Result<V, Error>,
    ) -> Result<(), Error> {
        let mut cas = atomics::Cas::new(&self.0, key)?;
        loop {
            let value = change(cas.current()?)?;
            cas = match atomics::swap(cas, value.as_ref()) {
                Ok(()) => return Ok(()),
                Err(atomics::CasError::CasFailed(changed)) => changed,
                Err(atomics::CasError::StoreError(error)) => return Err(error),
            };
        }
    }

    /// The values of up to 1,000 keys, in their order.
    ///
    /// # Errors
    ///
    /// See the [module](self).
    pub fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        let entries = batch::get_many(&self.0, keys)?;
        let value = |entry: Option<(_, _)>| entry.map(|(_, value)| value);
        Ok(entries.into_iter().map(value).collect())
    }

    /// Sets the values of up to 1,000 keys: all, or none.
    ///
    /// # Errors
    ///
    /// See the [module](self).
    pub fn set_many(&self, entries: &[(String, Vec<u8>)]) -> Result<(), Error> {
        batch::set_many(&self.0, entries)
    }

    /// Removes up to 1,000 keys, if they are there.
    ///
    /// # Errors
    ///
    /// See the [module](self).
    pub fn delete_many(&self, keys: &[String]) -> Result<(), Error> {
        batch::delete_many(&self.0, keys)
    }
}

fn from_json<T: DeserializeOwned>(key: &str, bytes: &[u8]) -> Result<T, Error> {
    let value = serde_json::from_slice(bytes);
    value.map_err(|error| Error::Other(format!("the value of {key} is not what is read: {error}")))
}

fn to_json(key: &str, value: &impl Serialize) -> Result<Vec<u8>, Error> {
    let json = serde_json::to_vec(value);
    json.map_err(|error| Error::Other(format!("the value for {key} has no JSON: {error}")))
}
