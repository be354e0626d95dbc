//! Faults.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;

use crate::harness::{Stage, answer};

#[tokio::test]
async fn an_answer_is_replaced_so_many_times() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    stage
        .act(json!([{ "as": user, "event": { "type": "follow" } }]))
        .await;
    stage
        .fault(json!({ "operation": "pushMessage", "times": 2, "answer": {
            "status": 503, "contentType": "text/html", "body": "<html>", "headers": { "x-a": "b" },
        }}))
        .await;

    for _ in 0..2 {
        let failed = stage.push(&user, "lost").await;
        assert_eq!(failed.status, 503);
        assert_eq!(
            (failed.header("content-type"), failed.header("x-a")),
            ("text/html", "b")
        );
    }
    stage.push(&user, "arrived").await.ok();
    assert_eq!(stage.transcript(&user).await, ["bot/push: arrived"]);
    assert_eq!(stage.calls().await[0]["status"], 503);
}

#[tokio::test]
async fn an_operation_can_take_effect_before_it_fails() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let token = &stage.write(&user, "hi").await["replyToken"];
    let body = json!({ "message": "oops" });
    stage
        .fault(json!({ "operation": "replyMessage", "performFirst": true,
            "answer": { "status": 500, "body": body } }))
        .await;

    stage.reply(token, "hello").await.refused(500, "oops");
    stage
        .reply(token, "hello")
        .await
        .refused(400, "Invalid reply token");
    assert_eq!(
        stage.transcript(&user).await,
        ["user/user: hi", "bot/reply: hello"]
    );
}

#[tokio::test]
async fn a_fault_strikes_its_operation_and_bot_only() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let other = stage
        .control(Method::POST, "/bots", &json!({ "displayName": "Other" }))
        .await;
    let answer = json!({ "status": 500 });
    let other = other.created();
    stage
        .fault(json!({ "bot": other["botId"], "operation": "getBotInfo", "answer": answer }))
        .await;
    stage
        .fault(json!({ "operation": "getProfile", "times": 9, "answer": answer }))
        .await;

    stage.get("/v2/bot/info").await.ok();
    let path = format!("/v2/bot/profile/{user}");
    assert_eq!(stage.get(&path).await.status, 500);

    let deleted = stage.control(Method::DELETE, "/faults", &json!({})).await;
    deleted.ok();
    assert_eq!(stage.get(&path).await.status, 404);
}

#[tokio::test]
async fn a_truncated_answer_breaks_in_its_body() {
    let stage = Stage::set().await;
    stage
        .fault(json!({ "operation": "getBotInfo", "answer": { "truncate": true } }))
        .await;

    let mut response = stage
        .call(Method::GET, "/v2/bot/info")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let promised = response.content_length().unwrap();
    let half = response.chunk().await.unwrap().unwrap();
    assert_eq!(half.len() as u64, promised / 2);
    assert!(response.chunk().await.is_err());
    stage.get("/v2/bot/info").await.ok();
}

#[tokio::test]
async fn a_hanging_call_has_no_answer_until_the_simulator_stops() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    stage.write(&user, "hi").await;
    stage
        .fault(json!({ "operation": "pushMessage", "performFirst": true,
            "answer": { "hang": true } }))
        .await;
    let body = json!({ "to": user, "messages": [{ "type": "text", "text": "news" }] });
    let call = tokio::spawn(
        stage
            .call(Method::POST, "/v2/bot/message/push")
            .json(&body)
            .send(),
    );

    let path = format!(
        "/bots/{}/chats/{user}/messages?after=1&wait=30000",
        stage.bot_id()
    );
    let chat = stage.control_get(&path).await.ok();
    assert_eq!(chat["messages"][0]["message"]["text"], "news");
    assert!(!call.is_finished());

    stage.simulator.stop().await;
    // Once stopped, nobody waits for anything.
    assert!(
        call.await
            .unwrap()
            .map_or(true, |response| response.status() == 503)
    );
}

#[tokio::test]
async fn a_delayed_answer_is_right_but_late() {
    let stage = Stage::set().await;
    stage
        .fault(json!({ "operation": "getBotInfo", "answer": { "delay": 50 } }))
        .await;
    let asked = Instant::now();
    let info = stage.get("/v2/bot/info").await.ok();
    assert!(asked.elapsed() >= Duration::from_millis(50));
    assert_eq!(info["userId"], stage.bot["botId"]);
}

#[tokio::test]
async fn a_fault_that_makes_no_sense_is_refused() {
    let stage = Stage::set().await;
    for fault in [
        json!({ "operation": "dance", "answer": { "hang": true } }),
        json!({ "operation": "getProfile", "answer": {} }),
        json!({ "operation": "getProfile", "answer": { "hang": true, "status": 500 } }),
        json!({ "operation": "getProfile", "answer": { "status": 99 } }),
        json!({ "operation": "getProfile", "answer": { "hang": true }, "time": 3 }),
        json!({ "operation": "getProfile", "answer": { "hang": true }, "share": 1.5 }),
        json!({ "operation": "getProfile" }),
        json!({ "operation": "getProfile", "webhook": { "lose": true } }),
        json!({ "webhook": { "burn": true } }),
    ] {
        let url = format!("{}/simulator/faults", stage.simulator.url());
        let refused = answer(stage.http.post(url).json(&fault)).await;
        assert_eq!(refused.status, 400, "{fault}");
        assert!(refused.body["message"].is_string());
    }
}

