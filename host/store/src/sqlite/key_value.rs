//! [`KeyValue`] in SQLite.

use std::time::SystemTime;

use super::Sqlite;
use super::entries::{self, Entries};
use crate::error::StoreError;
use crate::key_value::{Answer, KeyValue, Owner, Space, Swap, Usage};

impl Sqlite {
    /// Does `work` on the entries of `space`.
    fn on<T: Send + 'static>(
        &self,
        space: &Space,
        work: impl FnOnce(&Entries<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'_, T> {
        let space = space.clone();
        Box::pin(
            self.writer
                .run(move |connection| work(&Entries::of(&space, connection)?)),
        )
    }
}

impl KeyValue for Sqlite {
    fn get<'a>(&'a self, space: &'a Space, key: &'a str) -> Answer<'a, Option<Vec<u8>>> {
        let key = key.to_owned();
        self.on(space, move |entries| entries.get(&key))
    }

    fn get_many<'a>(
        &'a self,
        space: &'a Space,
        keys: Vec<String>,
    ) -> Answer<'a, Vec<Option<Vec<u8>>>> {
        self.on(space, move |entries| entries.get_many(&keys))
    }

    fn exists<'a>(&'a self, space: &'a Space, key: &'a str) -> Answer<'a, bool> {
        let key = key.to_owned();
        self.on(space, move |entries| entries.exists(&key))
    }

    fn keys<'a>(
        &'a self,
        space: &'a Space,
        after: Option<&'a str>,
        limit: usize,
    ) -> Answer<'a, Vec<String>> {
        let after = after.map(str::to_owned);
        self.on(space, move |entries| entries.keys(after.as_deref(), limit))
    }

    fn set<'a>(
        &'a self,
        space: &'a Space,
        key: &'a str,
        value: Vec<u8>,
        expires: Option<SystemTime>,
    ) -> Answer<'a, ()> {
        let key = key.to_owned();
        self.on(space, move |entries| entries.set(&key, &value, expires))
    }

    fn set_many<'a>(
        &'a self,
        space: &'a Space,
        new: Vec<(String, Vec<u8>)>,
        expires: Option<SystemTime>,
    ) -> Answer<'a, ()> {
        self.on(space, move |entries| entries.set_many(&new, expires))
    }

    fn delete<'a>(&'a self, space: &'a Space, key: &'a str) -> Answer<'a, ()> {
        let key = key.to_owned();
        self.on(space, move |entries| entries.take(&key).map(drop))
    }

    fn delete_many<'a>(&'a self, space: &'a Space, keys: Vec<String>) -> Answer<'a, ()> {
        self.on(space, move |entries| entries.delete_many(&keys))
    }

    fn take<'a>(&'a self, space: &'a Space, key: &'a str) -> Answer<'a, Option<Vec<u8>>> {
        let key = key.to_owned();
        self.on(space, move |entries| entries.take(&key))
    }

    fn swap<'a>(
        &'a self,
        space: &'a Space,
        key: &'a str,
        expected: Option<Vec<u8>>,
        new: Option<Vec<u8>>,
        expires: Option<SystemTime>,
    ) -> Answer<'a, Swap> {
        let key = key.to_owned();
        self.on(space, move |entries| {
            entries.swap(&key, expected.as_deref(), new.as_deref(), expires)
        })
    }

    fn increment<'a>(
        &'a self,
        space: &'a Space,
        key: &'a str,
        delta: i64,
        expires: Option<SystemTime>,
    ) -> Answer<'a, i64> {
        let key = key.to_owned();
        self.on(space, move |entries| {
            entries.increment(&key, delta, expires)
        })
    }

    fn usage<'a>(&'a self, owner: &'a Owner) -> Answer<'a, Usage> {
        let owner = owner.clone();
        Box::pin(
            self.writer
                .run(move |connection| entries::usage(connection, &owner)),
        )
    }
}
