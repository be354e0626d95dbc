//! Chats, as both sides see them.

use std::time::Duration;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};

use super::ControlError;
use crate::bots::chats::{Chat, ChatMessage};
use crate::world::{Shared, World};

/// The longest that a reader waits, in milliseconds.
const MAX_WAIT_MS: u64 = 30_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reader {
    /// The last sequence number that the reader knows.
    #[serde(default)]
    after: u64,
    /// How long to wait for a message when there is none, in milliseconds.
    #[serde(default)]
    wait: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Messages {
    messages: Vec<ChatMessage>,
    /// The sequence number up to which the bot marked messages as read.
    read: u64,
    /// Until when the loading animation is shown, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    loading_until: Option<u64>,
}

pub(super) async fn messages(
    State(shared): State<Shared>,
    Path((bot_id, chat_id)): Path<(String, String)>,
    reader: Result<Query<Reader>, QueryRejection>,
) -> Result<Json<Messages>, ControlError> {
    let Query(reader) = reader?;
    let mut last = find(&mut shared.world(), &bot_id, &chat_id)?.watch();

    let wait = Duration::from_millis(reader.wait.min(MAX_WAIT_MS));
    tokio::select! {
        _ = last.wait_for(|last| *last > reader.after) => {}
        () = tokio::time::sleep(wait) => {}
        () = shared.until_stopped() => {}
    }

    let mut world = shared.world();
    let chat = find(&mut world, &bot_id, &chat_id)?;
    Ok(Json(Messages {
        messages: chat.after(reader.after),
        read: chat.read(),
        loading_until: chat.loading_until(),
    }))
}

fn find<'a>(
    world: &'a mut World,
    bot_id: &str,
    chat_id: &str,
) -> Result<&'a mut Chat, ControlError> {
    if world.user(chat_id).is_none() && world.group(chat_id).is_none() {
        return Err(ControlError::NotFound(
            "user, group or room",
            chat_id.to_owned(),
        ));
    }
    let bot = world.bot_mut(bot_id);
    Ok(bot
        .ok_or(ControlError::NotFound("bot", bot_id.to_owned()))?
        .chat(chat_id))
}
