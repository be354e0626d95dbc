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
    ] {
        let url = format!("{}/simulator/faults", stage.simulator.url());
        let refused = answer(stage.http.post(url).json(&fault)).await;
        assert_eq!(refused.status, 400, "{fault}");
        assert!(refused.body["message"].is_string());
    }
}
