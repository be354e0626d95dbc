//! What bots do in chats besides sending messages: the loading animation, and marking as read.

use axum::Router;
use axum::http::StatusCode;
use botbox_line::Operation;
use serde_json::json;

use super::serve::{Call, operation};
use crate::answer::{Answer, Refusal};
use crate::ids;
use crate::validation;
use crate::world::Shared;

/// How long the animation is shown unless the bot says otherwise, in seconds (LINE reference,
/// "Display a loading animation").
const LOADING_SECONDS: u64 = 20;

const INVALID_TOKEN: Refusal = Refusal::specific(
    StatusCode::BAD_REQUEST,
    "Invalid markAsReadToken. Tokens must be used by the bot that received them via Webhook.",
);

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::ShowLoadingAnimation, show_loading))
        .merge(operation(
            Operation::MarkMessagesAsReadByToken,
            mark_as_read_by_token,
        ))
        .merge(operation(Operation::MarkMessagesAsRead, mark_as_read))
}

/// Accepted for whomever; shown to those whom the bot reaches.
async fn show_loading(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    validation::loading(&request)?;
    let chat_id = request["chatId"].as_str().unwrap_or_default();
    let seconds = request["loadingSeconds"].as_u64();
    let mut world = shared.world();
    let bot = call.bot(&mut world)?;
    if bot.reaches(chat_id) {
        let seconds = seconds.unwrap_or(LOADING_SECONDS);
        bot.chat(chat_id).show_loading(seconds);
    }
    Ok(Answer::accepted())
}

/// Marks as read up to the message that came with the token.
async fn mark_as_read_by_token(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    validation::read_token(&request)?;
    let token = request["markAsReadToken"].as_str().unwrap_or_default();
    let mut world = shared.world();
    let bot = call.bot(&mut world)?;
    let read_token = bot.read_tokens.get(token).cloned().ok_or(INVALID_TOKEN)?;
    bot.chat(&read_token.chat_id).mark_as_read(read_token.seq);
    Ok(Answer::json(&json!({})))
}

/// Marks all that the user sent as read.
async fn mark_as_read(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    validation::read_user(&request)?;
    let user_id = request["chat"]["userId"].as_str().unwrap_or_default();
    let mut world = shared.world();
    let bot = call.bot(&mut world)?;
    if !ids::is_user(user_id) || bot.acquaintance(user_id).is_none() {
        return Err(Refusal::InvalidProperty("'chat.chatId'".to_owned()));
    }
    let chat = bot.chat(user_id);
    chat.mark_as_read(chat.last());
    Ok(Answer::json(&json!({})))
}
