//! Sending messages to chosen chats and to all friends, and validating them.

use axum::Router;
use botbox_line::Operation;
use serde_json::{Value, json};

use super::chat_rules;
use super::sending::{charge, send, send_once, send_to_all};
use super::serve::{Call, operation};
use crate::answer::{Answer, Refusal};
use crate::bots::chats::Via;
use crate::bots::mailings::Mailing;
use crate::bots::{Acquaintance, Bot};
use crate::ids;
use crate::validation::{self, Recipients};
use crate::world::{Shared, World};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::ReplyMessage, reply))
        .merge(operation(Operation::PushMessage, push))
        .merge(operation(Operation::Multicast, multicast))
        .merge(operation(Operation::Broadcast, broadcast))
        .merge(operation(Operation::ValidateReply, validate_for_chat))
        .merge(operation(Operation::ValidatePush, validate_for_chat))
        .merge(operation(Operation::ValidateMulticast, validate_for_many))
        .merge(operation(Operation::ValidateNarrowcast, validate_for_many))
        .merge(operation(Operation::ValidateBroadcast, validate_for_many))
}

async fn reply(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    validation::reply(&request)?;

    let token = request["replyToken"].as_str().unwrap_or_default();
    let mut world = shared.world();
    let chat_id = call.bot(&mut world)?.reply_tokens.chat(token);
    let chat_id = chat_id.ok_or(Refusal::InvalidReplyToken)?.to_owned();
    let recipients = world.recipient_count(&chat_id);
    check_for_chat(&world, &call, &chat_id, &request)?;
    let bot = call.bot(&mut world)?;
    bot.reply_tokens.spend(token);
    charge(bot, Via::Reply, recipients)?;
    let sent = send(bot, Some(&chat_id), Via::Reply, &request["messages"]);
    Ok(Answer::json(&json!({ "sentMessages": sent })))
}

async fn push(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    send_once(&shared, &call, validation::push, |world, request| {
        let to = request["to"].as_str().unwrap_or_default();
        let reached = reach(world, &call, to)?.then_some(to);
        let recipients = reached.map_or(0, |chat_id| world.recipient_count(chat_id));
        check_for_chat(world, &call, to, request)?;
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
        let mailing = Mailing {
            sent_at: call.time,
            recipients: friends.len(),
            messages,
        };
        bot.mailings.add(&call.request_id, mailing);
        Ok(json!({}))
    })
}

/// LINE looks at `messages` only.
async fn validate_for_chat(_: Shared, call: Call) -> Result<Answer, Refusal> {
    validation::messages(&call.json()?, Recipients::Chat)?;
    Ok(Answer::json(&json!({})))
}

async fn validate_for_many(_: Shared, call: Call) -> Result<Answer, Refusal> {
    validation::messages(&call.json()?, Recipients::Many)?;
    Ok(Answer::json(&json!({})))
}

fn check_for_chat(
    world: &World,
    call: &Call,
    chat_id: &str,
    request: &Value,
) -> Result<(), Refusal> {
    let bot = world.bot(&call.bot_id).ok_or(Refusal::Unauthorized)?;
    Ok(chat_rules::check(
        world,
        bot,
        chat_id,
        &request["messages"],
    )?)
}

/// Whether a push to `to` arrives. To users who blocked the bot or never met it, it is accepted
/// and dropped; to whom does not exist, it is refused (LINE reference, "Send push message").
fn reach(world: &mut World, call: &Call, to: &str) -> Result<bool, Refusal> {
    if !ids::is_chat(to) {
        return Err(Refusal::InvalidProperty("'to'".to_owned()));
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
