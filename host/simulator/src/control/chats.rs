//! Chats, as both sides see them.

use std::time::Duration;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ControlError;
use super::named;
use crate::bots::Acquaintance;
use crate::bots::chats::{Chat, ChatMessage};
use crate::clock;
use crate::world::{Shared, World};

/// The longest that a reader waits, in milliseconds.
const MAX_WAIT_MS: u64 = 30_000;

/// How many chats are listed: those with the newest messages. Nobody looks through more.
const MAX_LISTED: usize = 1_000;

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
    /// The simulator's time, which may have been moved.
    now: u64,
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

    let now = clock::now_ms(&shared.settings.clock);
    let mut world = shared.world();
    let chat = find(&mut world, &bot_id, &chat_id)?;
    Ok(Json(Messages {
        messages: chat.after(reader.after),
        read: chat.read(),
        loading_until: chat.loading_until(),
        now,
    }))
}

/// Forgets what was said in a chat.
pub(super) async fn delete(
    State(shared): State<Shared>,
    Path((bot_id, chat_id)): Path<(String, String)>,
) -> Result<Json<Value>, ControlError> {
    let mut world = shared.world();
    let bot = named::bot_mut(&mut world, &bot_id)?;
    let was_there = bot.forget_chat(&chat_id);
    named::deleted(was_there, "chat", chat_id)
}

/// All chats that the bot has or could have: with each user, group and room.
pub(super) async fn list(
    State(shared): State<Shared>,
    Path(bot_id): Path<String>,
) -> Result<Json<Value>, ControlError> {
    let world = shared.world();
    let bot = named::bot(&world, &bot_id)?;
    let users = world.users().map(|user| {
        let standing = bot.acquaintance(&user.user_id);
        let view = json!({
            "kind": "user",
            "chatId": user.user_id,
            "name": user.profile.display_name,
            "pictureUrl": user.profile.picture_url,
            "standing": standing.map_or("unknown", Acquaintance::name),
            "richMenuId": bot.rich_menus.seen_by(&user.user_id).map(|menu| &menu.id),
        });
        (user.user_id.as_str(), view)
    });
    let groups = world.groups().map(|group| {
        let view = json!({
            "kind": group.kind,
            "chatId": group.id,
            "name": group.name,
            "pictureUrl": group.picture_url,
            "members": group.members,
            "standing": if bot.is_in(&group.id) { "member" } else { "unknown" },
        });
        (group.id.as_str(), view)
    });
    let mut chats: Vec<(u64, Value)> = users
        .chain(groups)
        .map(|(chat_id, mut view)| {
            let newest = bot.known_chat(chat_id).and_then(Chat::newest);
            view["newest"] = json!(newest);
            (newest.map_or(0, ChatMessage::timestamp), view)
        })
        .collect();
    chats.sort_by(|(a, first), (b, second)| {
        let name = |chat: &Value| chat["name"].as_str().unwrap_or_default().to_owned();
        b.cmp(a).then_with(|| name(first).cmp(&name(second)))
    });
    let chats: Vec<Value> = chats
        .into_iter()
        .take(MAX_LISTED)
        .map(|(_, view)| view)
        .collect();
    Ok(Json(json!({ "chats": chats })))
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
    Ok(named::bot_mut(world, bot_id)?.chat(chat_id))
}
