//! Rich menus, their images and the default one.

use axum::Router;
use axum::http::{HeaderValue, StatusCode};
use botbox_line::Operation;
use serde_json::{Value, json};

use super::serve::{Call, operation};
use crate::answer::{Answer, Refusal};
use crate::bots::rich_menus::{Image, MAX_IMAGE_BYTES, RichMenu, RichMenus};
use crate::pictures;
use crate::validation;
use crate::world::Shared;

const FULL: Refusal = Refusal::specific(
    StatusCode::BAD_REQUEST,
    "The number of rich menus has reached the limit of 1000",
);
const WRONG_IMAGE: Refusal = Refusal::specific(
    StatusCode::BAD_REQUEST,
    "The image size is not allowed for richmenu",
);
const HAS_IMAGE: Refusal = Refusal::specific(
    StatusCode::BAD_REQUEST,
    "An image has already been uploaded to the richmenu",
);
const NO_IMAGE: Refusal = Refusal::undetailed(
    StatusCode::BAD_REQUEST,
    "must upload richmenu image before applying it to user",
);
const NO_DEFAULT: Refusal = Refusal::undetailed(StatusCode::NOT_FOUND, "no default richmenu");

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::CreateRichMenu, create))
        .merge(operation(Operation::ValidateRichMenuObject, validate))
        .merge(operation(Operation::GetRichMenu, show))
        .merge(operation(Operation::DeleteRichMenu, delete))
        .merge(operation(Operation::GetRichMenuList, list))
        .merge(operation(Operation::SetRichMenuImage, set_image))
        .merge(operation(Operation::GetRichMenuImage, image))
        .merge(operation(Operation::SetDefaultRichMenu, set_default))
        .merge(operation(Operation::GetDefaultRichMenuId, default))
        .merge(operation(Operation::CancelDefaultRichMenu, cancel_default))
}

async fn create(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let object = call.json()?;
    validation::rich_menu(&object)?;
    let mut world = shared.world();
    let id = call.bot(&mut world)?.rich_menus.create(&object);
    Ok(Answer::json(&json!({ "richMenuId": id.ok_or(FULL)? })))
}

async fn validate(_: Shared, call: Call) -> Result<Answer, Refusal> {
    validation::rich_menu(&call.json()?)?;
    Ok(Answer::json(&json!({})))
}

async fn show(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let menu = find(&call.bot(&mut world)?.rich_menus, &call)?;
    Ok(Answer::json(&menu.view()))
}

async fn delete(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let menus = &mut call.bot(&mut world)?.rich_menus;
    if menus.delete(call.param("richMenuId")) {
        Ok(Answer::json(&json!({})))
    } else {
        Err(Refusal::NotFound)
    }
}

async fn list(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let menus = call.bot(&mut world)?.rich_menus.all();
    let menus: Vec<Value> = menus.iter().map(RichMenu::view).collect();
    Ok(Answer::json(&json!({ "richmenus": menus })))
}

/// Sets the image, once (LINE reference, "Upload rich menu image").
async fn set_image(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let content_type = match &*call.content_type() {
        "image/jpeg" => HeaderValue::from_static("image/jpeg"),
        "image/png" => HeaderValue::from_static("image/png"),
        other => return Err(Refusal::UnsupportedContentType(other.to_owned())),
    };
    let mut world = shared.world();
    let menu = call
        .bot(&mut world)?
        .rich_menus
        .get_mut(call.param("richMenuId"))
        .ok_or(Refusal::NotFound)?;
    if menu.image.is_some() {
        return Err(HAS_IMAGE);
    }
    let bytes = call.body().clone();
    let (width, height) = pictures::dimensions(&bytes).ok_or(WRONG_IMAGE)?;
    let fits = (800..=2500).contains(&width) && height >= 250;
    if bytes.len() > MAX_IMAGE_BYTES || !fits || !validation::is_rich_menu_ratio(width, height) {
        return Err(WRONG_IMAGE);
    }
    menu.image = Some(Image {
        content_type,
        bytes,
    });
    Ok(Answer::json(&json!({})))
}

async fn image(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let menu = find(&call.bot(&mut world)?.rich_menus, &call)?;
    let image = menu.image.as_ref().ok_or(Refusal::NotFound)?;
    Ok(Answer::new(
        StatusCode::OK,
        image.content_type.clone(),
        image.bytes.clone(),
    ))
}

async fn set_default(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let menus = &mut call.bot(&mut world)?.rich_menus;
    let id = with_image(find(menus, &call)?)?.id.clone();
    menus.set_default(Some(id));
    Ok(Answer::json(&json!({})))
}

async fn default(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let menus = &call.bot(&mut world)?.rich_menus;
    let id = menus.default_id().ok_or(NO_DEFAULT)?;
    Ok(Answer::json(&json!({ "richMenuId": id })))
}

async fn cancel_default(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    call.bot(&mut shared.world())?.rich_menus.set_default(None);
    Ok(Answer::json(&json!({})))
}

/// The rich menu that the path names.
pub(super) fn find<'a>(menus: &'a RichMenus, call: &Call) -> Result<&'a RichMenu, Refusal> {
    menus.get(call.param("richMenuId")).ok_or(Refusal::NotFound)
}

/// Only rich menus with an image can be shown to users.
pub(super) fn with_image(menu: &RichMenu) -> Result<&RichMenu, Refusal> {
    if menu.image.is_some() {
        Ok(menu)
    } else {
        Err(NO_IMAGE)
    }
}
