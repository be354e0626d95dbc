//! What a request names: it is there, or the answer is 404.

use axum::Json;
use serde_json::{Value, json};

use super::error::ControlError;
use crate::bots::Bot;
use crate::world::World;

pub(super) fn bot<'a>(world: &'a World, bot_id: &str) -> Result<&'a Bot, ControlError> {
    let bot = world.bot(bot_id);
    bot.ok_or_else(|| ControlError::NotFound("bot", bot_id.to_owned()))
}

pub(super) fn bot_mut<'a>(world: &'a mut World, bot_id: &str) -> Result<&'a mut Bot, ControlError> {
    let bot = world.bot_mut(bot_id);
    bot.ok_or_else(|| ControlError::NotFound("bot", bot_id.to_owned()))
}

pub(super) fn check_user(world: &World, user_id: &str) -> Result<(), ControlError> {
    let user = world.user(user_id).map(|_| ());
    user.ok_or_else(|| ControlError::NotFound("user", user_id.to_owned()))
}

/// The answer to a request that deletes something, which was there or not.
pub(super) fn deleted(
    was_there: bool,
    kind: &'static str,
    id: String,
) -> Result<Json<Value>, ControlError> {
    if was_there {
        Ok(Json(json!({})))
    } else {
        Err(ControlError::NotFound(kind, id))
    }
}
