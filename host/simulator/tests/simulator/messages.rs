//! Reply and push.

use std::time::Duration;

use botbox_simulator::Settings;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Stage, answer};

const REPLY: &str = "/v2/bot/message/reply";
const PUSH: &str = "/v2/bot/message/push";
const KEY: &str = "123e4567-e89b-12d3-a456-426614174000";

fn texts(count: usize) -> Value {
    (0..count)
        .map(|n| json!({ "type": "text", "text": n.to_string() }))
        .collect()
}

#[tokio::test]
async fn a_reply_token_is_used_once() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let token = &stage.write(&user, "hi").await["replyToken"];

    let first = stage.reply(token, "hello").await;
    assert!(!first.header("x-line-request-id").is_empty());
    let sent = first.ok();
    assert!(sent["sentMessages"][0]["id"].is_string());
    assert!(sent["sentMessages"][0]["quoteToken"].is_string());
    stage
        .reply(token, "again")
        .await
        .refused(400, "Invalid reply token");
    stage
        .reply(&json!("unknown"), "x")
        .await
        .refused(400, "Invalid reply token");
    assert_eq!(
        stage.transcript(&user).await,
        ["user/user: hi", "bot/reply: hello"]
    );
}

#[tokio::test]
async fn a_reply_token_expires() {
    let settings = Settings {
        reply_token_lifetime: Duration::ZERO,
        ..Settings::default()
    };
    let stage = Stage::set_with(settings).await;
    let user = stage.user("Ann").await;
    let token = &stage.write(&user, "hi").await["replyToken"];
    stage
        .reply(token, "late")
        .await
        .refused(400, "Invalid reply token");
}

#[tokio::test]
async fn a_redelivered_event_does_not_renew_a_spent_token() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    stage.write(&user, "hi").await;
    let mut event = stage.receiver.events().await.remove(0);
    stage.reply(&event["replyToken"], "hello").await.ok();

    event["deliveryContext"]["isRedelivery"] = true.into();
    stage.act(json!([{ "as": user, "event": event }])).await;
    assert_eq!(stage.receiver.events().await[0], event);
    stage
        .reply(&event["replyToken"], "x")
        .await
        .refused(400, "Invalid reply token");
    assert_eq!(
        stage.transcript(&user).await,
        ["user/user: hi", "bot/reply: hello"]
    );
}

