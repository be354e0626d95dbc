//! What a request to the admin API says beside its path.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Json, Response};
use botbox_store::Revision;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::refusal::Refusal;
use crate::config::document;

/// New settings, in the place of all that were there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSettings {
    pub(super) settings: Value,
}

/// A document that leaves everything out.
pub(super) fn empty() -> Value {
    Value::Object(serde_json::Map::new())
}

/// The body of a request, which is JSON. An empty one is an empty object.
pub(super) fn body<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let body = if body.is_empty() { b"{}" } else { body };
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| Refusal::BadRequest(format!("the body is not JSON: {error}")))?;
    document::parsed(&value).map_err(|problems| Refusal::Control(problems.into()))
}

/// The revision that a request is to change: what `If-Match` says.
pub(super) fn expected(headers: &HeaderMap) -> Result<Option<Revision>, Refusal> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    let revision = value.to_str().ok().and_then(|it| {
        let it = it.strip_prefix('"')?.strip_suffix('"')?;
        it.parse().ok()
    });
    match (value.as_bytes(), revision) {
        (b"*", _) => Ok(None),
        (_, Some(revision)) => Ok(Some(revision)),
        (_, None) => Err(Refusal::BadRequest(String::from(
            "If-Match: give the `ETag` that was answered, such as \"3\"",
        ))),
    }
}

/// An answer that is changed by its revision.
pub(super) fn with_revision(revision: Revision, answer: &impl Serialize) -> Response {
    let mut response = Json(answer).into_response();
    if let Ok(tag) = HeaderValue::try_from(format!("\"{revision}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