#[tokio::test]
async fn a_dropped_connection_has_no_answer() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    stage.write(&user, "hi").await;
    stage
        .fault(json!({ "operation": "pushMessage", "performFirst": true,
            "answer": { "drop": true } }))
        .await;
    let body = json!({ "to": user, "messages": [{ "type": "text", "text": "news" }] });
    let push = stage.call(Method::POST, "/v2/bot/message/push").json(&body);
    let lost = push.send().await.unwrap_err();
    assert!(!lost.is_timeout() && !lost.is_connect(), "{lost:?}");
    assert_eq!(
        stage.transcript(&user).await,
        ["user/user: hi", "bot/push: news"]
    );
    assert_eq!(stage.calls().await[0]["status"], json!(null));
    stage.get("/v2/bot/info").await.ok();
}

#[tokio::test]
async fn a_share_of_all_calls_can_fail() {
    let stage = Stage::set().await;
    stage
        .fault(json!({ "share": 0.5, "bot": stage.bot_id(), "answer": { "status": 503 } }))
        .await;
    let mut failed = 0;
    for _ in 0..100 {
        failed += u32::from(stage.get("/v2/bot/info").await.status == 503);
    }
    assert!((1..100).contains(&failed), "{failed} of 100");
    // Another spelling of LINE's is taken as well.
    stage
        .control(Method::DELETE, "/faults", &json!({}))
        .await
        .ok();
    stage
        .fault(json!({ "operation": "getTemplatedPnpMessageStatistics",
            "answer": { "status": 500 } }))
        .await;
    let path = "/v2/bot/message/delivery/pnp/templated?date=20260101";
    assert_eq!(stage.get(path).await.status, 500);
}

async fn advance(stage: &Stage, seconds: u64) {
    let request = json!({ "advance": seconds * 1_000 });
    stage.control(Method::POST, "/clock", &request).await.ok();
}

#[tokio::test]
async fn a_webhook_that_fails_comes_again_if_that_is_wanted() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    stage.receiver.answer_with(500);
    stage.write(&user, "lost").await;
    stage.receiver.next().await;
    let path = format!("/bots/{}/settings", stage.bot_id());
    let settings = json!({ "webhookRedelivery": true });
    stage.control(Method::PUT, &path, &settings).await.ok();

    stage.write(&user, "hi").await;
    let first = stage.receiver.events().await.remove(0);
    stage.receiver.answer_with(200);
    advance(&stage, 30).await;
    let again = stage.receiver.events().await.remove(0);
    assert_eq!(again["deliveryContext"]["isRedelivery"], true);
    for same in ["webhookEventId", "timestamp", "replyToken", "message"] {
        assert_eq!(again[same], first[same]);
    }
    // Its reply token is good for a minute from now on.
    advance(&stage, 50).await;
    stage.reply(&again["replyToken"], "hello").await.ok();
    advance(&stage, 3_600).await;
    assert!(stage.receiver.is_empty().await);
}

#[tokio::test]
async fn webhooks_come_twice_late_wrongly_signed_or_never() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let texts = async |count: usize| {
        let mut texts = Vec::new();
        for _ in 0..count {
            let event = stage.receiver.events().await.remove(0);
            texts.push(event["message"]["text"].as_str().unwrap().to_owned());
        }
        texts
    };
    stage.fault(json!({ "webhook": { "duplicate": 2 } })).await;
    stage.write(&user, "thrice").await;
    assert_eq!(texts(3).await, ["thrice"; 3]);

    stage
        .fault(json!({ "webhook": { "delay": 60_000 }, "times": 2 }))
        .await;
    for text in ["late", "late", "early"] {
        stage.write(&user, text).await;
    }
    assert_eq!(texts(1).await, ["early"]);
    assert!(stage.receiver.is_empty().await);
    advance(&stage, 60).await;
    assert_eq!(texts(2).await, ["late", "late"]);

    stage.fault(json!({ "webhook": { "lose": true } })).await;
    stage
        .fault(json!({ "webhook": { "badSignature": true }, "bot": stage.bot_id() }))
        .await;
    for text in ["lost", "forged"] {
        stage.write(&user, text).await;
    }
    let forged = stage.receiver.next().await;
    assert_eq!(forged.json()["events"][0]["message"]["text"], "forged");
    let secret = stage.bot["channelSecret"].as_str().unwrap();
    let signature = forged.headers["x-line-signature"].as_bytes();
    assert!(!botbox_line::signature::verify(
        secret,
        &forged.body,
        signature
    ));
}

#[tokio::test]
async fn accounts_and_users_can_be_of_lesser_rights() {
    let stage = Stage::set().await;
    let group = stage.group("group", &[]).await;
    stage
        .act(json!([{ "in": group, "event": { "type": "join" } }]))
        .await;
    let path = format!("/bots/{}/settings", stage.bot_id());
    let settings = json!({ "unverified": true, "chatMode": true });
    stage.control(Method::PUT, &path, &settings).await.ok();
    let reason = "Access to this API is not available for your account";
    for path in [
        "/v2/bot/followers/ids",
        &format!("/v2/bot/group/{group}/members/ids"),
    ] {
        stage.get(path).await.refused(403, reason);
    }
    let info = stage.get("/v2/bot/info").await.ok();
    assert_eq!(
        (&info["chatMode"], &info["markAsReadMode"]),
        (&json!("chat"), &json!("manual"))
    );

    let private = json!({ "displayName": "Ann", "consents": false });
    let private = stage.control(Method::POST, "/users", &private).await;
    let private = private.created()["userId"].as_str().unwrap().to_owned();
    stage.write(&private, "hi").await;
    let path = format!("/v2/bot/profile/{private}");
    stage.get(&path).await.refused(404, "Not found");
    let open = json!({ "displayName": "Ann" });
    let user = format!("/users/{private}");
    stage.control(Method::PUT, &user, &open).await.ok();
    assert_eq!(stage.get(&path).await.ok()["displayName"], "Ann");
}
