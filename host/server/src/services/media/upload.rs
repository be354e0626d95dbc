//! A medium that is being written.

use std::path::PathBuf;

use botbox_runtime::{ServiceError, ServiceFuture, Upload};
use tempfile::{NamedTempFile, TempPath};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use super::files::blocking;
use super::kind::{HEAD, Kind};
use super::reservation::Reservation;
use crate::services::failure::unavailable;

pub(super) struct MediaUpload {
    file: File,
    /// Removes the file when it is dropped.
    unfinished: TempPath,
    path: PathBuf,
    url: String,
    kind: Kind,
    head: Vec<u8>,
    written: u64,
    reservation: Reservation,
}

impl MediaUpload {
    /// An upload into `file`, which becomes the one at `path`.
    pub(super) fn new(
        file: NamedTempFile,
        path: PathBuf,
        url: String,
        kind: Kind,
        reservation: Reservation,
    ) -> Self {
        let (file, unfinished) = file.into_parts();
        Self {
            file: File::from_std(file),
            unfinished,
            path,
            url,
            kind,
            head: Vec::with_capacity(HEAD),
            written: 0,
            reservation,
        }
    }

    async fn add(&mut self, bytes: &[u8]) -> Result<(), ServiceError> {
        let size = self.written + bytes.len() as u64;
        let (content_type, limit) = (self.kind.content_type(), self.kind.limit());
        if size > limit {
            let why = format!("the medium has {size} bytes; LINE takes {limit} of {content_type}");
            return Err(ServiceError::Invalid(why));
        }
        self.reservation.grow(size)?;
        self.file.write_all(bytes).await.map_err(unavailable)?;
        let missing = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..missing]);
        self.written = size;
        Ok(())
    }

    async fn publish(mut self) -> Result<String, ServiceError> {
        if !self.kind.begins_with(&self.head) {
            let content_type = self.kind.content_type();
            let why = format!("the bytes are not of the content type {content_type}");
            return Err(ServiceError::Invalid(why));
        }
        self.file.flush().await.map_err(unavailable)?;
        self.file.sync_all().await.map_err(unavailable)?;
        let (unfinished, path, reservation) = (self.unfinished, self.path, self.reservation);
        // In one, even when the plugin is cut off meanwhile: a file that is there takes room.
        let persist = move || {
            unfinished.persist_noclobber(path)?;
            reservation.commit();
            Ok(())
        };
        blocking(persist).await.map_err(unavailable)?;
        Ok(self.url)
    }
}

impl Upload for MediaUpload {
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> ServiceFuture<'a, ()> {
        Box::pin(self.add(bytes))
    }

    fn finish(self: Box<Self>) -> ServiceFuture<'static, String> {
        Box::pin(self.publish())
    }
}
