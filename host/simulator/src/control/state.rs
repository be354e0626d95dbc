//! The state as a whole: read, replaced, emptied; and whether anything is still under way.

use std::time::Duration;

use axum::Json;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Query, State as Extract};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{ControlError, parse};
use crate::state::State;
use crate::world::Shared;

/// The longest that somebody waits, in milliseconds.
const MAX_WAIT_MS: u64 = 30_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Patience {
    /// Milliseconds.
    #[serde(default = "longest")]
    wait: u64,
}

pub(super) async fn show(Extract(shared): Extract<Shared>) -> Json<State> {
    Json(State::of(&shared.world()))
}

/// Puts a state in the place of the present one.
pub(super) async fn replace(
    Extract(shared): Extract<Shared>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, ControlError> {
    let state: State = parse(body)?;
    let lifetime = shared.settings.reply_token_lifetime;
    state.restore(&mut shared.world(), lifetime)?;
    Ok(Json(json!({})))
}

/// Forgets everything. The clock is not moved back.
pub(super) async fn reset(Extract(shared): Extract<Shared>) -> Json<Value> {
    let mut world = shared.world();
    *world = world.fresh();
    world.notify_all_changed();
    Json(json!({}))
}

/// Waits until no call is being answered and no webhook delivered.
pub(super) async fn idle(
    Extract(shared): Extract<Shared>,
    patience: Result<Query<Patience>, QueryRejection>,
) -> Result<Json<Value>, ControlError> {
    let Query(Patience { wait }) = patience?;
    let wait = Duration::from_millis(wait.min(MAX_WAIT_MS));
    let idle = tokio::select! {
        () = shared.idle() => true,
        () = tokio::time::sleep(wait) => false,
        () = shared.until_stopped() => false,
    };
    Ok(Json(json!({ "idle": idle })))
}

fn longest() -> u64 {
    MAX_WAIT_MS
}
