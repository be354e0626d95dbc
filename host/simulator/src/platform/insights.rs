//! Insights: what LINE has counted. It hides what few users did, and the simulator's users are
//! few: impressions and clicks are always hidden here.

use std::borrow::Cow;

use axum::Router;
use axum::http::StatusCode;
use botbox_line::Operation;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::rich_menus::find;
use super::serve::{Call, operation};
use super::statistics::asked_day;
use crate::answer::{Answer, Refusal};
use crate::bots::Acquaintance;
use crate::bots::chats::Via;
use crate::clock;
use crate::validation;
use crate::world::Shared;

/// How far back insights on rich menus go.
const MAX_AGE_YEARS: i32 = 3;

/// The first days that LINE counted (LINE reference, "Get number of message deliveries" and "Get
/// number of followers").
const FIRST_DAY_OF_DELIVERIES: u32 = 20_170_301;
const FIRST_DAY_OF_FOLLOWERS: u32 = 20_161_101;

const NO_DATE: Refusal = Refusal::specific(StatusCode::BAD_REQUEST, "date is required");
const BAD_REQUEST: Refusal = Refusal::specific(StatusCode::BAD_REQUEST, "Bad Request");
/// What LINE says instead of a reason (LINE reference, "Get statistics per unit").
const NO_STATISTIC: Refusal = Refusal::Nothing(StatusCode::BAD_REQUEST);

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::GetFriendsDemographics, demographics))
        .merge(operation(
            Operation::GetNumberOfMessageDeliveries,
            deliveries,
        ))
        .merge(operation(Operation::GetNumberOfFollowers, followers))
        .merge(operation(Operation::GetMessageEvent, message_event))
        .merge(operation(Operation::GetStatisticsPerUnit, unit))
        .merge(operation(
            Operation::GetRichMenuInsightSummary,
            rich_menu_summary,
        ))
        .merge(operation(
            Operation::GetRichMenuInsightDaily,
            rich_menu_daily,
        ))
}

/// The simulator's users have no age, gender or home.
async fn demographics(_: Shared, _: Call) -> Result<Answer, Refusal> {
    Ok(Answer::json(&json!({ "available": false })))
}

async fn deliveries(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let day = asked_day(&call, "date").map_err(|_| BAD_REQUEST)?;
    if let Some(early) = not_counted(&call, day, FIRST_DAY_OF_DELIVERIES) {
        return Ok(early);
    }
    let mut world = shared.world();
    let sent = &call.bot(&mut world)?.deliveries;
    Ok(Answer::json(&json!({
        "status": "ready",
        "apiBroadcast": sent.on(day, Via::Broadcast),
        "apiPush": sent.on(day, Via::Push),
        "apiMulticast": sent.on(day, Via::Multicast),
        "apiNarrowcast": sent.on(day, Via::Narrowcast),
        "apiReply": sent.on(day, Via::Reply),
    })))
}

/// The simulator keeps no history of its users: any day that LINE would have counted is like now.
async fn followers(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    call.query("date").ok_or(NO_DATE)?;
    let day = asked_day(&call, "date").map_err(|_| BAD_REQUEST)?;
    if let Some(early) = not_counted(&call, day, FIRST_DAY_OF_FOLLOWERS) {
        return Ok(early);
    }
    let mut world = shared.world();
    let bot = call.bot(&mut world)?;
    let friends = bot.count(Acquaintance::Friend);
    let blocks = bot.count(Acquaintance::Blocked);
    Ok(Answer::json(&json!({
        "status": "ready",
        // A block does not lower it.
        "followers": friends + blocks,
        "targetedReaches": friends,
        "blocks": blocks,
    })))
}

