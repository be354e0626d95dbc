//! A medium that a plugin publishes.

use crate::counts::Open;
use crate::services::{ServiceError, Upload};

/// The most bytes of one write: 1 MiB, for they are copied out of the plugin's memory at once.
const WRITE_LIMIT: usize = 1 << 20;

/// An upload as a plugin holds it.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct OpenUpload {
    /// None once it is finished, or failed.
    upload: Option<Box<dyn Upload>>,
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
}

impl OpenUpload {
    pub(crate) fn new(upload: Box<dyn Upload>, open: Open) -> Self {
        Self {
            upload: Some(upload),
            _open: open,
        }
    }

    /// Adds bytes.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> Result<(), UploadError> {
        let length = bytes.len();
        if length > WRITE_LIMIT {
            return Err(UploadError::TooLarge(length));
        }
        // What could not be written whole is not published.
        let mut upload = self.upload.take().ok_or(UploadError::Ended)?;
        upload.write(bytes).await?;
        self.upload = Some(upload);
        Ok(())
    }

    /// Publishes what was written. Returns its URL.
    pub(crate) async fn finish(&mut self) -> Result<String, UploadError> {
        let upload = self.upload.take().ok_or(UploadError::Ended)?;
        Ok(upload.finish().await?)
    }
}
