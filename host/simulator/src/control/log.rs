//! The log of a bot: what went between it and the platform.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ControlError;
use super::named;
use crate::delivery;
use crate::events;
use crate::webhook::Delivery;
use crate::world::Shared;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reader {
    /// The last sequence number that the reader knows.
    #[serde(default)]
    after: u64,
    /// Only so many of the newest.
    #[serde(default = "all")]
    last: usize,
}

/// Webhooks and calls, oldest first.
pub(super) async fn after(
    State(shared): State<Shared>,
    Path(bot_id): Path<String>,
    reader: Result<Query<Reader>, QueryRejection>,
) -> Result<Json<Value>, ControlError> {
    let Query(reader) = reader?;
    let world = shared.world();
    let bot = named::bot(&world, &bot_id)?;
    let entries = serde_json::to_value(bot.log.after(reader.after, reader.last))?;
    Ok(Json(json!({ "entries": entries })))
}

/// Webhooks and calls of all bots, in the order in which they ended.
pub(super) async fn of_all(
    State(shared): State<Shared>,
    reader: Result<Query<Reader>, QueryRejection>,
) -> Result<Json<Value>, ControlError> {
    let Query(reader) = reader?;
    let world = shared.world();
    let mut entries = Vec::new();
    for bot in world.bots() {
        for (order, entry) in bot.log.after_order(reader.after) {
            let mut entry = serde_json::to_value(entry)?;
            entry["botId"] = bot.id.as_str().into();
            entries.push((order, entry));
        }
    }
    entries.sort_by_key(|(order, _)| *order);
    let skipped = entries.len().saturating_sub(reader.last);
    let entries: Vec<Value> = entries
        .into_iter()
        .skip(skipped)
        .map(|(_, it)| it)
        .collect();
    Ok(Json(json!({ "entries": entries })))
}

/// Forgets the log of a bot. Numbers go on.
pub(super) async fn clear(
    State(shared): State<Shared>,
    Path(bot_id): Path<String>,
) -> Result<Json<Value>, ControlError> {
    let mut world = shared.world();
    named::bot_mut(&mut world, &bot_id)?.log.clear();
    Ok(Json(json!({})))
}

/// Delivers a webhook once more, as LINE does when the bot did not answer: the same events, marked
/// as redelivered (LINE documentation, "Redelivery of webhooks").
pub(super) async fn redeliver(
    State(shared): State<Shared>,
    Path((bot_id, seq)): Path<(String, u64)>,
) -> Result<Json<Delivery>, ControlError> {
    let webhook = {
        let mut world = shared.world();
        let bot = named::bot_mut(&mut world, &bot_id)?;
        let sent = bot.log.webhook(seq);
        let sent = sent.ok_or(ControlError::NotFound("webhook", seq.to_string()))?;
        let mut body: Value = serde_json::from_slice(&sent.body)?;
        let events = body["events"].as_array_mut();
        let events = events.map(std::mem::take).unwrap_or_default();
        let webhook = events::redelivery(bot, events);
        webhook.ok_or(ControlError::BadRequest("this webhook has no events"))?
    };
    Ok(Json(delivery::deliver(&shared, webhook).await))
}

fn all() -> usize {
    usize::MAX
}
