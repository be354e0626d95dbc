//! A medium that a plugin publishes.

use std::sync::Arc;

use crate::counts::Open;
use crate::governor::{Charge, MemoryFull, Slot};
use crate::services::{ServiceError, Upload};

/// The most bytes of one write: 1 MiB, for they are copied out of the plugin's memory at once.
const WRITE_LIMIT: usize = 1 << 20;

/// An upload as a plugin holds it.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct OpenUpload {
    /// None once it is finished, or failed.
    upload: Option<Box<dyn Upload>>,
    /// For the buffer of its file, which is as large as the largest write so far.
    buffer: Charge,
    largest: usize,
    /// Counts it among the open ones.
    _open: Open,
}

/// Why an upload does not go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UploadError {
    #[error("the upload is finished or broke off; start another")]
    Ended,
    #[error("{0} bytes are written at a time; the limit is {WRITE_LIMIT}")]
    TooLarge(usize),
    #[error(transparent)]
    Service(#[from] ServiceError),
    #[error(transparent)]
    Memory(#[from] MemoryFull),
}

impl OpenUpload {
    pub(crate) fn new(upload: Box<dyn Upload>, open: Open) -> Self {
        Self {
            upload: Some(upload),
            buffer: Charge::default(),
            largest: 0,
            _open: open,
        }
    }

    /// Adds bytes. A slot has the memory of what is in no file yet.
    pub(crate) async fn write(
        &mut self,
        bytes: &[u8],
        slot: &Arc<Slot>,
    ) -> Result<(), UploadError> {
        let length = bytes.len();
        if length > WRITE_LIMIT {
            return Err(UploadError::TooLarge(length));
        }
        let _charge = slot.charge(length)?;
        let grows = length.saturating_sub(self.largest);
        self.buffer.absorb(slot.charge(grows)?);
        self.largest += grows;
        // What could not be written whole is not published.
        let mut upload = self.upload.take().ok_or(UploadError::Ended)?;
        upload.write(bytes).await?;
        self.upload = Some(upload);
        Ok(())
    }

    /// Publishes what was written. Returns its URL.
    pub(crate) async fn finish(&mut self) -> Result<String, UploadError> {
        let upload = self.upload.take().ok_or(UploadError::Ended)?;
        let url = upload.finish().await?;
        self.buffer = Charge::default();
        Ok(url)
    }
}
