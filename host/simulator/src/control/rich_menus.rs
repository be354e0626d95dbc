//! Rich menus, as users see and tap them.

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::contents::media;
use super::error::{ControlError, parse};
use super::events::{Acted, perform};
use super::named;
use crate::bots::rich_menus::{RichMenu, RichMenus};
use crate::events::Act;
use crate::world::{Shared, World};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tap {
    /// Counts from 0.
    area: usize,
    /// What the user picked, when the area asks for a date or a time: `postback.params`.
    params: Option<Value>,
}

/// The rich menu that the user sees.
pub(super) async fn seen(
    State(shared): State<Shared>,
    Path((bot_id, user_id)): Path<(String, String)>,
) -> Result<Json<Value>, ControlError> {
    let mut world = shared.world();
    let menus = menus(&mut world, &bot_id)?;
    Ok(Json(find(menus, &user_id)?.view()))
}

/// The picture of a rich menu.
pub(super) async fn image(
    State(shared): State<Shared>,
    Path((bot_id, menu_id)): Path<(String, String)>,
) -> Result<Response, ControlError> {
    let mut world = shared.world();
    let menu = menus(&mut world, &bot_id)?.get(&menu_id);
    let image = menu.and_then(|menu| menu.image.as_ref());
    let image = image.ok_or(ControlError::NotFound("image of rich menu", menu_id))?;
    Ok(media(image.content_type.clone(), image.bytes.clone()))
}

/// Lets the user tap an area. The bot is told of what LINE tells it of.
pub(super) async fn tap(
    State(shared): State<Shared>,
    Path((bot_id, user_id)): Path<(String, String)>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Acted>, ControlError> {
    let tap: Tap = parse(body)?;
    let acts: Vec<Act> = {
        let mut world = shared.world();
        named::check_user(&world, &user_id)?;
        let menus = menus(&mut world, &bot_id)?;
        let action = find(menus, &user_id)?
            .action(tap.area)
            .ok_or(ControlError::NotFound("area", tap.area.to_string()))?
            .clone();
        let params = match action["type"].as_str() {
            Some("richmenuswitch") => {
                let alias = action["richMenuAliasId"].as_str().unwrap_or_default();
                Some(menus.switch(&user_id, alias))
            }
            _ => tap.params,
        };
        acts_for_tap(&action, params, &user_id)
    };
    if acts.is_empty() {
        return Ok(Json(Acted::empty()));
    }
    perform(&shared, bot_id, &acts).await.map(Json)
}

/// What a tap makes the user do (LINE reference, "Action objects"). Links, the clipboard and the
/// like are the user's own affair.
fn acts_for_tap(action: &Value, params: Option<Value>, user_id: &str) -> Vec<Act> {
    let mut events = Vec::new();
    if let Some(text) = action.get("text") {
        let message = json!({ "type": "text", "text": text });
        events.push(json!({ "type": "message", "message": message }));
    }
    if let Some(data) = action.get("data") {
        let mut postback = json!({ "data": data });
        if let Some(params) = params {
            postback["params"] = params;
        }
        events.push(json!({ "type": "postback", "postback": postback }));
    }
    let events = events.into_iter().filter_map(|event| match event {
        Value::Object(event) => Some(Act::of_user(user_id, event)),
        _ => None,
    });
    let mut acts: Vec<Act> = events.collect();
    if let (Some(last), Some(text)) = (acts.last_mut(), action["displayText"].as_str()) {
        last.display_text = Some(text.to_owned());
    }
    acts
}

fn menus<'a>(world: &'a mut World, bot_id: &str) -> Result<&'a mut RichMenus, ControlError> {
    let bot = named::bot_mut(world, bot_id)?;
    Ok(&mut bot.rich_menus)
}

fn find<'a>(menus: &'a RichMenus, user_id: &str) -> Result<&'a RichMenu, ControlError> {
    let nothing = || ControlError::NotFound("rich menu for user", user_id.to_owned());
    menus.seen_by(user_id).ok_or_else(nothing)
}
