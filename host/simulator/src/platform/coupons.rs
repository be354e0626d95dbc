//! Coupons.

use axum::Router;
use axum::http::StatusCode;
use botbox_line::Operation;
use serde_json::{Value, json};

use super::page::Page;
use super::serve::{Call, operation};
use crate::answer::{Answer, Refusal};
use crate::bots::coupons::Coupon;
use crate::validation::{self, Detail};
use crate::world::Shared;

const STATUSES: [&str; 3] = ["DRAFT", "RUNNING", "CLOSED"];

const FULL: Refusal = Refusal::specific(
    StatusCode::BAD_REQUEST,
    "The number of valid coupons has reached the limit of 5000",
);

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::CreateCoupon, create))
        .merge(operation(Operation::ListCoupon, list))
        .merge(operation(Operation::GetCouponDetail, show))
        .merge(operation(Operation::CloseCoupon, close))
}

async fn create(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    Refusal::unless_valid(validation::coupon(&request))?;
    let mut world = shared.world();
    let id = call.bot(&mut world)?.coupons.create(&request);
    Ok(Answer::json(&json!({ "couponId": id.ok_or(FULL)? })))
}

async fn list(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let statuses: Vec<String> = call.queries("status").collect();
    if !statuses
        .iter()
        .all(|status| STATUSES.contains(&status.as_str()))
    {
        let message = format!(
            "Must be one of the following values: [{}]",
            STATUSES.join(",")
        );
        return Err(Refusal::Invalid(vec![Detail::new("status", message)]));
    }
    let page = Page::asked_for(&call, 20, 100)?;
    let fits = |coupon: &Coupon| {
        statuses.is_empty() || statuses.iter().any(|status| status == coupon.status())
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
    Ok(Answer::json(&coupon.ok_or_else(not_found)?.view(id)))
}

async fn close(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let coupon = call
        .bot(&mut world)?
        .coupons
        .get_mut(call.param("couponId"));
    let coupon = coupon.ok_or_else(not_found)?;
    if !coupon.is_running() {
        return Err(refuse(StatusCode::GONE, "coupon already closed"));
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
        message: "The request body has 1 error(s)",
        details: Some(json!([Detail::new("", reason)])),
    }
}
