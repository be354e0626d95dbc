//! [`KeyValue`] in its own database.

use std::time::SystemTime;

use crate::error::StoreFuture;
use crate::key_value::{Admit, KeyValue, Owner, Space, Swap, Usage};
use crate::sqlite::store::Sqlite;
use crate::sqlite::values::Needs;

impl KeyValue for Sqlite {
    fn get<'a>(&'a self, space: &'a Space, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        let key = key.to_owned();
        self.values.read(
            space,
            move |entries| entries.get(&key),
            |value| value.as_ref().map_or(0, Vec::len),
        )
    }

    fn get_many<'a>(
        &'a self,
        space: &'a Space,
        keys: Vec<String>,
        admit: Admit,
    ) -> StoreFuture<'a, Vec<Option<Vec<u8>>>> {
        self.values.read(
            space,
            move |entries| entries.get_many(&keys, admit),
            |values| values.iter().flatten().map(Vec::len).sum(),
        )
    }

    fn exists<'a>(&'a self, space: &'a Space, key: &'a str) -> StoreFuture<'a, bool> {
        let key = key.to_owned();
        self.values
            .read(space, move |entries| entries.exists(&key), |_| 0)
    }

    fn keys<'a>(
        &'a self,
        space: &'a Space,
        after: Option<&'a str>,
        limit: usize,
    ) -> StoreFuture<'a, Vec<String>> {
        let after = after.map(str::to_owned);
        self.values.read(
            space,
            move |entries| entries.keys(after.as_deref(), limit),
            |keys| keys.iter().map(String::len).sum(),
        )
    }

    fn set<'a>(
        &'a self,
        space: &'a Space,
        key: &'a str,
        value: Vec<u8>,
        expires: Option<SystemTime>,
    ) -> StoreFuture<'a, ()> {
        let key = key.to_owned();
        let needs = Needs::Room(key.len() + value.len());
        self.values
            .write(space, needs, move |it| it.set(&key, &value, expires))
    }

    fn set_many<'a>(
        &'a self,
        space: &'a Space,
        new: Vec<(String, Vec<u8>)>,
        expires: Option<SystemTime>,
    ) -> StoreFuture<'a, ()> {
        let bytes = new.iter().map(|(key, value)| key.len() + value.len());
        let needs = Needs::Room(bytes.sum());
        self.values
            .write(space, needs, move |it| it.set_many(&new, expires))
    }

    fn delete<'a>(&'a self, space: &'a Space, key: &'a str) -> StoreFuture<'a, ()> {
        let key = key.to_owned();
        self.values
            .write(space, Needs::Nothing, move |it| it.take(&key).map(drop))
    }

    fn delete_many<'a>(&'a self, space: &'a Space, keys: Vec<String>) -> StoreFuture<'a, ()> {
        self.values
            .write(space, Needs::Nothing, move |it| it.delete_many(&keys))
    }

    fn take<'a>(&'a self, space: &'a Space, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        let key = key.to_owned();
        self.values
            .write(space, Needs::Nothing, move |it| it.take(&key))
    }

    fn swap<'a>(
        &'a self,
        space: &'a Space,
        key: &'a str,
        expected: Option<Vec<u8>>,
        new: Option<Vec<u8>>,
        expires: Option<SystemTime>,
    ) -> StoreFuture<'a, Swap> {
        let key = key.to_owned();
        let needs = match &new {
            Some(value) => Needs::Room(key.len() + value.len()),
            None => Needs::Nothing,
        };
        self.values.write(space, needs, move |entries| {
            entries.swap(&key, expected.as_deref(), new.as_deref(), expires)
        })
    }

    fn increment<'a>(
        &'a self,
        space: &'a Space,
        key: &'a str,
        delta: i64,
        expires: Option<SystemTime>,
    ) -> StoreFuture<'a, i64> {
        let key = key.to_owned();
        let needs = Needs::Room(key.len());
        self.values.write(space, needs, move |entries| {
            entries.increment(&key, delta, expires)
        })
    }

    fn usage<'a>(&'a self, owner: &'a Owner) -> StoreFuture<'a, Usage> {
        self.values.usage(owner)
    }

    fn purge<'a>(&'a self, owner: &'a Owner) -> StoreFuture<'a, usize> {
        self.values.purge(owner)
    }
}
