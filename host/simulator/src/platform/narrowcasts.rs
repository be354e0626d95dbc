//! Narrowcasts. A recipient and a filter are checked as LINE checks them, but the simulator's
//! users have no attributes to be filtered by: a narrowcast goes to all friends of the bot, as many
//! as its limit allows.

use axum::Router;
use axum::http::StatusCode;
use botbox_line::Operation;
use serde_json::{Value, json};
use uuid::Uuid;

use super::sending::{charge, send_once, send_to_all};
use super::serve::{Call, operation};
use crate::answer::{Answer, Refusal};
use crate::bots::Bot;
use crate::bots::chats::Via;
use crate::bots::mailings::Mailing;
use crate::bots::narrowcasts::{Narrowcast, Outcome};
use crate::validation;
use crate::world::Shared;

/// How many friends a bot needs for a filter (LINE reference, "Send narrowcast message").
const MIN_FRIENDS_FOR_FILTER: usize = 100;

const TOO_FEW_FRIENDS: Refusal = Refusal::specific(
    StatusCode::FORBIDDEN,
    "Your account does not have enough friends",
);

const PARTIAL_DELIVERY_WITHOUT_QUOTA: Refusal = Refusal::specific(
    StatusCode::BAD_REQUEST,
    "The option forbidPartialDelivery must be used with upToRemainingQuota.",
);

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::Narrowcast, narrowcast))
        .merge(operation(Operation::GetNarrowcastProgress, progress))
}

async fn narrowcast(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut answer = send_once(&shared, &call, validation::narrowcast, |world, request| {
        let bot = call.bot(world)?;
        check_recipient(bot, &request["recipient"], call.time)?;
        let mut friends: Vec<String> = bot.friends().map(str::to_owned).collect();
        let filtered = request
            .pointer("/filter/demographic")
            .is_some_and(Value::is_object);
        if filtered && friends.len() < MIN_FRIENDS_FOR_FILTER {
            return Err(TOO_FEW_FRIENDS);
        }

        let limit = Limit::of(bot, &request["limit"])?;
        let outcome = if limit.whole_or_nothing && friends.len() > limit.recipients {
            friends.clear();
            Outcome::Canceled
        } else {
            friends.truncate(limit.recipients);
            Outcome::Succeeded
        };
        charge(bot, Via::Narrowcast, friends.len())?;
        send_to_all(bot, &friends, Via::Narrowcast, &request["messages"]);
        let messages = request["messages"].as_array().map_or(0, Vec::len);
        let mailing = Mailing {
            sent_at: call.time,
            recipients: friends.len(),
            messages,
        };
        bot.mailings.add(&call.request_id, mailing);
        bot.narrowcasts
            .forget_while(|known| known.is_forgotten(call.time));
        let accepted = Narrowcast::new(friends.len(), outcome, call.time);
        bot.narrowcasts.insert(call.request_id.clone(), accepted);
        Ok(json!({}))
    })?;
    if answer.status == StatusCode::OK {
        answer.status = StatusCode::ACCEPTED;
    }
    Ok(answer)
}

async fn progress(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request_id = call.query("requestId").unwrap_or_default();
    if Uuid::parse_str(&request_id).is_err() {
        return Err(Refusal::InvalidParameter("requestId"));
    }
    let mut world = shared.world();
    let narrowcast = call.bot(&mut world)?.narrowcasts.get_mut(&request_id);
    let narrowcast = narrowcast.filter(|narrowcast| !narrowcast.is_forgotten(call.time));
    let narrowcast = narrowcast.ok_or(Refusal::NotFound)?;
    Ok(Answer::json(&narrowcast.next_progress()))
}

/// How many users a narrowcast may reach (LINE reference, "Limit objects").
struct Limit {
    recipients: usize,
    /// Whether nobody is to be reached when not all are.
    whole_or_nothing: bool,
}

impl Limit {
    fn of(bot: &Bot, limit: &Value) -> Result<Self, Refusal> {
        let is_set = |name: &str| limit[name].as_bool().unwrap_or_default();
        let (up_to_quota, whole_or_nothing) = (
            is_set("upToRemainingQuota"),
            is_set("forbidPartialDelivery"),
        );
        if whole_or_nothing && !up_to_quota {
            return Err(PARTIAL_DELIVERY_WITHOUT_QUOTA);
        }
        let max = limit["max"].as_u64().unwrap_or(u64::MAX);
        let left = bot.remaining_quota().filter(|_| up_to_quota);
        let recipients = max.min(left.unwrap_or(u64::MAX));
        Ok(Self {
            recipients: usize::try_from(recipients).unwrap_or(usize::MAX),
            whole_or_nothing,
        })
    }
}

/// A recipient names audiences that the bot has, and narrowcasts that were sent.
fn check_recipient(bot: &Bot, recipient: &Value, now: u64) -> Result<(), Refusal> {
    for condition in validation::leaves(recipient) {
        if let Some(id) = condition["audienceGroupId"].as_u64()
            && bot.audiences.get(id).is_none()
        {
            return Err(Refusal::InvalidAudience(id));
        }
        if let Some(request_id) = condition["requestId"].as_str() {
            let known = bot.narrowcasts.get(request_id);
            if !known.is_some_and(|known| known.succeeded() && !known.is_forgotten(now)) {
                return Err(Refusal::InvalidRequestId(request_id.to_owned()));
            }
        }
    }
    Ok(())
}
