//! Mission stickers.

use axum::Router;
use axum::http::StatusCode;
use botbox_line::Operation;

use super::serve::{Call, operation};
use crate::answer::{Answer, Refusal};
use crate::ids;
use crate::validation::{self, Invalid};
use crate::world::Shared;

const INVALID: Refusal = Refusal::specific(StatusCode::BAD_REQUEST, "invalid request");

pub(super) fn routes() -> Router<Shared> {
    Router::new().merge(operation(Operation::MissionStickerV3, grant))
}

/// The stickers go into the user's collection, which nobody but the user sees: the record of calls
/// shows what was granted.
async fn grant(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    validation::mission(&request)?;
    if request["sendPresentMessage"] == true {
        return Err(Invalid::of("sendPresentMessage", "Must be false").into());
    }
    let to = request["to"].as_str().unwrap_or_default();
    if !ids::is_user(to) {
        return Err(INVALID);
    }
    if shared.world().user(to).is_none() {
        return Err(Refusal::NotFound);
    }
    Ok(Answer::empty(StatusCode::OK))
}