async fn message_event(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request_id = call.query("requestId").unwrap_or_default();
    if request_id.is_empty() {
        return Err(Refusal::InvalidParameter("requestId"));
    }
    let mut world = shared.world();
    let mailing = call.bot(&mut world)?.mailings.get(&request_id, call.time);
    let mut overview = hidden_overview();
    overview["requestId"] = request_id.as_str().into();
    overview["timestamp"] = json!(mailing.map(|mailing| mailing.sent_at / 1000));
    overview["delivered"] = json!(mailing.map(|mailing| mailing.recipients));
    let count = mailing.map_or(0, |mailing| mailing.messages);
    let messages: Vec<Value> = (1..=count).map(hidden_message).collect();
    Ok(Answer::json(&json!({
        "overview": overview,
        "messages": messages,
        "clicks": [],
    })))
}

async fn unit(_: Shared, call: Call) -> Result<Answer, Refusal> {
    let unit = call.query("customAggregationUnit").unwrap_or_default();
    if !validation::is_aggregation_unit(&unit) {
        return Err(NO_STATISTIC);
    }
    check_period(&call, 30).map_err(|_| NO_STATISTIC)?;
    Ok(Answer::json(&json!({
        "overview": hidden_overview(),
        "messages": [],
        "clicks": [],
    })))
}

async fn rich_menu_summary(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    rich_menu(&shared, &call, 396)
}

async fn rich_menu_daily(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    rich_menu(&shared, &call, 99)
}

fn rich_menu(shared: &Shared, call: &Call, max_days: i32) -> Result<Answer, Refusal> {
    let from = check_period(call, max_days)?;
    let first = today(call).saturating_sub(MAX_AGE_YEARS.years());
    if from < first {
        let message = format!("Parameter from must be the same date as, or after {first}.");
        return Err(bad_request(message));
    }
    let mut world = shared.world();
    let menu = find(&call.bot(&mut world)?.rich_menus, call)?;
    Ok(Answer::json(&json!({ "richMenuId": menu.id })))
}

/// Checks that `to` is at most so many days after `from`, and gives the latter.
fn check_period(call: &Call, max_days: i32) -> Result<Date, Refusal> {
    let date = |name| {
        let day = asked_day(call, name).ok().and_then(clock::date);
        day.ok_or(BAD_REQUEST)
    };
    let (from, to) = (date("from")?, date("to")?);
    if to < from {
        let message = "Parameter to must be the same date as, or after parameter from.";
        return Err(bad_request(message));
    }
    if to > from.saturating_add(max_days.days()) {
        let message = format!("Date range exceeds. Max range is {max_days} days.");
        return Err(bad_request(message));
    }
    Ok(from)
}

/// The answer for days that LINE has not counted yet, or never did.
fn not_counted(call: &Call, day: u32, first_day: u32) -> Option<Answer> {
    let status = if day < first_day {
        "out_of_service"
    } else if day > clock::statistics_day(call.time) {
        "unready"
    } else {
        return None;
    };
    Some(Answer::json(&json!({ "status": status })))
}

fn bad_request(message: impl Into<Cow<'static, str>>) -> Refusal {
    Refusal::Specific {
        status: StatusCode::BAD_REQUEST,
        message: message.into(),
        details: None,
    }
}

fn hidden_overview() -> Value {
    json!({
        "uniqueImpression": null,
        "uniqueClick": null,
        "uniqueMediaPlayed": null,
        "uniqueMediaPlayed100Percent": null,
    })
}

fn hidden_message(seq: usize) -> Value {
    json!({
        "seq": seq,
        "impression": null,
        "mediaPlayed": null,
        "mediaPlayed25Percent": null,
        "mediaPlayed50Percent": null,
        "mediaPlayed75Percent": null,
        "mediaPlayed100Percent": null,
        "uniqueMediaPlayed": null,
        "uniqueMediaPlayed25Percent": null,
        "uniqueMediaPlayed50Percent": null,
        "uniqueMediaPlayed75Percent": null,
        "uniqueMediaPlayed100Percent": null,
    })
}

fn today(call: &Call) -> Date {
    clock::date(clock::statistics_day(call.time)).unwrap_or_default()
}
