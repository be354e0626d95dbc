//! Large values that never change: the components of plugins.

use crate::error::StoreFuture;

/// Large values by their digest. A value is there as a whole or not at all, and what a call changed is
/// durable when it returns. Calls fail with a [`StoreError`](crate::StoreError).
pub trait Blobs: Send + Sync {
    /// Keeps bytes under their digest, unless they are there. The caller has computed the digest, which
    /// has at most 128 letters and digits.
    fn put<'a>(&'a self, digest: &'a str, bytes: Vec<u8>) -> StoreFuture<'a, ()>;

    /// The bytes with a digest.
    fn fetch<'a>(&'a self, digest: &'a str) -> StoreFuture<'a, Option<Vec<u8>>>;

    /// Removes the bytes with a digest, if they are there.
    fn remove<'a>(&'a self, digest: &'a str) -> StoreFuture<'a, ()>;
}
