//! Uploads of the bytes that users send.

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ControlError;
use super::named;
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

/// What a user sent, as the bot would fetch it; it is not logged as a call of the bot's.
pub(super) async fn of_message(
    State(shared): State<Shared>,
    Path((bot_id, message_id)): Path<(String, String)>,
) -> Result<Response, ControlError> {
    let world = shared.world();
    let bot = named::bot(&world, &bot_id)?;
    let message = bot.messages_with_content.get(&message_id);
    let content = message
        .filter(|message| !message.unsent)
        .and_then(|message| world.contents.get(&message.content_id));
    let content = content.ok_or(ControlError::NotFound("content of message", message_id))?;
    Ok(media(content.content_type.clone(), content.bytes.clone()))
}

/// Bytes that somebody uploaded. A browser must not take them for a page of the simulator's.
pub(super) fn media(content_type: HeaderValue, bytes: Bytes) -> Response {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, content_type);
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    );
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // What has an id never changes.
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("private, max-age=3600"),
    );
    response
}
