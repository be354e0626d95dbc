//! What all ways of sending share: retry keys, the quota, the way into the chats.

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::serve::Call;
use crate::answer::{Answer, Refusal};
use crate::bots::chats::Via;
use crate::bots::{Accepted, Bot};
use crate::ids;
use crate::validation::Invalid;
use crate::world::{Shared, World};

const ACCEPTED_REQUEST_ID: HeaderName = HeaderName::from_static("x-line-accepted-request-id");

/// How long LINE knows a retry key, in milliseconds: a day (LINE documentation, "Retry failed API
/// requests").
const RETRY_KEY_MEMORY_MS: u64 = 24 * 3_600 * 1_000;

/// Lets `send` answer a request without errors, unless its retry key was accepted before.
pub(super) fn send_once(
    shared: &Shared,
    call: &Call,
    check: fn(&Value) -> Result<(), Invalid>,
    send: impl FnOnce(&mut World, &Value) -> Result<Value, Refusal>,
) -> Result<Answer, Refusal> {
    let retry_key = call.retry_key().map(parse_retry_key).transpose()?;
    let request = call.json()?;
    let mut world = shared.world();
    if let Some(key) = retry_key
        && let Some(accepted) = call.bot(&mut world)?.accepted.get(&key)
        && call.time.saturating_sub(accepted.at) < RETRY_KEY_MEMORY_MS
    {
        return Ok(already_accepted(accepted));
    }
    check(&request)?;

    let answer = send(&mut world, &request)?;
    if let Some(key) = retry_key {
        let accepted = Accepted {
            at: call.time,
            request_id: call.request_id.clone(),
            answer: answer.clone(),
        };
        call.bot(&mut world)?.accepted.insert(key, accepted);
    }
    Ok(Answer::json(&answer))
}

/// Counts what is about to be sent. When the month's quota is too small for it, nothing is sent
/// (LINE documentation, "Messaging API pricing").
pub(super) fn charge(bot: &mut Bot, via: Via, recipients: usize) -> Result<(), Refusal> {
    if via.is_counted()
        && bot
            .remaining_quota()
            .is_some_and(|left| recipients as u64 > left)
    {
        return Err(Refusal::MonthlyLimit);
    }
    bot.deliveries.count(via, recipients);
    Ok(())
}

/// Puts `messages` into a chat, or nowhere, and gives the `sentMessages` of the answer.
pub(super) fn send(bot: &mut Bot, chat_id: Option<&str>, via: Via, messages: &Value) -> Value {
    let messages = messages.as_array().into_iter().flatten();
    messages
        .map(|message| {
            let id = ids::message();
            let mut sent = json!({ "id": id });
            let quote_token = is_quotable(message).then(ids::long_token);
            if let Some(token) = &quote_token {
                sent["quoteToken"] = token.as_str().into();
            }
            if let Some(chat_id) = chat_id {
                if let Some(token) = quote_token {
                    bot.quote_tokens.insert(token, chat_id.to_owned());
                }
                bot.chat(chat_id)
                    .bot_sent(via, id, Arc::new(message.clone()));
            }
            sent
        })
        .collect()
}

/// Puts `messages` into the chats of many users.
pub(super) fn send_to_all(bot: &mut Bot, user_ids: &[String], via: Via, messages: &Value) {
    for message in messages.as_array().into_iter().flatten() {
        let message = Arc::new(message.clone());
        for user_id in user_ids {
            bot.chat(user_id)
                .bot_sent(via, ids::message(), message.clone());
        }
    }
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
    let mut body = accepted.answer.clone();
    body["message"] = "The retry key is already accepted".into();
    let mut answer = Answer::json(&body);
    answer.status = StatusCode::CONFLICT;
    if let Ok(request_id) = HeaderValue::try_from(&accepted.request_id) {
        answer.headers.insert(ACCEPTED_REQUEST_ID, request_id);
    }
    answer
}
