//! What a host tells of what it did with an event, for who looks at the log.

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bytes::Bytes;
use serde_json::{Value, json};

use super::error::{ControlError, parse};
use super::named;
use crate::bots::log::Note;
use crate::clock;
use crate::world::Shared;

/// Adds a note to the log of a bot.
pub(super) async fn add(
    State(shared): State<Shared>,
    Path(bot_id): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Value>), ControlError> {
    let note: Note = parse(body)?;
    let time = clock::now_ms(&shared.settings.clock);
    named::bot_mut(&mut shared.world(), &bot_id)?.log_note(time, note);
    Ok((StatusCode::CREATED, Json(json!({}))))
}
