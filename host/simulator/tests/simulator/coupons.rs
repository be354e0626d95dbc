//! Coupons.

use std::time::{SystemTime, UNIX_EPOCH};

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Stage, answer};

const COUPON: &str = "/v2/bot/coupon";

fn coupon(title: &str) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    json!({
        "title": title, "maxUseCountPerTicket": 1, "timezone": "ASIA_TOKYO",
        "visibility": "UNLISTED", "startTimestamp": 0, "endTimestamp": now.as_secs() + 3_600,
        "acquisitionCondition": { "type": "normal" },
        "reward": { "type": "discount", "priceInfo": { "type": "fixed", "fixedAmount": 100 } },
    })
}

async fn create(stage: &Stage, title: &str) -> String {
    let created = stage.post(COUPON, &coupon(title)).await.ok();
    created["couponId"].as_str().unwrap().to_owned()
}

async fn close(stage: &Stage, id: &str) -> Answer {
    let path = format!("{COUPON}/{id}/close");
    answer(stage.call(Method::PUT, &path)).await
}

#[tokio::test]
async fn a_coupon_is_made_read_and_closed_once() {
    let stage = Stage::set().await;
    let id = create(&stage, "Tea").await;
    let path = format!("{COUPON}/{id}");
    let details = stage.get(&path).await.ok();
    assert_eq!(details["couponId"], id);
    assert_eq!(details["status"], "RUNNING");
    let price = json!({ "type": "fixed", "fixedAmount": 100, "currency": "JPY" });
    assert_eq!(details["reward"]["priceInfo"], price);
    assert_eq!(details["maxTicketPerUser"], 1);

    close(&stage, &id).await.ok();
    assert_eq!(stage.get(&path).await.ok()["status"], "CLOSED");
    let refused = close(&stage, &id).await;
    refused.refused(410, "The request body has 1 error(s)");
    let unknown = close(&stage, "unknown").await;
    let unknown = unknown.refused(404, "The request body has 1 error(s)");
    let details = json!([{ "message": "coupon not found", "property": "" }]);
    assert_eq!(unknown["details"], details);
}

#[tokio::test]
async fn what_is_wrong_with_a_coupon_is_said() {
    let stage = Stage::set().await;
    let mut wrong = coupon("Tea");
    wrong["maxUseCountPerTicket"] = 2.into();
    wrong["endTimestamp"] = 0.into();
    wrong["timezone"] = "MOON".into();
    wrong["acquisitionCondition"] = json!({ "type": "lottery", "lotteryProbability": 100,
        "maxAcquireCount": -1 });
    wrong["reward"]["priceInfo"]["type"] = "explicit".into();
    let refused = stage.post(COUPON, &wrong).await;
    let refused = refused.refused(400, "The request body has 7 error(s)");
    let details = refused["details"].as_array().unwrap();
    let properties: Vec<_> = details
        .iter()
        .map(|detail| detail["property"].as_str().unwrap())
        .collect();
    assert_eq!(
        properties,
        [
            "maxUseCountPerTicket",
            "timezone",
            "acquisitionCondition.lotteryProbability",
            "reward.priceInfo.originalPrice",
            "reward.priceInfo.priceAfterDiscount",
            "reward.priceInfo.fixedAmount",
            "endTimestamp",
        ]
    );
}

#[tokio::test]
async fn coupons_are_listed_by_status_and_page() {
    let stage = Stage::set().await;
    let mut ids = Vec::new();
    for title in ["one", "two", "three"] {
        ids.push(create(&stage, title).await);
    }
    // Ids of one millisecond are in no order.
    ids.sort();
    close(&stage, &ids[1]).await.ok();

    let listed = |list: &Value| -> Vec<String> {
        let items = list["items"].as_array().unwrap().iter();
        items
            .map(|item| item["couponId"].as_str().unwrap().to_owned())
            .collect()
    };
    let page = stage.get(&format!("{COUPON}?limit=2")).await.ok();
    assert_eq!(listed(&page), ids[..2]);
    let next = page["next"].as_str().unwrap();
    let page = stage
        .get(&format!("{COUPON}?limit=2&start={next}"))
        .await
        .ok();
    assert_eq!(listed(&page), ids[2..]);
    assert!(page.get("next").is_none());

    let running = stage.get(&format!("{COUPON}?status=RUNNING")).await.ok();
    assert_eq!(listed(&running), [ids[0].clone(), ids[2].clone()]);
    let both = format!("{COUPON}?status=RUNNING&status=CLOSED");
    assert_eq!(listed(&stage.get(&both).await.ok()), ids);
    let refused = stage.get(&format!("{COUPON}?status=OPEN")).await;
    let refused = refused.refused(400, "The request body has 1 error(s)");
    assert_eq!(refused["details"][0]["property"], "status");
    assert_eq!(stage.get(&format!("{COUPON}?limit=101")).await.status, 400);
}
