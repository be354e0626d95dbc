//! The bot's own identity and its webhook URL.

use axum::Router;
use axum::http::StatusCode;
use botbox_line::Operation;
use serde_json::{Value, json};

use super::serve::{Call, operation};
use crate::answer::{Answer, Refusal};
use crate::webhook::{self, Reason};
use crate::world::Shared;
use crate::{clock, delivery};

const NO_ENDPOINT: Refusal = Refusal::specific(StatusCode::NOT_FOUND, "Webhook endpoint not found");

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::GetBotInfo, info))
        .merge(operation(Operation::GetWebhookEndpoint, webhook_endpoint))
        .merge(operation(
            Operation::SetWebhookEndpoint,
            set_webhook_endpoint,
        ))
        .merge(operation(
            Operation::TestWebhookEndpoint,
            test_webhook_endpoint,
        ))
}

async fn info(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let bot = call.bot(&mut world)?;
    Ok(Answer::json(&json!({
        "userId": bot.id,
        "basicId": bot.basic_id,
        "displayName": bot.display_name,
        "chatMode": if bot.settings.chat_mode { "chat" } else { "bot" },
        "markAsReadMode": if bot.settings.chat_mode { "manual" } else { "auto" },
    })))
}

async fn webhook_endpoint(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let endpoint = call.bot(&mut world)?.webhook.as_ref();
    let endpoint = endpoint.ok_or(NO_ENDPOINT)?;
    Ok(Answer::json(
        &json!({ "endpoint": endpoint, "active": true }),
    ))
}

async fn set_webhook_endpoint(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    let endpoint = valid_endpoint(&request["endpoint"])?;
    call.bot(&mut shared.world())?.webhook = Some(endpoint);
    Ok(Answer::json(&json!({})))
}

/// Sends a webhook without events, to the URL that the call gives or else to the bot's.
async fn test_webhook_endpoint(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let given = match call.optional_json()?.get("endpoint") {
        Some(endpoint) => Some(valid_endpoint(endpoint)?),
        None => None,
    };
    let webhook = {
        let mut world = shared.world();
        let bot = call.bot(&mut world)?;
        let endpoint = given.or_else(|| bot.webhook.clone()).ok_or(NO_ENDPOINT)?;
        bot.webhook_to(Some(endpoint), &[])
    };
    let sent_at = call.time;
    let delivery = delivery::deliver(&shared, webhook).await;
    if delivery.unresolved {
        return Err(Refusal::InvalidWebhookEndpoint);
    }
    Ok(Answer::json(&json!({
        "success": delivery.reason == Reason::Ok,
        "timestamp": clock::iso_8601(sent_at),
        "statusCode": delivery.status.unwrap_or(0),
        "reason": delivery.reason,
        "detail": delivery.detail,
    })))
}

fn valid_endpoint(endpoint: &Value) -> Result<String, Refusal> {
    let endpoint = endpoint
        .as_str()
        .filter(|endpoint| webhook::is_endpoint(endpoint));
    Ok(endpoint.ok_or(Refusal::InvalidWebhookEndpoint)?.to_owned())
}
