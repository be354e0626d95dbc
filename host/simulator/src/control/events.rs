//! Acting as users.

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ControlError, parse};
use crate::events::{self, Act, Receipt};
use crate::webhook::{Delivery, Webhook};
use crate::world::Shared;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Acts {
    events: Vec<Act>,
}

#[derive(Serialize)]
pub(super) struct Acted {
    delivery: Delivery,
    events: Vec<Receipt>,
}

/// Lets users act, and tells the bot of all of it in one webhook. When any of it is impossible,
/// nothing happens.
pub(super) async fn act(
    State(shared): State<Shared>,
    Path(bot_id): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Acted>, ControlError> {
    let Acts { events: acts } = parse(body)?;
    let (webhook, receipts) = {
        let mut world = shared.world();
        for act in &acts {
            events::check(&world, act)?;
        }
        if world.bot(&bot_id).is_none() {
            return Err(ControlError::NotFound("bot", bot_id));
        }
        let events: Vec<Value> = acts
            .iter()
            .map(|act| events::complete(&mut world, &bot_id, act))
            .collect();
        let receipts = events.iter().map(Receipt::of).collect();
        let bot = world
            .bot(&bot_id)
            .ok_or(ControlError::NotFound("bot", bot_id))?;
        (Webhook::new(bot, bot.webhook.clone(), &events), receipts)
    };
    let delivery = shared.courier.deliver(webhook).await;
    Ok(Json(Acted {
        delivery,
        events: receipts,
    }))
}
