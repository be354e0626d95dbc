//! Reading what users sent.

use std::io::{self, Read};

use crate::bindings::botbox::line::content::{MessageContentStream, get_message_content};
use crate::bindings::botbox::line::errors::CallError;

/// A content that is being received: read it as it comes. An error on the way is an [`io::Error`] that
/// contains a [`CallError`].
#[derive(Debug)]
pub struct Content(MessageContentStream);

/// Fetches the image, video, audio or file that came with the message of this id.
///
/// # Errors
///
/// [`CallError`], which says why LINE or the host refused it.
pub fn content(message_id: impl AsRef<str>) -> Result<Content, CallError> {
    get_message_content(message_id.as_ref()).map(Content)
}

impl Content {
    /// Its media type, such as `image/jpeg`.
    #[must_use]
    pub fn content_type(&self) -> String {
        self.0.content_type()
    }

    /// In bytes, where LINE tells.
    #[must_use]
    pub fn content_length(&self) -> Option<u32> {
        self.0.content_length()
    }
}

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let max = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        let bytes = self.0.read(max).map_err(io::Error::other)?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}
