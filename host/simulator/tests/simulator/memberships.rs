//! Memberships.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::Stage;

const LIST: &str = "/v2/bot/membership/list";

async fn offer(stage: &Stage, members: &[&str]) {
    let plan = json!({ "membershipId": 3189, "title": "Basic", "description": "Photos",
        "benefits": ["Photos"], "price": 500.0, "members": members });
    let path = format!("/bots/{}/memberships", stage.bot_id());
    let plans = json!({ "memberships": [plan] });
    stage.control(Method::PUT, &path, &plans).await.ok();
}

async fn act(stage: &Stage, user: &str, event: Value) {
    stage.act(json!([{ "as": user, "event": event }])).await;
}

#[tokio::test]
async fn plans_are_listed_when_there_are_some() {
    let stage = Stage::set().await;
    let ann = stage.user("Ann").await;
    stage
        .get(LIST)
        .await
        .refused(404, "Membership plan not found");
    offer(&stage, &[&ann]).await;
    let expected = json!({ "memberships": [{
        "membershipId": 3189, "title": "Basic", "description": "Photos", "benefits": ["Photos"],
        "price": 500.0, "currency": "JPY", "memberCount": 1, "memberLimit": null,
        "isInAppPurchase": false, "isPublished": true,
    }] });
    assert_eq!(stage.get(LIST).await.ok(), expected);
}

#[tokio::test]
async fn users_join_and_leave() {
    let stage = Stage::set().await;
    let (ann, ben) = (stage.user("Ann").await, stage.user("Ben").await);
    offer(&stage, &[&ann]).await;
    let subscription = format!("/v2/bot/membership/subscription/{ben}");
    let users = "/v2/bot/membership/3189/users/ids";
    stage.get(&subscription).await.refused(404, "Not found");

    // Only friends are listed.
    assert_eq!(stage.get(users).await.ok(), json!({ "userIds": [] }));
    act(&stage, &ben, json!({ "type": "follow" })).await;
    let change = |kind: &str| json!({ "type": "membership", "membership": { "type": kind, "membershipId": 3189 } });
    act(&stage, &ben, change("joined")).await;
    assert_eq!(stage.get(users).await.ok(), json!({ "userIds": [ben] }));
    let subscriptions = stage.get(&subscription).await.ok();
    let his = &subscriptions["subscriptions"][0];
    assert_eq!(his["membership"]["title"], "Basic");
    assert_eq!(his["user"]["membershipNo"], 2);
    assert_eq!(his["user"]["totalSubscriptionMonths"], 1);
    assert_eq!(his["user"]["nextBillingDate"].as_str().unwrap().len(), 10);

    act(&stage, &ben, change("left")).await;
    stage.get(&subscription).await.refused(404, "Not found");
    stage
        .get("/v2/bot/membership/1/users/ids")
        .await
        .refused(404, "Membership ID is not found");
    assert_eq!(stage.get(&format!("{users}?limit=1001")).await.status, 400);
}
