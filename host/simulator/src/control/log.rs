//! The log of a bot: what went between it and the platform.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::ControlError;
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
    let bot = world
        .bot(&bot_id)
        .ok_or(ControlError::NotFound("bot", bot_id))?;
    let entries = serde_json::to_value(bot.log.after(reader.after, reader.last))?;
    Ok(Json(json!({ "entries": entries })))
}

/// Delivers a webhook once more, as LINE does when the bot did not answer: the same events, marked
/// as redelivered (LINE documentation, "Redelivery of webhooks").
pub(super) async fn redeliver(
    State(shared): State<Shared>,
    Path((bot_id, seq)): Path<(String, u64)>,
) -> Result<Json<Delivery>, ControlError> {
    let webhook = {
        let mut world = shared.world();
        let bot = world.bot_mut(&bot_id);
        let bot = bot.ok_or(ControlError::NotFound("bot", bot_id))?;
        let sent = bot.log.webhook(seq);
        let sent = sent.ok_or(ControlError::NotFound("webhook", seq.to_string()))?;
        let mut body: Value = serde_json::from_slice(&sent.body)?;
        let events = body["events"].as_array_mut();
        let mut events = events.map(std::mem::take).unwrap_or_default();
        for event in &mut events {
            event["deliveryContext"]["isRedelivery"] = true.into();
            events::sent_again(bot, event);
        }
        bot.webhook_to(bot.webhook.clone(), &events)
    };
    Ok(Json(delivery::deliver(&shared, webhook).await))
}

fn all() -> usize {
    usize::MAX
}
