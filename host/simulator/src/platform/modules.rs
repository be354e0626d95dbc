//! Module channels: which bots they are attached to, and whose turn it is in a chat.
//!
//! At LINE a header whose name only partners know says which bot's chat is meant. Here it is that
//! of a bot that the module channel is attached to and that is in the chat, or else the chat of the
//! channel that calls.

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use botbox_line::Operation;
use serde_json::{Map, Value, json};

use super::page::Page;
use super::serve::{Call, open_operation, operation};
use crate::answer::{Answer, Refusal};
use crate::bots::Bot;
use crate::events::{self, Act};
use crate::validation;
use crate::world::{Shared, World};
use crate::{delivery, ids};

/// How long control lasts unless the channel says otherwise, in seconds (LINE reference for
/// corporate customers, "Acquire Control API").
const CONTROL_SECONDS: u64 = 3_600;

const NO_BOT: Refusal = Refusal::specific(
    StatusCode::BAD_REQUEST,
    "user/group/room Id is not available.",
);
const NOT_ATTACHED: Refusal = Refusal::specific(
    StatusCode::BAD_REQUEST,
    "Specified channel is not detachable",
);

const TAKEN: Refusal = Refusal::specific(
    StatusCode::LOCKED,
    "Another channel has just acquired the control of the chat",
);

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::GetModules, list))
        .merge(open_operation(
            Operation::AttachModule,
            claimed_module,
            attach,
        ))
        .merge(operation(Operation::DetachModule, detach))
        .merge(operation(Operation::AcquireChatControl, acquire))
        .merge(operation(Operation::ReleaseChatControl, release))
}

async fn list(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let page = Page::asked_for(&call, 100, 100)?;
    let mut world = shared.world();
    let attached_to = call.bot(&mut world)?.attachments.bots.clone();
    let bots = attached_to.iter().filter_map(|id| world.bot(id));
    let (bots, next) = page.cut(bots, |bot: &&Bot| bot.id.as_str());
    let view = |bot: &&Bot| {
        json!({
            "userId": bot.id,
            "basicId": bot.basic_id,
            "displayName": bot.display_name,
        })
    };
    let mut body = json!({ "bots": bots.iter().map(view).collect::<Vec<Value>>() });
    if let Some(next) = next {
        body["next"] = next.into();
    }
    Ok(Answer::json(&body))
}

/// The module channel that a call says it is from.
fn claimed_module(world: &World, call: &Call) -> Option<String> {
    let (channel_id, _) = credentials(call)?;
    world.bot_of_channel(&channel_id).map(str::to_owned)
}

/// Attaches the module channel with an authorization code (LINE reference for corporate customers,
/// "Attach by operation of the module channel provider").
async fn attach(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let form = call.form()?;
    if form.get("grant_type") != Some("authorization_code") {
        return Err(refuse("unsupported_grant_type"));
    }
    let mut world = shared.world();
    let module = world.bot_mut(&call.bot_id).filter(|module| {
        credentials(&call).is_some_and(|(_, secret)| secret == module.channel_secret)
    });
    let module = module.ok_or(refuse("invalid_client"))?;
    let code = form.get("code").unwrap_or_default();
    let redirect_uri = form.get("redirect_uri").unwrap_or_default();
    let consent = module.attachments.redeem(code, redirect_uri, call.time);
    let consent = consent.ok_or(refuse("invalid_grant"))?;

    let act = Act::of_attachment(&consent.bot_id, &consent.scopes);
    if let Some(webhook) = events::webhook(&mut world, &call.bot_id, &act) {
        delivery::send(&shared, webhook);
    }
    Ok(Answer::json(&json!({
        "bot_id": consent.bot_id,
        "scopes": consent.scopes,
    })))
}

