//! Memberships.

use axum::Router;
use axum::http::StatusCode;
use botbox_line::Operation;
use serde_json::{Value, json};

use super::page::Page;
use super::serve::{Call, operation};
use crate::answer::{Answer, Refusal};
use crate::bots::Acquaintance;
use crate::bots::memberships::Plan;
use crate::world::Shared;

const NO_PLAN: Refusal = Refusal::specific(StatusCode::NOT_FOUND, "Membership plan not found");
const UNKNOWN_PLAN: Refusal =
    Refusal::specific(StatusCode::NOT_FOUND, "Membership ID is not found");

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::GetMembershipList, list))
        .merge(operation(
            Operation::GetMembershipSubscription,
            subscriptions,
        ))
        .merge(operation(Operation::GetJoinedMembershipUsers, members))
}

async fn list(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let plans = &call.bot(&mut world)?.memberships;
    if plans.is_empty() {
        return Err(NO_PLAN);
    }
    let plans: Vec<Value> = plans.iter().map(Plan::view).collect();
    Ok(Answer::json(&json!({ "memberships": plans })))
}

async fn subscriptions(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let user_id = call.user_id()?;
    let mut world = shared.world();
    let plans = call.bot(&mut world)?.memberships.iter();
    let subscriptions: Vec<Value> = plans
        .filter_map(|plan| plan.subscription(user_id, call.time))
        .collect();
    if subscriptions.is_empty() {
        return Err(Refusal::NotFound);
    }
    Ok(Answer::json(&json!({ "subscriptions": subscriptions })))
}

/// Only members who are friends (LINE reference, "Get a list of users who have joined the
/// membership").
async fn members(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let page = Page::asked_for(&call, 300, 1000)?;
    let id: Option<u64> = call.param("membershipId").parse().ok();
    let mut world = shared.world();
    let bot = call.bot(&mut world)?;
    let mut plans = bot.memberships.iter();
    let plan = plans.find(|plan| Some(plan.offer.membership_id) == id);
    let members = plan.ok_or(UNKNOWN_PLAN)?.members();
    let is_friend = |user_id: &&str| bot.acquaintance(user_id) == Some(Acquaintance::Friend);
    Ok(page.answer("userIds", members.filter(is_friend)))
}
