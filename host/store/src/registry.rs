//! Which versions of plugins channels run, and have run.

use crate::error::StoreFuture;

/// A version of a plugin that a channel runs, or has run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeployedVersion {
    /// The SHA-256 of the component, in hexadecimal.
    pub digest: String,
    /// When the channel began to run it last, in milliseconds since the Unix epoch.
    pub deployed: i64,
}

/// Which versions of plugins channels run. Each call is one atomic step, and what it changed is durable
/// when it returns. A call that fails, with a [`StoreError`](crate::StoreError), has changed nothing.
pub trait Registry: Send + Sync {
    /// The channel runs this version from now on.
    fn deploy<'a>(&'a self, channel: &'a str, digest: &'a str) -> StoreFuture<'a, ()>;

    /// The channel's versions, newest first: the first one is the one that it runs.
    fn versions<'a>(&'a self, channel: &'a str) -> StoreFuture<'a, Vec<DeployedVersion>>;

    /// Forgets all but the `keep` newest versions of the channel. Returns the digests of which no channel
    /// has a version any more.
    fn forget_versions<'a>(&'a self, channel: &'a str, keep: usize)
    -> StoreFuture<'a, Vec<String>>;
}
