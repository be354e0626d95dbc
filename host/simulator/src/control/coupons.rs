//! Coupons, as users see them.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;

use super::error::ControlError;
use super::named;
use crate::world::Shared;

pub(super) async fn show(
    State(shared): State<Shared>,
    Path((bot_id, coupon_id)): Path<(String, String)>,
) -> Result<Json<Value>, ControlError> {
    let world = shared.world();
    let bot = named::bot(&world, &bot_id)?;
    let coupon = bot.coupons.get(&coupon_id);
    let coupon = coupon.map(|coupon| coupon.view(&coupon_id, world.now()));
    Ok(Json(
        coupon.ok_or(ControlError::NotFound("coupon", coupon_id))?,
    ))
}
