//! LINE notification messages: messages to phone numbers.

use axum::Router;
use axum::http::{HeaderName, StatusCode};
use botbox_line::Operation;
use serde_json::{Map, Value, json};

use super::sending::{charge, send};
use super::serve::{Call, operation};
use crate::answer::{Answer, Refusal};
use crate::bots::chats::Via;
use crate::delivery;
use crate::events::{self, Act};
use crate::validation::{self, Invalid};
use crate::world::Shared;

const DELIVERY_TAG: HeaderName = HeaderName::from_static("x-line-delivery-tag");

const UNDELIVERABLE: Refusal =
    Refusal::specific(StatusCode::UNPROCESSABLE_ENTITY, "Failed to send messages");

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::PushMessagesByPhone, push))
        .merge(operation(
            Operation::PushTemplatedMessagesByPhone,
            push_templated,
        ))
}

async fn push(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    notify(
        &shared,
        &call,
        validation::notification(&request),
        &request["to"],
        Via::Notification,
        &request["messages"],
    )?;
    Ok(Answer::json(&json!({})))
}

/// The text of templates is LINE's own. The chat shows what was filled in.
async fn push_templated(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    let message = json!([{
        "templateKey": request["templateKey"],
        "body": request["body"],
    }]);
    notify(
        &shared,
        &call,
        validation::templated_notification(&request),
        &request["to"],
        Via::TemplatedNotification,
        &message,
    )?;
    Ok(Answer::accepted())
}

/// Sends to the user with that phone number, whether a friend or not, and tells the bot of it
/// (LINE documentation, "Message sending complete webhook event").
fn notify(
    shared: &Shared,
    call: &Call,
    valid: Result<(), Invalid>,
    to: &Value,
    via: Via,
    messages: &Value,
) -> Result<(), Refusal> {
    valid?;
    let to = to.as_str().unwrap_or_default();
    let tag = call.header(DELIVERY_TAG);
    if tag.is_some_and(|tag| !(16..=100).contains(&tag.len())) {
        return Err(Refusal::InvalidParameter("X-Line-Delivery-Tag"));
    }
    let mut world = shared.world();
    let user_id = world.user_of_phone(to).ok_or(UNDELIVERABLE)?.to_owned();
    let bot = call.bot(&mut world)?;
    charge(bot, via, 1)?;
    send(bot, Some(&user_id), via, messages);

    let delivery = json!({ "data": tag.unwrap_or(to) });
    let event = [
        ("type".to_owned(), "delivery".into()),
        ("delivery".to_owned(), delivery),
    ];
    let act = Act::of_platform(Map::from_iter(event));
    if let Some(webhook) = events::webhook(&mut world, &call.bot_id, &act) {
        delivery::send(shared, webhook);
    }
    Ok(())
}
