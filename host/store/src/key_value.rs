//! Small values by key.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use futures_util::future::BoxFuture;

use crate::error::StoreError;

/// The most bytes of a key: room for a URL or some ids.
pub const KEY_BYTES: usize = 1024;

/// The most bytes of a bucket's name.
pub const BUCKET_BYTES: usize = 256;

/// The most bytes of a value: 1 MiB, what a message of NATS may have unless it is told otherwise.
pub const VALUE_BYTES: usize = 1 << 20;

/// The most keys of one call for many.
pub const MANY_KEYS: usize = 1000;

/// The most bytes of the values in one call for many: 16 MiB, for they are in memory at once.
pub const MANY_BYTES: usize = 16 << 20;

/// The most keys of one page.
pub const PAGE_KEYS: usize = 1000;

/// How many bytes of values a plugin reads and writes in a second, on average: 4 MiB, a thousand
/// ordinary values. A call beyond it waits, for the disk is for all channels.
pub const RATE_BYTES: usize = 4 << 20;

/// How many bytes of values a plugin may read and write at once after a pause: 4 MiB. A larger call
/// waits for the rest.
pub const RATE_BURST: usize = 4 << 20;

/// Whose data it is. No owner reaches another's, whatever its keys and buckets are called.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Owner {
    /// The host itself.
    Host,
    /// The host, on behalf of the channel with this id.
    Channel(Arc<str>),
    /// The plugin of the channel with this id.
    Plugin(Arc<str>),
}

impl fmt::Display for Owner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host => formatter.write_str("host"),
            Self::Channel(id) => write!(formatter, "channel:{id}"),
            Self::Plugin(id) => write!(formatter, "plugin:{id}"),
        }
    }
}

/// Where keys live: a bucket of an owner. It is there as soon as it is named.
#[derive(Clone, Debug)]
pub struct Space {
    pub(crate) owner: Owner,
    pub(crate) bucket: Arc<str>,
    /// The most that the owner may hold in all its buckets.
    pub(crate) limit: Option<Usage>,
}

impl Space {
    /// A bucket of the host's own data.
    #[must_use]
    pub fn host(bucket: &str) -> Self {
        Self {
            owner: Owner::Host,
            bucket: bucket.into(),
            limit: None,
        }
    }

    /// A bucket of what the host keeps for `channel`.
    #[must_use]
    pub fn channel(channel: &str, bucket: &str) -> Self {
        Self {
            owner: Owner::Channel(channel.into()),
            bucket: bucket.into(),
            limit: None,
        }
    }

    /// A bucket of the plugin of `channel`, whose buckets hold no more than `limit` together: a
    /// write through this space that takes them beyond it is refused.
    #[must_use]
    pub fn plugin(channel: &str, bucket: &str, limit: Usage) -> Self {
        Self {
            owner: Owner::Plugin(channel.into()),
            bucket: bucket.into(),
            limit: Some(limit),
        }
    }
}

/// How much an owner holds in all its buckets, or may hold.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Usage {
    /// How many keys.
    pub keys: u64,
    /// The bytes of the keys and of their values.
    pub bytes: u64,
}

/// How a swap ended.
#[derive(Clone, Eq, PartialEq)]
pub enum Swap {
    /// The new value is in place.
    Done,
    /// Nothing was changed, for the value was not the expected one but this.
    Differs(Option<Vec<u8>>),
}

/// Values by key.
///
/// Each call is one atomic step, and what it changed is durable when it returns. A call whose
/// future is dropped may be done or not. Every write says anew when the value expires (never, with
/// `None`); from then on it is as if it were deleted. All calls fail with a [`StoreError`], and
/// have then changed nothing.
pub trait KeyValue: Send + Sync {
    /// The value of `key`.
    fn get<'a>(&'a self, space: &'a Space, key: &'a str) -> Answer<'a, Option<Vec<u8>>>;

    /// The values of at most [`MANY_KEYS`] keys, in their order; at most [`MANY_BYTES`] of them.
    fn get_many<'a>(
        &'a self,
        space: &'a Space,
        keys: Vec<String>,
    ) -> Answer<'a, Vec<Option<Vec<u8>>>>;

    /// Whether `key` has a value.
    fn exists<'a>(&'a self, space: &'a Space, key: &'a str) -> Answer<'a, bool>;

    /// The first `limit` keys, or [`PAGE_KEYS`] if that is less, in order of their bytes; only
    /// those behind `after`, when it is given. Behind the last key is an empty page.
    fn keys<'a>(
        &'a self,
        space: &'a Space,
        after: Option<&'a str>,
        limit: usize,
    ) -> Answer<'a, Vec<String>>;

    /// Sets the value of `key`.
    fn set<'a>(
        &'a self,
        space: &'a Space,
        key: &'a str,
        value: Vec<u8>,
        expires: Option<SystemTime>,
    ) -> Answer<'a, ()>;

    /// Sets all of at most [`MANY_KEYS`] keys and [`MANY_BYTES`] of values, or none. Of two values
    /// for one key the later one stays.
    fn set_many<'a>(
        &'a self,
        space: &'a Space,
        entries: Vec<(String, Vec<u8>)>,
        expires: Option<SystemTime>,
    ) -> Answer<'a, ()>;

    /// Deletes `key`, if it is there.
    fn delete<'a>(&'a self, space: &'a Space, key: &'a str) -> Answer<'a, ()>;

    /// Deletes all of at most [`MANY_KEYS`] keys that are there.
    fn delete_many<'a>(&'a self, space: &'a Space, keys: Vec<String>) -> Answer<'a, ()>;

    /// Gets the value of `key` and deletes it: of all callers, one gets it.
    fn take<'a>(&'a self, space: &'a Space, key: &'a str) -> Answer<'a, Option<Vec<u8>>>;

    /// Replaces the value of `key` by `new`, if it is the `expected` one. `None` stands for no
    /// value.
    fn swap<'a>(
        &'a self,
        space: &'a Space,
        key: &'a str,
        expected: Option<Vec<u8>>,
        new: Option<Vec<u8>>,
        expires: Option<SystemTime>,
    ) -> Answer<'a, Swap>;

    /// Adds `delta` to the value of `key`, which is a decimal number in ASCII, and returns the sum.
    /// Without a value it starts at 0. Fails with [`StoreError::NotANumber`] if the value is
    /// something else, and with [`StoreError::Overflow`] if the sum does not fit into 64 bits.
    fn increment<'a>(
        &'a self,
        space: &'a Space,
        key: &'a str,
        delta: i64,
        expires: Option<SystemTime>,
    ) -> Answer<'a, i64>;

    /// How much `owner` holds.
    fn usage<'a>(&'a self, owner: &'a Owner) -> Answer<'a, Usage>;
}

/// What a call of the store will return. Boxed, so that the store can be chosen at run time.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;
