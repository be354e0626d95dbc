//! Rich menus of single users: linking, unlinking, and batches of both.

use axum::Router;
use axum::http::StatusCode;
use botbox_line::Operation;
use serde_json::{Value, json};
use uuid::Uuid;

use super::rich_menus::{find, with_image};
use super::serve::{Call, operation};
use crate::answer::{Answer, Refusal};
use crate::bots::rich_menus::{Replacement, RichMenus};
use crate::bots::{Acquaintance, Bot};
use crate::ids;
use crate::validation::{self, Detail, Invalid};
use crate::world::Shared;

const NO_LINK: Refusal = Refusal::undetailed(StatusCode::NOT_FOUND, "the user has no richmenu");
const NO_MENU: Refusal = Refusal::undetailed(StatusCode::NOT_FOUND, "richmenu not found");

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::LinkRichMenuIdToUser, link))
        .merge(operation(Operation::GetRichMenuIdOfUser, show))
        .merge(operation(Operation::UnlinkRichMenuIdFromUser, unlink))
        .merge(operation(Operation::LinkRichMenuIdToUsers, link_many))
        .merge(operation(Operation::UnlinkRichMenuIdFromUsers, unlink_many))
        .merge(operation(Operation::RichMenuBatch, batch))
        .merge(operation(
            Operation::ValidateRichMenuBatchRequest,
            validate_batch,
        ))
        .merge(operation(Operation::GetRichMenuBatchProgress, progress))
}

async fn link(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let user_id = call.user_id()?;
    let mut world = shared.world();
    let bot = call.bot(&mut world)?;
    let id = with_image(find(&bot.rich_menus, &call)?)?.id.clone();
    link_to(bot, user_id, &id);
    Ok(Answer::json(&json!({})))
}

async fn show(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let user_id = call.user_id()?;
    let mut world = shared.world();
    let bot = call.bot(&mut world)?;
    let linked = bot.rich_menus.linked(user_id);
    let id = linked.filter(|_| is_friend(bot, user_id)).ok_or(NO_LINK)?;
    Ok(Answer::json(&json!({ "richMenuId": id })))
}

async fn unlink(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let user_id = call.user_id()?;
    let mut world = shared.world();
    unlink_from(call.bot(&mut world)?, user_id);
    Ok(Answer::json(&json!({})))
}

/// LINE links within a few seconds, the simulator at once.
async fn link_many(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    validation::rich_menu_link(&request)?;
    let user_ids = user_ids(&request)?;
    let id = request["richMenuId"].as_str().unwrap_or_default();
    let mut world = shared.world();
    let bot = call.bot(&mut world)?;
    with_image(bot.rich_menus.get(id).ok_or(NO_MENU)?)?;
    for user_id in user_ids {
        link_to(bot, user_id, id);
    }
    Ok(Answer::accepted())
}

async fn unlink_many(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    validation::rich_menu_unlink(&request)?;
    let user_ids = user_ids(&request)?;
    let mut world = shared.world();
    let bot = call.bot(&mut world)?;
    for user_id in user_ids {
        unlink_from(bot, user_id);
    }
    Ok(Answer::accepted())
}

/// LINE works for minutes or hours, the simulator is done at once.
async fn batch(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    let mut world = shared.world();
    let menus = &mut call.bot(&mut world)?.rich_menus;
    let replacements = replacements(menus, &request)?;
    let resume_key = request["resumeRequestKey"].as_str();
    menus.perform_batch(
        call.request_id.clone(),
        resume_key,
        &replacements,
        call.time,
    );
    Ok(Answer::accepted())
}

async fn validate_batch(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    let mut world = shared.world();
    replacements(&call.bot(&mut world)?.rich_menus, &request)?;
    Ok(Answer::json(&json!({})))
}

async fn progress(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request_id = call.query("requestId").unwrap_or_default();
    if request_id.parse::<Uuid>().is_err() {
        return Err(Refusal::InvalidParameter("requestId"));
    }
    let mut world = shared.world();
    let time = call
        .bot(&mut world)?
        .rich_menus
        .batch_time(&request_id, call.time);
    let time = time.ok_or(Refusal::NotFound)?;
    Ok(Answer::json(&json!({
        "phase": "succeeded",
        "acceptedTime": time,
        "completedTime": time,
    })))
}

/// What the operations of a batch ask for, if they can be done.
fn replacements(menus: &RichMenus, request: &Value) -> Result<Vec<Replacement>, Refusal> {
    validation::rich_menu_batch(request)?;
    let operations = request["operations"].as_array();
    let replacement = |(index, operation): (usize, &Value)| {
        let id = |name: &str| operation[name].as_str().map(str::to_owned);
        let (from, to) = match operation["type"].as_str() {
            Some("link") => (id("from"), id("to")),
            Some("unlink") => (id("from"), None),
            _ => (None, None),
        };
        for (name, id) in [("from", &from), ("to", &to)] {
            let Some(id) = id else {
                continue;
            };
            let at = format!("operations[{index}].{name}");
            let menu = menus.get(id).ok_or_else(|| no_menu(id, &at))?;
            if name == "to" && menu.image.is_none() {
                let message = format!("'to' richmenu ({id}) must have image but it doesn't");
                return Err(Invalid::of(at, message).into());
            }
        }
        Ok(Replacement { from, to })
    };
    let operations = operations.into_iter().flatten().enumerate();
    operations.map(replacement).collect()
}

/// LINE speaks of one error of the body here, and answers 404 all the same.
fn no_menu(id: &str, at: &str) -> Refusal {
    let detail = Detail::new(at, format!("Richmenu ({id}) is not found"));
    Refusal::Specific {
        status: StatusCode::NOT_FOUND,
        message: "The request body has 1 error(s)".into(),
        details: Some(json!([detail])),
    }
}

/// Others than friends are silently left out (LINE reference, "Link rich menu to user").
fn link_to(bot: &mut Bot, user_id: &str, id: &str) {
    if is_friend(bot, user_id) {
        bot.rich_menus.link(user_id, id.to_owned());
    }
}

fn unlink_from(bot: &mut Bot, user_id: &str) {
    if is_friend(bot, user_id) {
        bot.rich_menus.unlink(user_id);
    }
}

fn is_friend(bot: &Bot, user_id: &str) -> bool {
    bot.acquaintance(user_id) == Some(Acquaintance::Friend)
}

fn user_ids(request: &Value) -> Result<Vec<&str>, Refusal> {
    let ids = request["userIds"].as_array().into_iter().flatten();
    ids.enumerate()
        .map(|(index, id)| {
            let id = id.as_str().filter(|id| ids::is_user(id));
            id.ok_or_else(|| Refusal::InvalidProperty(format!("'userIds[{index}]'")))
        })
        .collect()
}
