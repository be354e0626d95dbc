//! The bytes of images, videos, audios and files that users sent.

use axum::Router;
use axum::http::{HeaderValue, StatusCode};
use botbox_line::Operation;
use bytes::Bytes;
use serde_json::json;

use super::serve::{Call, operation};
use crate::answer::{Answer, Refusal};
use crate::contents::Content;
use crate::world::{Shared, World};

const NO_PREVIEW: Refusal =
    Refusal::specific(StatusCode::BAD_REQUEST, "The content can not be previewed");
const NOT_TRANSCODED: Refusal = Refusal::specific(
    StatusCode::BAD_REQUEST,
    "Transcoding status doesn't support this type of content",
);
const NOT_FOUND: Refusal = Refusal::specific(StatusCode::NOT_FOUND, "not found");
const GONE: Refusal = Refusal::specific(StatusCode::GONE, "The content is gone");

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::GetMessageContent, bytes))
        .merge(operation(Operation::GetMessageContentPreview, preview))
        .merge(operation(
            Operation::GetMessageContentTranscodingByMessageId,
            transcoding,
        ))
}

async fn bytes(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let (content, _) = find(&mut world, &call)?;
    if !content.is_ready() {
        return Ok(Answer::empty(StatusCode::ACCEPTED));
    }
    Ok(Answer::new(
        StatusCode::OK,
        content.content_type.clone(),
        content.bytes.clone(),
    ))
}

/// Nothing here can shrink an image or look into a video: the preview of an image is the image,
/// and that of a video is one dark pixel.
async fn preview(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let (content, message_type) = find(&mut world, &call)?;
    let (content_type, bytes) = match message_type.as_str() {
        "image" => (content.content_type.clone(), content.bytes.clone()),
        "video" => (
            HeaderValue::from_static("image/png"),
            Bytes::from_static(include_bytes!("dark.png")),
        ),
        _ => return Err(NO_PREVIEW),
    };
    Ok(Answer::new(StatusCode::OK, content_type, bytes))
}

async fn transcoding(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let (content, message_type) = find(&mut world, &call)?;
    if !matches!(message_type.as_str(), "video" | "audio") {
        return Err(NOT_TRANSCODED);
    }
    let status = if content.is_ready() {
        "succeeded"
    } else {
        "processing"
    };
    Ok(Answer::json(&json!({ "status": status })))
}

/// The content of the message that the call names, and the message's type.
fn find<'a>(world: &'a mut World, call: &Call) -> Result<(&'a mut Content, String), Refusal> {
    let bot = call.bot(world)?;
    let message = bot.messages_with_content.get(call.param("messageId"));
    let message = message.ok_or(NOT_FOUND)?;
    if message.unsent {
        return Err(GONE);
    }
    let (content_id, message_type) = (message.content_id.clone(), message.message_type.clone());
    let content = world.contents.get_mut(&content_id).ok_or(NOT_FOUND)?;
    Ok((content, message_type))
}
