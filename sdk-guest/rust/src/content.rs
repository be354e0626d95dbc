//! Reading what users sent.

use std::io::{self, Read};

use crate::bindings::botbox::line::content::get_message_content;
use crate::bindings::wasi::io::streams::{InputStream, StreamError};
use crate::errors::CallError;

/// A content on its way: read it as it comes.
#[derive(Debug)]
pub struct Content {
    /// Its media type, such as `image/jpeg`.
    pub content_type: String,
    /// In bytes, where LINE tells.
    pub content_length: Option<u64>,
    body: InputStream,
}

/// Fetches the image, video, audio or file that came with the message of this id.
///
/// # Errors
///
/// [`CallError`], with what LINE or the host has against it.
pub fn content(message_id: impl AsRef<str>) -> Result<Content, CallError> {
    let stream = get_message_content(message_id.as_ref())?;
    Ok(Content {
        content_type: stream.content_type,
        content_length: stream.content_length,
        body: stream.body,
    })
}

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.body.blocking_read(buffer.len() as u64) {
            Ok(bytes) => {
                buffer[..bytes.len()].copy_from_slice(&bytes);
                Ok(bytes.len())
            }
            Err(StreamError::Closed) => Ok(0),
            Err(StreamError::LastOperationFailed(error)) => {
                Err(io::Error::other(error.to_debug_string()))
            }
        }
    }
}
