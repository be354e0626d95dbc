//! Bots.

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::{ControlError, parse};
use super::named;
use crate::bots::assertions::{Jwk, MAX_KEYS};
use crate::bots::{Bot, BotSettings, NewBot};
use crate::ids;
use crate::live::Change;
use crate::webhook;
use crate::world::{MAX_BOTS, Shared};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewWebhook {
    endpoint: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BotView {
    bot_id: String,
    channel_id: String,
    basic_id: String,
    display_name: String,
    channel_secret: String,
    access_token: String,
    webhook: Option<String>,
    settings: BotSettings,
}

pub(super) async fn create(
    State(shared): State<Shared>,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<BotView>), ControlError> {
    let new: NewBot = parse(body)?;
    new.webhook.as_deref().map(check_endpoint).transpose()?;
    if new.bot_id.as_deref().is_some_and(|id| !ids::is_user(id)) {
        return Err(ControlError::BadRequest(
            "a bot id is a U and 32 hex digits",
        ));
    }
    let mut world = shared.world();
    let lifetime = shared.settings.reply_token_lifetime;
    let bot = Bot::new(
        new,
        lifetime,
        world.live.clone(),
        shared.settings.clock.clone(),
    );
    let view = BotView::of(&bot);
    if world.bots_full() {
        return Err(ControlError::Full(MAX_BOTS, "bots"));
    }
    world.add_bot(bot).map_err(ControlError::Taken)?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// All bots, by name.
pub(super) async fn list(State(shared): State<Shared>) -> Json<Vec<BotView>> {
    let mut bots: Vec<BotView> = shared.world().bots().map(BotView::of).collect();
    bots.sort_by(|a, b| (&a.display_name, &a.bot_id).cmp(&(&b.display_name, &b.bot_id)));
    Json(bots)
}

pub(super) async fn show(
    State(shared): State<Shared>,
    Path(bot_id): Path<String>,
) -> Result<Json<BotView>, ControlError> {
    let world = shared.world();
    let bot = named::bot(&world, &bot_id)?;
    Ok(Json(BotView::of(bot)))
}

/// The bot's account is gone, with all that was its.
pub(super) async fn delete(
    State(shared): State<Shared>,
    Path(bot_id): Path<String>,
) -> Result<Json<Value>, ControlError> {
    let was_there = shared.world().remove_bot(&bot_id);
    named::deleted(was_there, "bot", bot_id)
}

pub(super) async fn set_webhook(
    State(shared): State<Shared>,
    Path(bot_id): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<BotView>, ControlError> {
    let new: NewWebhook = parse(body)?;
    check_endpoint(&new.endpoint)?;
    let mut world = shared.world();
    let bot = named::bot_mut(&mut world, &bot_id)?;
    bot.webhook = Some(new.endpoint);
    let view = BotView::of(bot);
    world.live.tell(&Change::Bots);
    Ok(Json(view))
}

pub(super) async fn set_settings(
    State(shared): State<Shared>,
    Path(bot_id): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<BotView>, ControlError> {
    let settings = parse(body)?;
    let mut world = shared.world();
    let bot = named::bot_mut(&mut world, &bot_id)?;
    bot.settings = settings;
    let view = BotView::of(bot);
    world.live.tell(&Change::Bots);
    Ok(Json(view))
}

/// Registers the public key of the bot's client assertions.
pub(super) async fn add_key(
    State(shared): State<Shared>,
    Path(bot_id): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Value>), ControlError> {
    let key: Jwk = parse(body)?;
    let mut world = shared.world();
    let bot = named::bot_mut(&mut world, &bot_id)?;
    if bot.assertion_keys.is_full() {
        return Err(ControlError::Full(MAX_KEYS, "keys of a bot"));
    }
    let kid = bot.assertion_keys.add(key);
    let kid = kid.ok_or(ControlError::BadRequest("a key is an RSA key for RS256"))?;
    Ok((StatusCode::CREATED, Json(json!({ "kid": kid }))))
}

/// Every Messaging API call that was made with the bot's access token, oldest first.
pub(super) async fn calls(
    State(shared): State<Shared>,
    Path(bot_id): Path<String>,
) -> Result<Json<Value>, ControlError> {
    let world = shared.world();
    let bot = named::bot(&world, &bot_id)?;
    Ok(Json(serde_json::to_value(bot.log.calls())?))
}

impl BotView {
    fn of(bot: &Bot) -> Self {
        Self {
            bot_id: bot.id.clone(),
            channel_id: bot.channel_id.clone(),
            basic_id: bot.basic_id.clone(),
            display_name: bot.display_name.clone(),
            channel_secret: bot.channel_secret.clone(),
            access_token: bot.access_token.clone(),
            webhook: bot.webhook.clone(),
            settings: bot.settings.clone(),
        }
    }
}

fn check_endpoint(endpoint: &str) -> Result<(), ControlError> {
    if webhook::is_endpoint(endpoint) {
        Ok(())
    } else {
        Err(ControlError::BadRequest(
            "a webhook is an http or https URL of 500 characters at most",
        ))
    }
}
