//! The month's quota, how many messages were sent, and the names of aggregation units.

use axum::Router;
use botbox_line::Operation;
use serde_json::json;

use super::page::Page;
use super::serve::{Call, operation};
use crate::answer::{Answer, Refusal};
use crate::bots::chats::Via;
use crate::clock;
use crate::world::Shared;

/// The first day that LINE counted, 2018-03-31 (LINE reference, "Get number of sent reply messages").
const FIRST_DAY: u32 = 20_180_331;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::GetMessageQuota, quota))
        .merge(operation(
            Operation::GetMessageQuotaConsumption,
            quota_consumption,
        ))
        .merge(operation(
            Operation::GetNumberOfSentReplyMessages,
            sent_replies,
        ))
        .merge(operation(
            Operation::GetNumberOfSentPushMessages,
            sent_pushes,
        ))
        .merge(operation(
            Operation::GetNumberOfSentMulticastMessages,
            sent_multicasts,
        ))
        .merge(operation(
            Operation::GetNumberOfSentBroadcastMessages,
            sent_broadcasts,
        ))
        .merge(operation(
            Operation::GetPnpMessageStatistics,
            sent_notifications,
        ))
        .merge(operation(
            Operation::GetTemplatedPnpMessageStatistics,
            sent_templated_notifications,
        ))
        .merge(operation(Operation::GetAggregationUnitUsage, unit_usage))
        .merge(operation(Operation::GetAggregationUnitNameList, unit_names))
}

async fn quota(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let quota = call.bot(&mut world)?.settings.monthly_quota;
    Ok(Answer::json(&match quota {
        Some(value) => json!({ "type": "limited", "value": value }),
        None => json!({ "type": "none" }),
    }))
}

async fn quota_consumption(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let usage = call.bot(&mut world)?.deliveries.this_month();
    Ok(Answer::json(&json!({ "totalUsage": usage })))
}

async fn sent_replies(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    sent(&shared, &call, Via::Reply)
}

async fn sent_pushes(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    sent(&shared, &call, Via::Push)
}

async fn sent_multicasts(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    sent(&shared, &call, Via::Multicast)
}

async fn sent_broadcasts(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    sent(&shared, &call, Via::Broadcast)
}

async fn sent_notifications(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    sent(&shared, &call, Via::Notification)
}

async fn sent_templated_notifications(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    sent(&shared, &call, Via::TemplatedNotification)
}

/// LINE has counted a day by the next; the simulator counts at once.
fn sent(shared: &Shared, call: &Call, via: Via) -> Result<Answer, Refusal> {
    let day = asked_day(call, "date")?;
    let mut world = shared.world();
    let success = call.bot(&mut world)?.deliveries.on(day, via);
    Ok(Answer::json(&if day < FIRST_DAY {
        json!({ "status": "out_of_service" })
    } else {
        json!({ "status": "ready", "success": success })
    }))
}

/// The day that a parameter names, in the form `yyyyMMdd`.
pub(super) fn asked_day(call: &Call, name: &'static str) -> Result<u32, Refusal> {
    let date = call.query(name).unwrap_or_default();
    let digits = date.len() == 8 && date.bytes().all(|b| b.is_ascii_digit());
    let day = date.parse().ok().filter(|_| digits);
    day.filter(|day| clock::date(*day).is_some())
        .ok_or(Refusal::InvalidParameter(name))
}

async fn unit_usage(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let count = call.bot(&mut world)?.deliveries.units().count();
    Ok(Answer::json(
        &json!({ "numOfCustomAggregationUnits": count }),
    ))
}

async fn unit_names(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let page = Page::asked_for(&call, 100, 100)?;
    let mut world = shared.world();
    let units = call.bot(&mut world)?.deliveries.units();
    Ok(page.answer("customAggregationUnits", units))
}
