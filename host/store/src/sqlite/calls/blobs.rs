//! [`Blobs`] in files.

use crate::blobs::Blobs;
use crate::error::{StoreError, StoreFuture};
use crate::sqlite::folder::BlobFolder;
use crate::sqlite::store::Sqlite;

impl Sqlite {
    /// Does `work` on a thread that may wait for files.
    fn on_blobs<T: Send + 'static>(
        &self,
        work: impl FnOnce(&BlobFolder) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'static, T> {
        let folder = self.blobs.clone();
        Box::pin(async {
            let done = tokio::task::spawn_blocking(move || work(&folder)).await;
            done.unwrap_or(Err(StoreError::Closed))
        })
    }
}

impl Blobs for Sqlite {
    fn put<'a>(&'a self, digest: &'a str, bytes: Vec<u8>) -> StoreFuture<'a, ()> {
        let digest = digest.to_owned();
        self.on_blobs(move |folder| folder.put(&digest, &bytes))
    }

    fn fetch<'a>(&'a self, digest: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        let digest = digest.to_owned();
        self.on_blobs(move |folder| folder.fetch(&digest))
    }

    fn remove<'a>(&'a self, digest: &'a str) -> StoreFuture<'a, ()> {
        let digest = digest.to_owned();
        self.on_blobs(move |folder| folder.remove(&digest))
    }
}
