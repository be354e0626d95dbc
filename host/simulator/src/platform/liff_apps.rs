//! LIFF apps. LINE wants the token of a LINE Login channel here; the simulator has none and takes
//! any bot's.

use axum::Router;
use axum::http::StatusCode;
use botbox_line::Operation;
use serde_json::json;

use super::serve::{Call, operation};
use crate::answer::{Answer, Refusal};
use crate::validation;
use crate::world::Shared;

const FULL: Refusal = Refusal::specific(
    StatusCode::BAD_REQUEST,
    "The number of LIFF apps has reached the limit of 30",
);

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::AddLiffApp, add))
        .merge(operation(Operation::GetAllLiffApps, list))
        .merge(operation(Operation::UpdateLiffApp, update))
        .merge(operation(Operation::DeleteLiffApp, delete))
}

async fn add(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    validation::liff_app(&request)?;
    let mut world = shared.world();
    let bot = call.bot(&mut world)?;
    let id = bot.liff_apps.add(&bot.channel_id, &request);
    Ok(Answer::json(&json!({ "liffId": id.ok_or(FULL)? })))
}

async fn list(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let apps = call.bot(&mut world)?.liff_apps.all();
    if apps.is_empty() {
        return Err(Refusal::NotFound);
    }
    Ok(Answer::json(&json!({ "apps": apps })))
}

async fn update(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    validation::liff_app_update(&request)?;
    let mut world = shared.world();
    let apps = &mut call.bot(&mut world)?.liff_apps;
    found(apps.update(call.param("liffId"), &request))
}

async fn delete(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let apps = &mut call.bot(&mut world)?.liff_apps;
    found(apps.delete(call.param("liffId")))
}

fn found(found: bool) -> Result<Answer, Refusal> {
    if found {
        Ok(Answer::empty(StatusCode::OK))
    } else {
        Err(Refusal::NotFound)
    }
}