/// Channel id and secret, from the header of basic authentication or else from the form.
fn credentials(call: &Call) -> Option<(String, String)> {
    let basic = call.header(AUTHORIZATION);
    if let Some(basic) = basic.and_then(|value| value.strip_prefix("Basic ")) {
        let decoded = String::from_utf8(STANDARD.decode(basic).ok()?).ok()?;
        let (channel_id, secret) = decoded.split_once(':')?;
        return Some((channel_id.to_owned(), secret.to_owned()));
    }
    let form = call.form().ok()?;
    let field = |name| form.get(name).map(str::to_owned);
    Some((field("client_id")?, field("client_secret")?))
}

fn refuse(error: &'static str) -> Refusal {
    Refusal::OAuth {
        error,
        description: None,
    }
}

async fn detach(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    validation::detachment(&request)?;
    let bot_id = request["botId"].as_str().unwrap_or_default();
    let mut world = shared.world();
    if world.bot(bot_id).is_none() {
        return Err(NO_BOT);
    }
    if call.bot(&mut world)?.attachments.bots.remove(bot_id) {
        Ok(Answer::json(&json!({})))
    } else {
        Err(NOT_ATTACHED)
    }
}

async fn acquire(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.optional_json()?;
    validation::chat_control(&request)?;
    let mut world = shared.world();
    let seconds = request["ttl"].as_u64().unwrap_or(CONTROL_SECONDS);
    let until = call.time + seconds * 1000;
    let until = (request["expired"] != false).then_some(until);
    let chat_id = known_chat(&mut world, &call)?.to_owned();
    if let Some(bot) = bot_of_chat(&mut world, &call, &chat_id)?
        && !bot
            .chat_control
            .acquire(&chat_id, &call.bot_id, until, call.time)
    {
        return Err(TAKEN);
    }
    call.bot(&mut world)?.chat(&chat_id).acquire_control(until);

    let control = until.map_or(json!({}), |until| json!({ "expireAt": until }));
    tell(&shared, &mut world, &call, "activated", Some(control));
    Ok(Answer::json(&json!({})))
}

async fn release(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let chat_id = known_chat(&mut world, &call)?.to_owned();
    if let Some(bot) = bot_of_chat(&mut world, &call, &chat_id)? {
        bot.chat_control.release(&chat_id, &call.bot_id);
    }
    call.bot(&mut world)?.chat(&chat_id).release_control();
    tell(&shared, &mut world, &call, "deactivated", None);
    Ok(Answer::json(&json!({})))
}

/// Tells the channel that its control of the chat changed.
fn tell(shared: &Shared, world: &mut World, call: &Call, kind: &str, control: Option<Value>) {
    let mut event = Map::from_iter([("type".to_owned(), kind.into())]);
    event.extend(control.map(|control| ("chatControl".to_owned(), control)));
    let act = Act::of_chat(call.param("chatId"), event);
    if let Some(webhook) = events::webhook(world, &call.bot_id, &act) {
        delivery::send(shared, webhook);
    }
}

/// The chat that the path names, if the channel is in it, or a bot that it is attached to.
fn known_chat<'a>(world: &mut World, call: &'a Call) -> Result<&'a str, Refusal> {
    let chat_id = call.param("chatId");
    if !ids::is_chat(chat_id) {
        return Err(Refusal::InvalidParameter("chatId"));
    }
    let attached = bot_of_chat(world, call, chat_id)?.is_some();
    if attached || is_in(call.bot(world)?, chat_id) {
        Ok(chat_id)
    } else {
        Err(Refusal::NotFound)
    }
}

/// Of the bots that the module channel is attached to, the one that is in the chat. At LINE a header
/// names it.
fn bot_of_chat<'a>(
    world: &'a mut World,
    call: &Call,
    chat_id: &str,
) -> Result<Option<&'a mut Bot>, Refusal> {
    let mut bots = call.bot(world)?.attachments.bots.clone().into_iter();
    let bot_id = bots.find(|id| world.bot(id).is_some_and(|bot| is_in(bot, chat_id)));
    Ok(bot_id.and_then(|id| world.bot_mut(&id)))
}

fn is_in(bot: &Bot, chat_id: &str) -> bool {
    bot.reaches(chat_id) || bot.is_in(chat_id)
}
