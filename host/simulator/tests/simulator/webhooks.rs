//! Webhooks: signed, complete, delivered as LINE delivers.

use std::time::Duration;

use botbox_line::signature;
use botbox_simulator::Settings;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::harness::Stage;

#[tokio::test]
async fn a_webhook_is_signed_with_the_channel_secret() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    stage.write(&user, "hi").await;

    let webhook = stage.receiver.next().await;
    let secret = stage.bot["channelSecret"].as_str().unwrap();
    let signature = webhook.headers["x-line-signature"].as_bytes();
    assert!(signature::verify(secret, &webhook.body, signature));
    assert!(!signature::verify(
        "another secret",
        &webhook.body,
        signature
    ));
    assert_eq!(
        webhook.headers["content-type"],
        "application/json; charset=utf-8"
    );
    assert_eq!(webhook.headers["user-agent"], "LineBotWebhook/2.0");
    assert_eq!(webhook.json()["destination"], stage.bot["botId"]);
}

#[tokio::test]
async fn a_text_message_has_all_common_fields() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let receipt = stage.write(&user, "hi").await;

    let event = &stage.receiver.events().await[0];
    assert_eq!(event["type"], "message");
    assert_eq!(event["mode"], "active");
    assert_eq!(event["source"], json!({ "type": "user", "userId": user }));
    assert_eq!(event["deliveryContext"], json!({ "isRedelivery": false }));
    assert_eq!(event["webhookEventId"], receipt["webhookEventId"]);
    assert_eq!(event["webhookEventId"].as_str().unwrap().len(), 26);
    assert_eq!(event["replyToken"], receipt["replyToken"]);
    assert_eq!(event["replyToken"].as_str().unwrap().len(), 32);
    assert!(event["timestamp"].as_u64().unwrap() > 1_700_000_000_000);
    let message = &event["message"];
    assert_eq!(
        (&message["type"], &message["text"]),
        (&json!("text"), &json!("hi"))
    );
    assert_eq!(message["id"], receipt["messageId"]);
    assert!(message["id"].as_str().unwrap().parse::<u64>().is_ok());
    assert!(message["quoteToken"].is_string() && message["markAsReadToken"].is_string());
}

#[tokio::test]
async fn each_message_type_has_its_own_fields() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let content = stage.upload(b"12345", "application/pdf", 0).await;
    let message =
        |message: Value| json!({ "as": user, "event": { "type": "message", "message": message } });
    stage
        .act(json!([
            message(json!({ "type": "sticker", "packageId": "446", "stickerId": "1988" })),
            message(json!({ "type": "image" })),
            message(json!({ "type": "audio", "duration": 1000 })),
            message(json!({ "type": "file", "fileName": "a.pdf", "contentId": content })),
        ]))
        .await;

    let events = stage.receiver.events().await;
    assert_eq!(events.len(), 4, "all in one webhook");
    let [sticker, image, audio, file] = [0, 1, 2, 3].map(|index| &events[index]["message"]);
    assert_eq!(sticker["stickerResourceType"], "STATIC");
    assert_eq!(image["contentProvider"], json!({ "type": "line" }));
    assert!(image["quoteToken"].is_string() && audio["quoteToken"].is_null());
    assert_eq!(
        (&file["fileName"], &file["fileSize"]),
        (&json!("a.pdf"), &json!(5))
    );
    assert_eq!(file.get("contentId"), None);
}

#[tokio::test]
async fn what_the_caller_gives_wins() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    stage
        .act(json!([
            { "as": user, "event": {
                "type": "message", "webhookEventId": "given", "replyToken": null,
                "source": { "userId": null },
                "deliveryContext": { "isRedelivery": true },
                "message": { "type": "text", "text": "hi", "id": "7", "quoteToken": null },
            }},
            { "as": user, "event": { "type": "dance", "dance": { "steps": [1, 2] } } },
            { "event": { "type": "botSuspended" } },
        ]))
        .await;

    let events = stage.receiver.events().await;
    assert_eq!(events[0]["webhookEventId"], "given");
    assert_eq!(events[0].get("replyToken"), None);
    assert_eq!(events[0]["source"], json!({ "type": "user" }));
    assert_eq!(events[0]["deliveryContext"]["isRedelivery"], true);
    assert_eq!(events[0]["message"]["id"], "7");
    assert_eq!(events[0]["message"].get("quoteToken"), None);
    assert_eq!(events[1]["dance"], json!({ "steps": [1, 2] }));
    assert_eq!(events[1].get("replyToken"), None);
    assert_eq!(events[2].get("source"), None);
}

#[tokio::test]
async fn reply_tokens_come_with_replyable_events_only() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    for (event, replyable) in [
        (json!({ "type": "follow" }), true),
        (json!({ "type": "unfollow" }), false),
        (
            json!({ "type": "postback", "postback": { "data": "d" } }),
            true,
        ),
        (
            json!({ "type": "accountLink", "link": { "result": "ok", "nonce": "n" } }),
            true,
        ),
        (
            json!({ "type": "accountLink", "link": { "result": "failed", "nonce": "n" } }),
            false,
        ),
        (
            json!({ "type": "unsend", "unsend": { "messageId": "1" } }),
            false,
        ),
        (json!({ "type": "follow", "mode": "standby" }), false),
    ] {
        stage.act(json!([{ "as": user, "event": event }])).await;
        let sent = &stage.receiver.events().await[0];
        assert_eq!(sent.get("replyToken").is_some(), replyable, "{event}");
    }
}

