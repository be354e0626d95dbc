//! The time, which can be moved forward.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{ControlError, parse};
use crate::clock;
use crate::world::Shared;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    /// Milliseconds.
    advance: u64,
}

pub(super) async fn show(State(shared): State<Shared>) -> Json<Value> {
    Json(view(&shared))
}

/// Moves the clock of the simulator, and of whoever shares it.
pub(super) async fn advance(
    State(shared): State<Shared>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, ControlError> {
    let Advance { advance } = parse(body)?;
    if shared
        .settings
        .clock
        .advance(Duration::from_millis(advance))
    {
        Ok(Json(view(&shared)))
    } else {
        Err(ControlError::BadRequest(
            "this simulator's clock cannot be moved",
        ))
    }
}

fn view(shared: &Shared) -> Value {
    let now = clock::now_ms(&shared.settings.clock);
    json!({ "now": now, "time": clock::iso_8601(now) })
}
