//! Module channels.

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{ControlError, parse};
use super::events::{Acted, perform};
use super::named;
use crate::bots::attachments::Attachments;
use crate::events::Act;
use crate::world::{Shared, World};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Admission {
    /// What the module channel may do.
    scopes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Consent {
    /// What the module channel may do.
    scopes: Vec<String>,
    /// Where LINE would send the owner's browser with the code.
    redirect_uri: String,
}

/// Attaches a module channel to a bot, as the bot's owner does in LINE's console. The module
/// channel is told.
pub(super) async fn attach(
    State(shared): State<Shared>,
    Path((bot_id, module_id)): Path<(String, String)>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Acted>, ControlError> {
    let Admission { scopes } = parse(body)?;
    find(&mut shared.world(), &bot_id, &module_id)?
        .bots
        .insert(bot_id.clone());
    let act = Act::of_attachment(&bot_id, &scopes);
    perform(&shared, module_id, &[act]).await.map(Json)
}

/// Lets the bot's owner consent on the page that a module channel sent them to: the authorization
/// code with which the module channel can attach itself.
pub(super) async fn consent(
    State(shared): State<Shared>,
    Path((bot_id, module_id)): Path<(String, String)>,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Value>), ControlError> {
    let new: Consent = parse(body)?;
    let mut world = shared.world();
    let now = world.now();
    let attachments = find(&mut world, &bot_id, &module_id)?;
    let code = attachments.allow(bot_id, new.scopes, new.redirect_uri, now);
    Ok((StatusCode::CREATED, Json(json!({ "code": code }))))
}

/// The attachments of the module channel, when the bot exists as well.
fn find<'a>(
    world: &'a mut World,
    bot_id: &str,
    module_id: &str,
) -> Result<&'a mut Attachments, ControlError> {
    named::bot(world, bot_id)?;
    let module = named::bot_mut(world, module_id)?;
    Ok(&mut module.attachments)
}