#[tokio::test]
async fn one_to_five_messages_are_sent() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let token = &stage.write(&user, "hi").await["replyToken"];
    let send = |count| {
        let request = json!({ "replyToken": token, "messages": texts(count) });
        async {
            let request = request;
            stage.post(REPLY, &request).await
        }
    };
    for count in [0, 6] {
        let refused = send(count)
            .await
            .refused(400, "The request body has 1 error(s)");
        let detail = json!({ "message": "Size must be between 1 and 5", "property": "messages" });
        assert_eq!(refused["details"], json!([detail]));
    }
    // The token was not spent by what was refused.
    let sent = send(5).await.ok();
    assert_eq!(sent["sentMessages"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn errors_name_their_property() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let request = json!({ "to": user, "messages": [
        { "type": "text", "text": "" },
        { "type": "gif" },
        { "type": "text", "text": "a".repeat(5001) },
        { "type": "image", "originalContentUrl": "http://example.com/a.png" },
    ]});
    let refused = stage.post(PUSH, &request).await;
    let refused = refused.refused(400, "The request body has 5 error(s)");
    let properties: Vec<_> = refused["details"]
        .as_array()
        .unwrap()
        .iter()
        .map(|detail| {
            (
                detail["property"].as_str().unwrap(),
                detail["message"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        properties,
        [
            ("messages[0].text", "May not be empty"),
            (
                "messages[1].type",
                "Must be one of the following values: [text, textV2, sticker, image, video, audio, \
                 location, coupon, imagemap, template, flex]"
            ),
            ("messages[2].text", "Length must be between 0 and 5000"),
            (
                "messages[3].originalContentUrl",
                "Must be a valid HTTPS URL"
            ),
            ("messages[3].previewImageUrl", "May not be empty"),
        ]
    );
}

#[tokio::test]
async fn a_retry_key_is_accepted_once() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    stage
        .act(json!([{ "as": user, "event": { "type": "follow" } }]))
        .await;
    let push = |key: &str, messages: Value| {
        let body = json!({ "to": user, "messages": messages });
        answer(
            stage
                .call(Method::POST, PUSH)
                .header("x-line-retry-key", key)
                .json(&body),
        )
    };
    // What is refused does not use the key up.
    push(KEY, texts(0))
        .await
        .refused(400, "The request body has 1 error(s)");

    let first = push(KEY, texts(2)).await;
    let first_id = first.header("x-line-request-id").to_owned();
    let again = push(KEY, texts(2)).await;
    assert_eq!(again.header("x-line-accepted-request-id"), first_id);
    assert_ne!(again.header("x-line-request-id"), first_id);
    let first = first.ok();
    let again = again.refused(409, "The retry key is already accepted");
    assert_eq!(again["sentMessages"], first["sentMessages"]);
    assert_eq!(first["sentMessages"].as_array().unwrap().len(), 2);

    push("123e4567-e89b-12d3-a456-426614174001", texts(1))
        .await
        .ok();
    for malformed in ["not a UUID", "123e4567e89b12d3a456426614174000"] {
        push(malformed, texts(1))
            .await
            .refused(400, "The retry key is invalid");
    }
    assert_eq!(
        stage.transcript(&user).await,
        ["bot/push: 0", "bot/push: 1", "bot/push: 0"]
    );
}

#[tokio::test]
async fn a_reply_takes_no_retry_key() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let token = &stage.write(&user, "hi").await["replyToken"];
    let body = json!({ "replyToken": token, "messages": texts(1) });
    let reply = stage
        .call(Method::POST, REPLY)
        .header("x-line-retry-key", KEY)
        .json(&body);
    answer(reply)
        .await
        .refused(400, "The retry key is not supported by this API");
    stage.reply(token, "without").await.ok();
}

#[tokio::test]
async fn a_push_reaches_who_knows_the_bot() {
    let stage = Stage::set().await;
    let (friend, stranger, blocker, nobody) = (
        stage.user("friend").await,
        stage.user("stranger").await,
        stage.user("blocker").await,
        stage.user("nobody").await,
    );
    let group = stage.group("group", &[&friend]).await;
    stage
        .act(json!([
            { "as": friend, "event": { "type": "follow" } },
            { "as": blocker, "event": { "type": "follow" } },
            { "as": blocker, "event": { "type": "unfollow" } },
        ]))
        .await;
    stage.write(&stranger, "hi").await;

    for user in [&friend, &stranger, &blocker, &nobody] {
        stage.push(user, "news").await.ok();
    }
    assert_eq!(stage.transcript(&friend).await, ["bot/push: news"]);
    assert_eq!(
        stage.transcript(&stranger).await,
        ["user/user: hi", "bot/push: news"]
    );
    assert!(stage.transcript(&blocker).await.is_empty());
    assert!(stage.transcript(&nobody).await.is_empty());

    stage
        .push(&group, "x")
        .await
        .refused(400, "Failed to send messages");
    stage
        .act(json!([{ "in": group, "event": { "type": "join" } }]))
        .await;
    stage.push(&group, "to all").await.ok();
    stage
        .act(json!([{ "in": group, "event": { "type": "leave" } }]))
        .await;
    stage
        .push(&group, "x")
        .await
        .refused(400, "Failed to send messages");
    assert_eq!(stage.transcript(&group).await, ["bot/push: to all"]);
}

#[tokio::test]
async fn a_push_to_whom_does_not_exist_is_refused() {
    let stage = Stage::set().await;
    let unknown = format!("U{}", "0".repeat(32));
    stage
        .push(&unknown, "x")
        .await
        .refused(400, "Failed to send messages");
    let malformed = "The property, 'to', in the request body is invalid (line: -, column: -)";
    stage.push("Ann", "x").await.refused(400, malformed);
}

#[tokio::test]
async fn who_has_no_token_is_turned_away() {
    let stage = Stage::set().await;
    let url = format!("{}{PUSH}", stage.simulator.url());
    let reason = "Authentication failed due to the following reason: invalid token. Confirm that \
                  the access token in the authorization header is valid.";
    let without = answer(stage.http.post(&url)).await;
    assert!(!without.header("x-line-request-id").is_empty());
    without.refused(401, reason);
    answer(stage.http.post(&url).bearer_auth("wrong"))
        .await
        .refused(401, reason);
}

#[tokio::test]
async fn what_is_not_a_request_is_refused() {
    let stage = Stage::set().await;
    let push = || stage.call(Method::POST, PUSH);
    let json = || push().header("content-type", "application/json");

    let not_json = "The request body could not be parsed as JSON (line: 1, column: 1)";
    answer(json().body("{")).await.refused(400, not_json);
    let text = "The content type, text/plain, is not supported";
    answer(push().header("content-type", "text/plain").body("{}"))
        .await
        .refused(415, text);
    let large = json().body(vec![b' '; 2 * 1024 * 1024 + 1]);
    assert_eq!(answer(large).await.status, 413);

    let nowhere = stage.get("/v2/bot/nowhere").await;
    assert!(!nowhere.header("x-line-request-id").is_empty());
    nowhere.refused(404, "Not found");
    stage.get(PUSH).await.refused(404, "Not found");
}

#[tokio::test]
async fn calls_are_recorded() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let pushed = stage.push(&user, "x").await;
    stage.get("/v2/bot/info?a=b").await.ok();
    stage.get("/v2/bot/nowhere").await;

    let calls = stage.calls().await;
    assert_eq!(calls.len(), 3);
    assert_eq!(
        (
            &calls[0]["seq"],
            &calls[0]["method"],
            &calls[0]["path"],
            &calls[0]["status"]
        ),
        (&json!(1), &json!("POST"), &json!(PUSH), &json!(200))
    );
    assert_eq!(calls[0]["body"]["messages"][0]["text"], "x");
    assert_eq!(calls[0]["requestId"], pushed.header("x-line-request-id"));
    assert_eq!(
        (&calls[1]["path"], &calls[1]["seq"]),
        (&json!("/v2/bot/info?a=b"), &json!(2))
    );
    assert_eq!(calls[2]["status"], 404);
}
