//! Acting as users.

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::{ControlError, parse};
use super::named;
use crate::delivery;
use crate::events::{self, Act, Receipt};
use crate::webhook::Delivery;
use crate::world::Shared;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Acts {
    events: Vec<Act>,
}

#[derive(Serialize)]
pub(super) struct Acted {
    /// `None` when there was nothing to tell the bot.
    delivery: Option<Delivery>,
    events: Vec<Receipt>,
    /// What LINE would never send in these events.
    warnings: Vec<String>,
}

/// Lets users act, and tells the bot of all their acts in one webhook. When one of them is
/// impossible, none happens.
pub(super) async fn act(
    State(shared): State<Shared>,
    Path(bot_id): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Acted>, ControlError> {
    let Acts { events } = parse(body)?;
    perform(&shared, bot_id, &events).await.map(Json)
}

impl Acted {
    pub(super) fn empty() -> Self {
        Self {
            delivery: None,
            events: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

pub(super) async fn perform(
    shared: &Shared,
    bot_id: String,
    acts: &[Act],
) -> Result<Acted, ControlError> {
    let mut warnings = Vec::new();
    let (webhook, webhooks_of_modules, receipts) = {
        let mut world = shared.world();
        for (index, act) in acts.iter().enumerate() {
            events::check(&world, act)?;
            let odd = events::warnings(&world, &bot_id, act)?;
            warnings.extend(odd.iter().map(|odd| format!("events[{index}].{odd}")));
        }
        named::bot(&world, &bot_id)?;
        let events: Vec<Value> = acts
            .iter()
            .map(|act| events::complete(&mut world, &bot_id, act))
            .collect();
        let receipts = events.iter().map(Receipt::of).collect();
        let of_modules = events::webhooks_of_modules(&mut world, &bot_id, acts, &events);
        let bot = named::bot(&world, &bot_id)?;
        (
            bot.webhook_to(bot.webhook.clone(), &events),
            of_modules,
            receipts,
        )
    };
    for webhook in webhooks_of_modules {
        delivery::send(shared, webhook);
    }
    let busy = shared.busy();
    let delivery = delivery::deliver(shared, webhook).await;
    drop(busy);
    Ok(Acted {
        delivery: Some(delivery),
        events: receipts,
        warnings,
    })
}
