//! Bodies of several parts: `multipart/form-data` (RFC 7578).
//!
//! It is written here, not by reqwest's `multipart`: a form of that is used up by one attempt, while these
//! bytes are written once for all.

use bytes::Bytes;
use reqwest::header::HeaderValue;
use uuid::Uuid;

use crate::arguments::bad_argument;
use crate::error::Error;

/// A body, while it is put together.
pub(crate) struct Multipart {
    /// At random, so that no part can contain it.
    boundary: String,
    body: Vec<u8>,
}

impl Multipart {
    pub(crate) fn new() -> Self {
        Self {
            boundary: Uuid::new_v4().simple().to_string(),
            body: Vec::new(),
        }
    }

    /// Adds a field.
    pub(crate) fn field(mut self, name: &'static str, value: &str) -> Self {
        self.part(&format!("name=\"{name}\""), value);
        self
    }

    /// Adds a file of text.
    pub(crate) fn text_file(mut self, name: &'static str, text: &str) -> Self {
        let head = format!("name=\"{name}\"; filename=\"{name}.txt\"\r\nContent-Type: text/plain");
        self.part(&head, text);
        self
    }

    fn part(&mut self, head: &str, content: &str) {
        let boundary = &self.boundary;
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n");
        self.body.extend_from_slice(head.as_bytes());
        self.body.extend_from_slice(content.as_bytes());
        self.body.extend_from_slice(b"\r\n");
    }

    /// The content type and the body.
    pub(crate) fn finish(mut self) -> Result<(HeaderValue, Bytes), Error> {
        let Self { boundary, body } = &mut self;
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let content_type = format!("multipart/form-data; boundary={boundary}");
        let content_type = HeaderValue::try_from(content_type);
        let content_type = content_type.map_err(|error| bad_argument("body", error))?;
        Ok((content_type, self.body.into()))
    }
}
