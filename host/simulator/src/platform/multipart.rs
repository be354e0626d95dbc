//! Bodies of several parts: `multipart/form-data`.

use std::collections::HashMap;
use std::convert::Infallible;

use axum::http::StatusCode;
use bytes::Bytes;
use futures_util::stream;
use multer::Multipart;

use super::serve::Call;
use crate::answer::Refusal;

const MALFORMED: Refusal = Refusal::specific(
    StatusCode::BAD_REQUEST,
    "The request body could not be parsed as multipart/form-data",
);

/// The parts of a body by name.
pub(super) struct Parts(HashMap<String, Part>);

/// One part.
pub(super) struct Part {
    pub(super) bytes: Bytes,
    /// Empty when it is not given.
    pub(super) content_type: String,
}

impl Parts {
    pub(super) async fn read(call: &Call) -> Result<Self, Refusal> {
        let content_type = call.content_type();
        let boundary = multer::parse_boundary(&content_type)
            .map_err(|_| Refusal::UnsupportedContentType(content_type.into_owned()))?;
        let body = stream::iter([Ok::<_, Infallible>(call.body().clone())]);
        let mut parts = HashMap::new();
        let mut body = Multipart::new(body, boundary);
        while let Some(field) = body.next_field().await.map_err(|_| MALFORMED)? {
            let name = field.name().unwrap_or_default().to_owned();
            let content_type = field
                .content_type()
                .map(|kind| kind.essence_str().to_owned());
            let bytes = field.bytes().await.map_err(|_| MALFORMED)?;
            let content_type = content_type.unwrap_or_default();
            parts.insert(
                name,
                Part {
                    bytes,
                    content_type,
                },
            );
        }
        Ok(Self(parts))
    }

    pub(super) fn part(&self, name: &str) -> Option<&Part> {
        self.0.get(name)
    }

    /// A part that is text; `None` when it is not given.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(&self.part(name)?.bytes).ok()
    }
}
