//! Events that the control API is asked for: completed, refused, or sent with a warning.

use botbox_line::signature;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Stage};

async fn act(stage: &Stage, act: Value) -> Answer {
    let path = format!("/bots/{}/events", stage.bot_id());
    let request = json!({ "events": [act] });
    stage.control(Method::POST, &path, &request).await
}

#[tokio::test]
async fn what_is_incomplete_is_refused() {
    let stage = Stage::set().await;
    let ann = stage.user("Ann").await;
    for (event, missing) in [
        (json!({ "type": "message" }), "message.type"),
        (
            json!({ "type": "message", "message": { "type": "text" } }),
            "message.text",
        ),
        (
            json!({ "type": "message", "message": { "type": "sticker" } }),
            "message.packageId",
        ),
        (
            json!({ "type": "message", "message": { "type": "location", "latitude": 1 } }),
            "message.longitude",
        ),
        (json!({ "type": "unsend" }), "unsend"),
        (
            json!({ "type": "postback", "postback": {} }),
            "postback.data",
        ),
        (
            json!({ "type": "beacon", "beacon": { "type": "enter" } }),
            "beacon.hwid",
        ),
        (
            json!({ "type": "accountLink", "link": { "result": "ok" } }),
            "link.nonce",
        ),
        (json!({ "type": "videoPlayComplete" }), "videoPlayComplete"),
        (
            json!({ "type": "membership", "membership": { "type": "left" } }),
            "membership.membershipId",
        ),
    ] {
        let refused = act(&stage, json!({ "as": ann, "event": event })).await;
        let words = format!(
            "the event has no {missing}, which LINE always sends; give it, or null to leave it out \
             on purpose"
        );
        refused.refused(400, &words);
    }
    // An event of a user has a user, and nothing happened.
    let nobody = act(&stage, json!({ "event": { "type": "follow" } })).await;
    assert_eq!(nobody.status, 400);
    assert!(stage.receiver.is_empty().await);
}

#[tokio::test]
async fn what_line_does_not_have_passes_with_a_warning() {
    let stage = Stage::set().await;
    let ann = stage.user("Ann").await;
    for (event, warning) in [
        (
            json!({ "type": "hologram" }),
            Some("events[0].type: Must be one of"),
        ),
        (
            json!({ "type": "message", "message": { "type": "smell" } }),
            Some("events[0].message.type: Must be one of"),
        ),
        (
            json!({ "type": "postback", "postback": { "data": 7 } }),
            Some("events[0].postback.data: Must be a string"),
        ),
        (
            json!({ "type": "follow", "webhookEventId": null }),
            Some("events[0].webhookEventId: LINE always sends it"),
        ),
        (json!({ "type": "follow", "novelty": true }), None),
    ] {
        let acted = act(&stage, json!({ "as": ann, "event": event })).await.ok();
        let warnings = acted["warnings"].as_array().unwrap();
        assert_eq!(
            warnings.len(),
            usize::from(warning.is_some()),
            "{warnings:?}"
        );
        if let Some(warning) = warning {
            assert!(
                warnings[0].as_str().unwrap().starts_with(warning),
                "{warnings:?}"
            );
        }
        assert_eq!(stage.receiver.events().await[0]["type"], event["type"]);
    }
}

#[tokio::test]
async fn a_link_that_failed_is_nobodys() {
    let stage = Stage::set().await;
    let ann = stage.user("Ann").await;
    for (result, has_source) in [("ok", true), ("failed", false)] {
        let link = json!({ "result": result, "nonce": "0123456789" });
        let event = json!({ "type": "accountLink", "link": link });
        act(&stage, json!({ "as": ann, "event": event })).await.ok();
        let event = stage.receiver.events().await.remove(0);
        assert_eq!(event.get("source").is_some(), has_source, "{event}");
        assert_eq!(event.get("replyToken").is_some(), has_source, "{event}");
    }
}

/// Who signs what it has parsed and written again is found out.
#[tokio::test]
async fn bodies_are_escaped_as_line_escapes_them() {
    let stage = Stage::set().await;
    let ann = stage.user("Ann").await;
    let secret = stage.bot["channelSecret"].as_str().unwrap();
    let (mut escaped, mut plain) = (0, 0);
    for _ in 0..50 {
        stage.write(&ann, "🤨 a/b").await;
        let webhook = stage.receiver.next().await;
        let signed = webhook.headers["x-line-signature"].as_bytes();
        assert!(signature::verify(secret, &webhook.body, signed));
        let rewritten = webhook.json().to_string();
        if signature::verify(secret, rewritten.as_bytes(), signed) {
            plain += 1;
        } else {
            escaped += 1;
        }
        assert_eq!(webhook.json()["events"][0]["message"]["text"], "🤨 a/b");
    }
    assert!(escaped > 0 && plain < 50, "{escaped} of 50");
}

#[tokio::test]
async fn numbers_keep_their_last_digit() {
    let stage = Stage::set().await;
    let ann = stage.user("Ann").await;
    let message = json!({ "type": "location", "latitude": 35.658_034_000_000_01,
        "longitude": 139.703_728_929_162_03 });
    act(
        &stage,
        json!({ "as": ann, "event": { "type": "message", "message": message } }),
    )
    .await
    .ok();
    let body = stage.receiver.next().await.body;
    let body = std::str::from_utf8(&body).unwrap();
    assert!(body.contains("139.70372892916203"), "{body}");
}