#[tokio::test]
async fn a_follow_after_a_block_is_an_unblock() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let act = |kind: &str| json!({ "as": user, "event": { "type": kind } });
    stage
        .act(json!([act("follow"), act("unfollow"), act("follow")]))
        .await;

    let events = stage.receiver.events().await;
    assert_eq!(events[0]["follow"], json!({ "isUnblocked": false }));
    assert_eq!(events[2]["follow"], json!({ "isUnblocked": true }));
}

#[tokio::test]
async fn groups_and_rooms_are_sources() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    for kind in ["group", "room"] {
        let group = stage.group(kind, &[&user]).await;
        let message = json!({ "type": "message", "message": { "type": "text", "text": "hi" } });
        stage
            .act(json!([
                { "in": group, "event": { "type": "join" } },
                { "as": user, "in": group, "event": message },
                { "as": user, "in": group, "event": { "type": "memberLeft" } },
            ]))
            .await;
        let events = stage.receiver.events().await;
        let id = format!("{kind}Id");
        assert_eq!(events[0]["source"], json!({ "type": kind, &id: group }));
        assert_eq!(
            events[1]["source"],
            json!({ "type": kind, &id: group, "userId": user })
        );
        assert_eq!(events[2]["source"], json!({ "type": kind, &id: group }));
        assert_eq!(
            events[2]["left"]["members"],
            json!([{ "type": "user", "userId": user }])
        );
    }
}

#[tokio::test]
async fn no_events_are_a_connectivity_check() {
    let stage = Stage::set().await;
    let acted = stage.act(json!([])).await;
    assert_eq!(acted["delivery"]["status"], 200);
    assert_eq!(acted["delivery"]["reason"], "OK");
    assert_eq!(stage.receiver.next().await.json()["events"], json!([]));
}

#[tokio::test]
async fn failed_deliveries_say_why() {
    let settings = Settings {
        webhook_timeout: Duration::from_millis(100),
        ..Settings::default()
    };
    let stage = Stage::set_with(settings).await;
    let delivery = async || {
        let acted = stage.act(json!([])).await;
        (
            acted["delivery"]["status"].clone(),
            acted["delivery"]["reason"].clone(),
        )
    };

    stage.receiver.answer_with(500);
    assert_eq!(delivery().await, (json!(500), json!("ERROR_STATUS_CODE")));
    stage.receiver.next().await;

    // A redirect is an error, and is not followed.
    stage.receiver.answer_with(307);
    assert_eq!(delivery().await, (json!(307), json!("ERROR_STATUS_CODE")));
    stage.receiver.next().await;
    assert!(stage.receiver.is_empty().await);

    // A listener that accepts nothing: the connection is made, and no answer ever comes.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    let path = format!("/bots/{}/webhook", stage.bot_id());
    let endpoint = json!({ "endpoint": format!("http://{address}/") });
    stage.control(Method::PUT, &path, &endpoint).await.ok();
    assert_eq!(delivery().await, (Value::Null, json!("REQUEST_TIMEOUT")));

    drop(silent);
    assert_eq!(delivery().await, (Value::Null, json!("COULD_NOT_CONNECT")));
}

#[tokio::test]
async fn the_webhook_endpoint_is_read_set_and_tested() {
    let stage = Stage::set().await;
    let path = "/v2/bot/channel/webhook/endpoint";
    let expected = json!({ "endpoint": stage.receiver.url, "active": true });
    assert_eq!(stage.get(path).await.ok(), expected);

    let tested = stage
        .post("/v2/bot/channel/webhook/test", &json!({}))
        .await
        .ok();
    assert_eq!(
        (&tested["success"], &tested["statusCode"], &tested["reason"]),
        (&json!(true), &json!(200), &json!("OK"))
    );
    assert_eq!(stage.receiver.next().await.json()["events"], json!([]));

    stage.receiver.answer_with(503);
    let other = json!({ "endpoint": stage.receiver.url });
    let tested = stage
        .post("/v2/bot/channel/webhook/test", &other)
        .await
        .ok();
    assert_eq!(
        (&tested["success"], &tested["statusCode"], &tested["reason"]),
        (&json!(false), &json!(503), &json!("ERROR_STATUS_CODE"))
    );

    let put = |endpoint: &str| {
        let request = stage
            .call(Method::PUT, path)
            .json(&json!({ "endpoint": endpoint }));
        crate::harness::answer(request)
    };
    put("not a URL")
        .await
        .refused(400, "Invalid webhook endpoint URL");
    put("https://example.com/hook").await.ok();
    assert_eq!(
        stage.get(path).await.ok()["endpoint"],
        "https://example.com/hook"
    );
}
