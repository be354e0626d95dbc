//! Aliases of rich menus, which rich menu switch actions name.

use axum::Router;
use axum::http::StatusCode;
use botbox_line::Operation;
use serde_json::{Value, json};

use super::serve::{Call, operation};
use crate::answer::{Answer, Refusal};
use crate::bots::rich_menus::RichMenus;
use crate::validation;
use crate::world::Shared;

const CONFLICT: Refusal =
    Refusal::undetailed(StatusCode::BAD_REQUEST, "conflict richmenu alias id");
const FULL: Refusal = Refusal::undetailed(
    StatusCode::BAD_REQUEST,
    "The number of richmenu aliases has reached the limit of 1000",
);
const NO_ALIAS: Refusal = Refusal::undetailed(StatusCode::NOT_FOUND, "richmenu alias not found");
/// Said of rich menus without an image as well.
const NO_MENU: Refusal = Refusal::undetailed(StatusCode::BAD_REQUEST, "richmenu not found");

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::CreateRichMenuAlias, create))
        .merge(operation(Operation::GetRichMenuAlias, show))
        .merge(operation(Operation::UpdateRichMenuAlias, update))
        .merge(operation(Operation::DeleteRichMenuAlias, delete))
        .merge(operation(Operation::GetRichMenuAliasList, list))
}

async fn create(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    validation::rich_menu_alias(&request)?;
    let alias = request["richMenuAliasId"].as_str().unwrap_or_default();
    let mut world = shared.world();
    let menus = &mut call.bot(&mut world)?.rich_menus;
    if menus.alias(alias).is_some() {
        return Err(CONFLICT);
    }
    lead(menus, alias, &request)
}

async fn show(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let alias = alias(&call)?;
    let mut world = shared.world();
    let id = call.bot(&mut world)?.rich_menus.alias(alias);
    Ok(Answer::json(&view(alias, id.ok_or(NO_ALIAS)?)))
}

async fn update(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let alias = alias(&call)?;
    let request = call.json()?;
    validation::rich_menu_alias_target(&request)?;
    let mut world = shared.world();
    let menus = &mut call.bot(&mut world)?.rich_menus;
    if menus.alias(alias).is_none() {
        return Err(NO_ALIAS);
    }
    lead(menus, alias, &request)
}

async fn delete(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let alias = alias(&call)?;
    if call
        .bot(&mut shared.world())?
        .rich_menus
        .delete_alias(alias)
    {
        Ok(Answer::json(&json!({})))
    } else {
        Err(NO_ALIAS)
    }
}

async fn list(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let aliases = call.bot(&mut world)?.rich_menus.aliases();
    let aliases: Vec<Value> = aliases.iter().map(|(alias, id)| view(alias, id)).collect();
    Ok(Answer::json(&json!({ "aliases": aliases })))
}

/// Leads `alias` to the rich menu of the request.
fn lead(menus: &mut RichMenus, alias: &str, request: &Value) -> Result<Answer, Refusal> {
    let id = request["richMenuId"].as_str().unwrap_or_default();
    if menus.get(id).is_none_or(|menu| menu.image.is_none()) {
        return Err(NO_MENU);
    }
    if menus.set_alias(alias, id) {
        Ok(Answer::json(&json!({})))
    } else {
        Err(FULL)
    }
}

fn alias(call: &Call) -> Result<&str, Refusal> {
    let alias = call.param("richMenuAliasId");
    if validation::is_rich_menu_alias(alias) {
        Ok(alias)
    } else {
        Err(Refusal::InvalidParameter("richMenuAliasId"))
    }
}

fn view(alias: &str, id: &str) -> Value {
    json!({ "richMenuAliasId": alias, "richMenuId": id })
}
