//! Sending messages to chosen chats and to all friends, and validating them.

use axum::Router;
use botbox_line::Operation;
use serde_json::{Value, json};

use super::sending::{charge, send, send_once, send_to_all};
use super::serve::{Call, operation};
use crate::answer::{Answer, Refusal};
use crate::bots::chats::Via;
use crate::bots::{Acquaintance, Bot};
use crate::world::{Shared, World};
use crate::{ids, validation};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::ReplyMessage, reply))
        .merge(operation(Operation::PushMessage, push))
        .merge(operation(Operation::Multicast, multicast))
        .merge(operation(Operation::Broadcast, broadcast))
        .merge(operation(Operation::ValidateReply, validate))
        .merge(operation(Operation::ValidatePush, validate))
        .merge(operation(Operation::ValidateMulticast, validate))
        .merge(operation(Operation::ValidateNarrowcast, validate))
        .merge(operation(Operation::ValidateBroadcast, validate))
}

async fn reply(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    Refusal::unless_valid(validation::reply(&request))?;

    let token = request["replyToken"].as_str().unwrap_or_default();
    let mut world = shared.world();
    let spent = call.bot(&mut world)?.reply_tokens.spend(token);
    let chat_id = spent.ok_or(Refusal::InvalidReplyToken)?;
    let recipients = world.people_in(&chat_id);
    let bot = call.bot(&mut world)?;
    charge(bot, Via::Reply, recipients)?;
    let sent = send(bot, Some(&chat_id), Via::Reply, &request["messages"]);
    Ok(Answer::json(&json!({ "sentMessages": sent })))
}

async fn push(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    send_once(&shared, &call, validation::push, |world, request| {
        let to = request["to"].as_str().unwrap_or_default();
        let reached = reach(world, &call, to)?.then_some(to);
        let recipients = reached.map_or(0, |chat_id| world.people_in(chat_id));
        let bot = call.bot(world)?;
        charge(bot, Via::Push, recipients)?;
        assign_units(bot, request);
        let sent = send(bot, reached, Via::Push, &request["messages"]);
        Ok(json!({ "sentMessages": sent }))
    })
}

/// One user that does not exist spoils the whole call; of the others, friends are reached (LINE
/// reference, "Send multicast message").
async fn multicast(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    send_once(&shared, &call, validation::multicast, |world, request| {
        let to = request["to"].as_array().into_iter().flatten();
        let mut friends = Vec::new();
        for (index, user_id) in to.enumerate() {
            let user = user_id.as_str().and_then(|user_id| world.user(user_id));
            let user = user.ok_or_else(|| Refusal::InvalidProperty(format!("to[{index}]")))?;
            let user_id = user.user_id.clone();
            if call.bot(world)?.acquaintance(&user_id) == Some(Acquaintance::Friend) {
                friends.push(user_id);
            }
        }
        let bot = call.bot(world)?;
        charge(bot, Via::Multicast, friends.len())?;
        assign_units(bot, request);
        send_to_all(bot, &friends, Via::Multicast, &request["messages"]);
        Ok(json!({}))
    })
}

async fn broadcast(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    send_once(&shared, &call, validation::broadcast, |world, request| {
        let bot = call.bot(world)?;
        let friends: Vec<String> = bot.friends().map(str::to_owned).collect();
        charge(bot, Via::Broadcast, friends.len())?;
        send_to_all(bot, &friends, Via::Broadcast, &request["messages"]);
        let messages = request["messages"].as_array().map_or(0, Vec::len);
        bot.mailings.add(&call.request_id, friends.len(), messages);
        Ok(json!({}))
    })
}

/// LINE looks at `messages` only, and at them alike for all ways of sending.
async fn validate(_: Shared, call: Call) -> Result<Answer, Refusal> {
    Refusal::unless_valid(validation::messages(&call.json()?))?;
    Ok(Answer::json(&json!({})))
}

/// Whether a push to `to` arrives. To users who blocked the bot or never met it, it is accepted
/// and dropped; to whom does not exist, it is refused (LINE reference, "Send push message").
fn reach(world: &mut World, call: &Call, to: &str) -> Result<bool, Refusal> {
    if !ids::is_chat(to) {
        return Err(Refusal::InvalidProperty("to".to_owned()));
    }
    let user_exists = world.user(to).is_some();
    let bot = call.bot(world)?;
    if user_exists {
        Ok(bot.reaches(to))
    } else if bot.is_in(to) {
        Ok(true)
    } else {
        Err(Refusal::FailedToSend)
    }
}

fn assign_units(bot: &mut Bot, request: &Value) {
    let units = request["customAggregationUnits"].as_array();
    for unit in units.into_iter().flatten().filter_map(Value::as_str) {
        bot.deliveries.assign_unit(unit);
    }
}
