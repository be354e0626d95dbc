//! LINE notification messages: messages to phone numbers.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Stage, answer};

const PUSH: &str = "/bot/pnp/push";
const TEMPLATED: &str = "/v2/bot/message/pnp/templated/push";
/// SHA-256 of `+818000001234`.
const PHONE: &str = "d41e0ad70dddfeb68f149ad6fc61574b9c5780ab7bcb2fba5517771ffbb2409c";

async fn user_with_phone(stage: &Stage) -> String {
    let new = json!({ "displayName": "Ann", "phoneNumber": "+818000001234" });
    let user = stage.control(Method::POST, "/users", &new).await.created();
    assert!(user.get("phoneNumber").is_none());
    user["userId"].as_str().unwrap().to_owned()
}

fn hello(to: &str) -> Value {
    json!({ "to": to, "messages": [{ "type": "text", "text": "your parcel" }] })
}

#[tokio::test]
async fn a_notification_reaches_the_phone() {
    let stage = Stage::set().await;
    let user = user_with_phone(&stage).await;
    stage
        .post(PUSH, &hello(&"0".repeat(64)))
        .await
        .refused(422, "Failed to send messages");

    assert_eq!(stage.post(PUSH, &hello(PHONE)).await.ok(), json!({}));
    let event = stage.receiver.events().await.remove(0);
    assert_eq!(event["delivery"], json!({ "data": PHONE }));
    assert_eq!((event.get("source"), event.get("replyToken")), (None, None));
    assert_eq!(
        stage.transcript(&user).await,
        ["bot/notification: your parcel"]
    );

    let tagged = |tag: &str| {
        let call = stage.call(Method::POST, PUSH).json(&hello(PHONE));
        answer(call.header("x-line-delivery-tag", tag))
    };
    tagged("parcel-0123456789").await.ok();
    let event = stage.receiver.events().await.remove(0);
    assert_eq!(event["delivery"]["data"], "parcel-0123456789");
    assert_eq!(tagged("short").await.status, 400);
}

#[tokio::test]
async fn a_notification_is_checked() {
    let stage = Stage::set().await;
    let refused = stage.post(PUSH, &hello("+818000001234")).await;
    let refused = refused.refused(400, "The request body has 1 error(s)");
    let detail = json!({ "message": "The value must be a valid SHA-256 digest.",
        "property": "to" });
    assert_eq!(refused["details"], json!([detail]));

    let url = "https://example.com/a.jpg";
    let image = json!({ "type": "image", "originalContentUrl": url, "previewImageUrl": url });
    let refused = stage
        .post(PUSH, &json!({ "to": PHONE, "messages": [image] }))
        .await;
    let refused = refused.refused(400, "The request body has 1 error(s)");
    assert_eq!(refused["details"][0]["property"], "messages[0].type");

    let item = json!({ "itemKey": "date_002_ja", "content": "today" });
    let twice = json!({ "to": PHONE, "templateKey": "shipment_completed_ja",
        "body": { "emphasizedItem": item, "items": [item] } });
    let refused = stage.post(TEMPLATED, &twice).await;
    let refused = refused.refused(400, "The request body has 1 error(s)");
    assert_eq!(
        refused["details"][0]["property"],
        "body.emphasizedItem.itemKey"
    );

    let wrong = json!({ "displayName": "Ann", "phoneNumber": "080" });
    let made = stage.control(Method::POST, "/users", &wrong).await;
    assert_eq!(made.status, 400);
}

#[tokio::test]
async fn a_template_is_sent_and_both_kinds_are_counted() {
    let stage = Stage::set().await;
    user_with_phone(&stage).await;
    let button = json!({ "buttonKey": "contact_ja", "url": "https://example.com/" });
    let request = json!({ "to": PHONE, "templateKey": "shipment_completed_ja",
        "body": { "buttons": [button] } });
    let accepted = stage.post(TEMPLATED, &request).await;
    assert_eq!((accepted.status, accepted.body), (202, json!({})));
    stage.receiver.next().await;
    stage.post(PUSH, &hello(PHONE)).await.ok();
    stage.receiver.next().await;

    for kind in ["pnp", "pnp/templated"] {
        let path = format!("/v2/bot/message/delivery/{kind}");
        assert_eq!(stage.sum_of_days(&path, "success").await, 1, "{kind}");
    }
    // They are paid for apart.
    let usage = "/v2/bot/message/quota/consumption";
    assert_eq!(stage.get(usage).await.ok()["totalUsage"], 0);
}
