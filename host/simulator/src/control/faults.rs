//! Making LINE fail.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use bytes::Bytes;
use serde_json::{Value, json};

use super::error::{ControlError, parse};
use super::named;
use crate::faults::{Fault, MAX_FAULTS};
use crate::world::Shared;

pub(super) async fn add(
    State(shared): State<Shared>,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Value>), ControlError> {
    let fault: Fault = parse(body)?;
    let mut world = shared.world();
    if let Some(bot_id) = &fault.bot {
        named::bot(&world, bot_id)?;
    }
    if !world.faults.add(fault) {
        return Err(ControlError::Full(MAX_FAULTS, "faults"));
    }
    Ok((StatusCode::CREATED, Json(json!({}))))
}

/// How many faults wait.
pub(super) async fn count(State(shared): State<Shared>) -> Json<Value> {
    Json(json!({ "waiting": shared.world().faults.len() }))
}

/// Forgets all faults that wait. Calls that met one already are not helped.
pub(super) async fn clear(State(shared): State<Shared>) -> Json<Value> {
    shared.world().faults.clear();
    Json(json!({}))
}
