//! Coupons.

use axum::Router;
use axum::http::StatusCode;
use botbox_line::Operation;
use serde_json::{Value, json};

use super::page::Page;
use super::serve::{Call, operation};
use crate::answer::{Answer, Refusal};
use crate::bots::coupons::Coupon;
use crate::validation::{self, Detail, Invalid};
use crate::world::Shared;

const STATUSES: [&str; 3] = ["DRAFT", "RUNNING", "CLOSED"];

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::CreateCoupon, create))
        .merge(operation(Operation::ListCoupon, list))
        .merge(operation(Operation::GetCouponDetail, show))
        .merge(operation(Operation::CloseCoupon, close))
}

async fn create(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    validation::coupon(&request, call.time)?;
    let mut world = shared.world();
    let id = call.bot(&mut world)?.coupons.create(&request, call.time);
    let id = id.ok_or_else(|| Invalid::of("", "You have too many coupons created."))?;
    Ok(Answer::json(&json!({ "couponId": id })))
}

async fn list(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    // Several are given as several parameters, or joined by commas, as LINE's SDKs do.
    let given: Vec<String> = call.queries("status").collect();
    let statuses = || given.iter().flat_map(|status| status.split(','));
    if !statuses().all(|status| STATUSES.contains(&status)) {
        let message = format!(
            "Must be one of the following values: [{}]",
            STATUSES.join(",")
        );
        return Err(Invalid::of("status", message).into());
    }
    let limit = call
        .query("limit")
        .and_then(|limit| limit.parse::<u64>().ok());
    if limit.is_some_and(|limit| limit > 100) {
        return Err(Invalid::of("limit", "Must be less than or equal to 100").into());
    }
    let page = Page::asked_for(&call, 20, 100)?;
    let fits = |coupon: &Coupon| {
        given.is_empty() || statuses().any(|status| status == coupon.status(call.time))
    };
    let mut world = shared.world();
    let coupons = call.bot(&mut world)?.coupons.all();
    let (coupons, next) = page.cut(coupons.filter(|(_, coupon)| fits(coupon)), |(id, _)| id);
    let item = |(id, coupon): &(&str, &Coupon)| json!({ "couponId": id, "title": coupon.title() });
    let mut body = json!({ "items": coupons.iter().map(item).collect::<Vec<Value>>() });
    if let Some(next) = next {
        body["next"] = next.into();
    }
    Ok(Answer::json(&body))
}

async fn show(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let id = call.param("couponId");
    let mut world = shared.world();
    let coupon = call.bot(&mut world)?.coupons.get(id);
    Ok(Answer::json(
        &coupon.ok_or_else(not_found)?.view(id, call.time),
    ))
}

async fn close(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let coupon = call
        .bot(&mut world)?
        .coupons
        .get_mut(call.param("couponId"));
    let coupon = coupon.ok_or_else(not_found)?;
    if !coupon.is_running(call.time) {
        return Err(refuse(
            StatusCode::GONE,
            "The coupon has already been closed.",
        ));
    }
    coupon.discontinue();
    Ok(Answer::json(&json!({})))
}

fn not_found() -> Refusal {
    refuse(StatusCode::NOT_FOUND, "coupon not found")
}

/// LINE speaks of the body here even when there is none.
fn refuse(status: StatusCode, reason: &str) -> Refusal {
    Refusal::Specific {
        status,
        message: "The request body has 1 error(s)".into(),
        details: Some(json!([Detail::new("", reason)])),
    }
}
