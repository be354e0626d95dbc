//! Small values by key.

pub(crate) mod space;

use std::time::SystemTime;

use crate::error::StoreFuture;

pub use space::{
    BUCKET_BYTES, KEY_BYTES, MANY_BYTES, MANY_KEYS, Owner, PAGE_KEYS, RATE_BURST, RATE_BYTES,
    Space, Usage, VALUE_BYTES,
};

/// Says whether a caller has room for so many bytes of values, before they are read. It is called once at most.
pub type Admit = Box<dyn FnOnce(usize) -> bool + Send>;

/// What came of a swap.
#[derive(Clone, Eq, PartialEq)]
pub enum Swap {
    /// The new value is in place.
    Done,
    /// Nothing was changed, because the value was not the expected one but this.
    Differs(Option<Vec<u8>>),
}

/// Values by key.
///
/// Each call is one atomic step, and what it changed is durable when it returns. A call that fails, with
/// a [`StoreError`](crate::StoreError), has changed nothing. A call whose future is dropped may be done
/// or not, but not by halves. Each write says when the value expires: never, with `None`. An expired
/// value is as good as deleted.
pub trait KeyValue: Send + Sync {
    /// The value of `key`.
    fn get<'a>(&'a self, space: &'a Space, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>>;

    /// The values of at most [`MANY_KEYS`] keys, in the keys' order. The values may have at most
    /// [`MANY_BYTES`]. Fails with [`StoreError::NotAdmitted`](crate::StoreError::NotAdmitted), and reads none, if
    /// `admit` says that there is no room for all of them.
    fn get_many<'a>(
        &'a self,
        space: &'a Space,
        keys: Vec<String>,
        admit: Admit,
    ) -> StoreFuture<'a, Vec<Option<Vec<u8>>>>;

    /// Whether `key` has a value.
    fn exists<'a>(&'a self, space: &'a Space, key: &'a str) -> StoreFuture<'a, bool>;

    /// A page of keys, in order of their bytes: at most `limit`, or [`PAGE_KEYS`] if that is less, from
    /// the first key behind `after` on. Behind the last key is an empty page.
    fn keys<'a>(
        &'a self,
        space: &'a Space,
        after: Option<&'a str>,
        limit: usize,
    ) -> StoreFuture<'a, Vec<String>>;

    /// Sets the value of `key`.
    fn set<'a>(
        &'a self,
        space: &'a Space,
        key: &'a str,
        value: Vec<u8>,
        expires: Option<SystemTime>,
    ) -> StoreFuture<'a, ()>;

    /// Sets all of at most [`MANY_KEYS`] keys and [`MANY_BYTES`] of values, or none. Of two values for one
    /// key the later one stays.
    fn set_many<'a>(
        &'a self,
        space: &'a Space,
        entries: Vec<(String, Vec<u8>)>,
        expires: Option<SystemTime>,
    ) -> StoreFuture<'a, ()>;

    /// Deletes `key`, if it is there.
    fn delete<'a>(&'a self, space: &'a Space, key: &'a str) -> StoreFuture<'a, ()>;

    /// Deletes those of at most [`MANY_KEYS`] keys that are there.
    fn delete_many<'a>(&'a self, space: &'a Space, keys: Vec<String>) -> StoreFuture<'a, ()>;

    /// Returns the value of `key` and deletes it. Of several callers, one gets it.
    fn take<'a>(&'a self, space: &'a Space, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>>;

    /// Replaces the value of `key` by `new`, if it is the `expected` one. `None` stands for no value.
    fn swap<'a>(
        &'a self,
        space: &'a Space,
        key: &'a str,
        expected: Option<Vec<u8>>,
        new: Option<Vec<u8>>,
        expires: Option<SystemTime>,
    ) -> StoreFuture<'a, Swap>;

    /// Adds `delta` to the value of `key`, which is a decimal number in ASCII, and returns the sum.
    /// Without a value it starts at 0. Fails with
    /// [`StoreError::NotANumber`](crate::StoreError::NotANumber) if the value is something else, and with
    /// [`StoreError::Overflow`](crate::StoreError::Overflow) if the sum does not fit into 64 bits.
    fn increment<'a>(
        &'a self,
        space: &'a Space,
        key: &'a str,
        delta: i64,
        expires: Option<SystemTime>,
    ) -> StoreFuture<'a, i64>;

    /// How much `owner` holds.
    fn usage<'a>(&'a self, owner: &'a Owner) -> StoreFuture<'a, Usage>;

    /// Deletes some of what `owner` holds, at most [`MANY_KEYS`] keys. Returns how many: if it is not 0,
    /// there may be more.
    fn purge<'a>(&'a self, owner: &'a Owner) -> StoreFuture<'a, usize>;
}
