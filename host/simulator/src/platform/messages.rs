//! Sending messages: reply and push.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::serve::{Call, operation};
use super::{Answer, Operation, Refusal};
use crate::bots::{Accepted, Bot};
use crate::chats::Via;
use crate::ids;
use crate::validation;
use crate::world::{Shared, World};

const ACCEPTED_REQUEST_ID: HeaderName = HeaderName::from_static("x-line-accepted-request-id");

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::ReplyMessage, reply))
        .merge(operation(Operation::PushMessage, push))
}

async fn reply(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    Refusal::unless_valid(validation::reply(&request))?;

    let token = request["replyToken"].as_str().unwrap_or_default();
    let mut world = shared.world();
    let bot = call.bot(&mut world)?;
    let chat_id = bot
        .reply_tokens
        .spend(token)
        .ok_or(Refusal::InvalidReplyToken)?;
    let sent = send(bot, Some(&chat_id), Via::Reply, &request["messages"]);
    Ok(Answer::json(&json!({ "sentMessages": sent })))
}

async fn push(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let retry_key = call.retry_key().map(parse_retry_key).transpose()?;
    let request = call.json()?;
    let mut world = shared.world();
    if let Some(key) = retry_key
        && let Some(accepted) = call.bot(&mut world)?.accepted.get(&key)
    {
        return Ok(already_accepted(accepted));
    }
    Refusal::unless_valid(validation::push(&request))?;

    let to = request["to"].as_str().unwrap_or_default();
    let reached = reach(&mut world, &call, to)?;
    let bot = call.bot(&mut world)?;
    let sent = send(bot, reached.then_some(to), Via::Push, &request["messages"]);
    if let Some(key) = retry_key {
        let request_id = call.request_id.clone();
        bot.accepted.insert(
            key,
            Accepted {
                request_id,
                sent_messages: sent.clone(),
            },
        );
    }
    Ok(Answer::json(&json!({ "sentMessages": sent })))
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

/// Puts `messages` into a chat, or nowhere, and gives the `sentMessages` of the answer.
fn send(bot: &mut Bot, chat_id: Option<&str>, via: Via, messages: &Value) -> Value {
    let messages = messages.as_array().into_iter().flatten();
    messages
        .map(|message| {
            let id = ids::message();
            let mut sent = json!({ "id": id });
            if is_quotable(message) {
                sent["quoteToken"] = ids::long_token().into();
            }
            if let Some(chat_id) = chat_id {
                bot.chat(chat_id).bot_sent(via, id, message.clone());
            }
            sent
        })
        .collect()
}

/// LINE documentation, "Get quote tokens".
fn is_quotable(message: &Value) -> bool {
    let quotable = [
        "text", "textV2", "sticker", "image", "video", "template", "flex",
    ];
    message["type"]
        .as_str()
        .is_some_and(|kind| quotable.contains(&kind))
}

/// Only the form with hyphens is a retry key (LINE documentation, "Retry failed API requests").
fn parse_retry_key(key: &[u8]) -> Result<Uuid, Refusal> {
    let key = std::str::from_utf8(key).ok().filter(|key| key.len() == 36);
    key.and_then(|key| key.parse().ok())
        .ok_or(Refusal::InvalidRetryKey)
}

fn already_accepted(accepted: &Accepted) -> Answer {
    let mut answer = Answer::json(&json!({
        "message": "The retry key is already accepted",
        "sentMessages": accepted.sent_messages,
    }));
    answer.status = StatusCode::CONFLICT;
    if let Ok(request_id) = HeaderValue::try_from(&accepted.request_id) {
        answer.headers.insert(ACCEPTED_REQUEST_ID, request_id);
    }
    answer
}
