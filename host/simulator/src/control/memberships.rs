//! Membership plans.

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{ControlError, parse};
use super::named;
use crate::bots::memberships::{Limits, MAX_PLANS, Offer, Plan};
use crate::world::Shared;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plans {
    memberships: Vec<NewPlan>,
}

#[derive(Deserialize)]
struct NewPlan {
    #[serde(flatten)]
    offer: Offer,
    #[serde(flatten)]
    limits: Limits,
    /// User ids.
    #[serde(default)]
    members: Vec<String>,
}

/// Sets the plans that a bot offers, with their first members.
pub(super) async fn set(
    State(shared): State<Shared>,
    Path(bot_id): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, ControlError> {
    let Plans { memberships } = parse(body)?;
    if memberships.len() > MAX_PLANS {
        return Err(ControlError::Full(MAX_PLANS, "membership plans"));
    }
    let mut world = shared.world();
    for user_id in memberships.iter().flat_map(|plan| &plan.members) {
        named::check_user(&world, user_id)?;
    }
    let now = world.now();
    let bot = named::bot_mut(&mut world, &bot_id)?;
    let plans = memberships.into_iter().map(|new| {
        let mut plan = Plan::new(new.offer, new.limits);
        for user_id in &new.members {
            plan.join(user_id, now);
        }
        plan
    });
    bot.memberships = plans.collect();
    Ok(Json(json!({})))
}
