//! Uploads of the bytes that users send.

use axum::Json;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::ControlError;
use crate::world::Shared;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Upload {
    /// How many questions for the content are answered "still being prepared".
    #[serde(default)]
    preparing: u32,
}

pub(super) async fn upload(
    State(shared): State<Shared>,
    upload: Result<Query<Upload>, QueryRejection>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Value>), ControlError> {
    let Query(upload) = upload?;
    let content_type = headers
        .get(CONTENT_TYPE)
        .ok_or(ControlError::BadRequest("content has a Content-Type"))?
        .clone();
    let content_id = shared
        .world()
        .contents
        .add(body?, content_type, upload.preparing);
    Ok((
        StatusCode::CREATED,
        Json(json!({ "contentId": content_id })),
    ))
}
