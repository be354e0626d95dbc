//! Module channels.

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, json};

use super::events::{Acted, perform};
use super::{ControlError, parse};
use crate::events::Act;
use crate::world::Shared;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Consent {
    /// What the module channel may do.
    scopes: Vec<String>,
}

/// Attaches a module channel to a bot, as the bot's owner does in LINE's console. The module
/// channel is told.
pub(super) async fn attach(
    State(shared): State<Shared>,
    Path((bot_id, module_id)): Path<(String, String)>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Acted>, ControlError> {
    let Consent { scopes } = parse(body)?;
    {
        let mut world = shared.world();
        if world.bot(&bot_id).is_none() {
            return Err(ControlError::NotFound("bot", bot_id));
        }
        let module = world.bot_mut(&module_id);
        let module = module.ok_or(ControlError::NotFound("bot", module_id.clone()))?;
        module.attached_to.insert(bot_id.clone());
    }
    let attached = json!({ "type": "attached", "botId": bot_id, "scopes": scopes });
    let event = [
        ("type".to_owned(), "module".into()),
        ("module".to_owned(), attached),
    ];
    let act = Act::of_platform(Map::from_iter(event));
    perform(&shared, module_id, &[act]).await.map(Json)
}
