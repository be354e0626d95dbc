//! Where keys live, whose they are, and how much may be there.

use std::fmt;
use std::sync::Arc;

/// The most bytes of a key: 1 KiB, room for a URL or some ids.
pub const KEY_BYTES: usize = 1024;

/// The most bytes of a bucket's name: 256, what names of files have.
pub const BUCKET_BYTES: usize = 256;

/// The most bytes of a value: 1 MiB, the default limit of a value in NATS.
pub const VALUE_BYTES: usize = 1 << 20;

/// The most keys of one call: 1000, which are written in some milliseconds.
pub const MANY_KEYS: usize = 1000;

/// The most bytes of values of one call: 16 MiB, because they are in memory at once.
pub const MANY_BYTES: usize = 16 << 20;

/// The most keys of one page: 1000, because they are in memory at once.
pub const PAGE_KEYS: usize = 1000;

/// How many bytes of values a plugin may read and write in a second, on average: 4 MiB, a thousand
/// ordinary values. A call beyond it waits, because the disk is for all channels.
pub const RATE_BYTES: usize = 4 << 20;

/// How many bytes of values a plugin may read and write at once after a pause: 4 MiB, what it may in a
/// second. A larger call waits for the rest.
pub const RATE_BURST: usize = 4 << 20;

/// Whose data it is. No owner reaches the data of another one, whatever its keys and buckets are
/// called.
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

/// Where keys live: a bucket of an owner. A bucket need not be made.
#[derive(Clone, Debug)]
pub struct Space {
    pub(crate) owner: Owner,
    pub(crate) bucket: Arc<str>,
    /// How much the owner may hold in all its buckets.
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

    /// A bucket of the plugin of `channel`. A write through this space is refused if the plugin's buckets
    /// would then hold more than `limit` together.
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
