//! The clock, which tests move.

use botbox_clock::Clock;
use botbox_simulator::Settings;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::Stage;

const SECOND: u64 = 1_000;
const HOUR: u64 = 3_600 * SECOND;

async fn advance(stage: &Stage, ms: u64) -> Value {
    let request = json!({ "advance": ms });
    stage.control(Method::POST, "/clock", &request).await.ok()
}

#[tokio::test]
async fn the_clock_is_read_and_moved() {
    let stage = Stage::set().await;
    let before = stage.control_get("/clock").await.ok();
    let after = advance(&stage, HOUR).await;
    let passed = after["now"].as_u64().unwrap() - before["now"].as_u64().unwrap();
    assert!(passed >= HOUR, "{passed}");
    assert_eq!(
        after["time"].as_str().unwrap().len(),
        "2020-09-30T05:38:20.031Z".len()
    );

    let ann = stage.user("Ann").await;
    stage.write(&ann, "hi").await;
    let event = stage.receiver.events().await.remove(0);
    assert!(event["timestamp"].as_u64() >= after["now"].as_u64());
}

#[tokio::test]
async fn a_clock_can_be_shared() {
    let clock = Clock::movable();
    let settings = Settings {
        clock: clock.clone(),
        ..Settings::default()
    };
    let stage = Stage::set_with(settings).await;
    let before = clock.now_ms();
    advance(&stage, HOUR).await;
    assert!(clock.now_ms() - before >= 3_600_000);

    let settings = Settings {
        clock: Clock::system(),
        ..Settings::default()
    };
    let stage = Stage::set_with(settings).await;
    let request = json!({ "advance": 1 });
    let refused = stage.control(Method::POST, "/clock", &request).await;
    refused.refused(400, "this simulator's clock cannot be moved");
}

#[tokio::test]
async fn what_expires_does() {
    let stage = Stage::set().await;
    let ann = stage.user("Ann").await;
    let token = &stage.write(&ann, "hi").await["replyToken"];
    advance(&stage, 58 * SECOND).await;
    let late = &stage.write(&ann, "hi").await["replyToken"];
    advance(&stage, 3 * SECOND).await;
    stage
        .reply(token, "late")
        .await
        .refused(400, "Invalid reply token");
    stage.reply(late, "in time").await.ok();

    let link = format!("/v2/bot/user/{ann}/linkToken");
    let link = stage.post(&link, &json!({})).await.ok();
    let dialog = format!(
        "{}/dialog/bot/accountLink?linkToken={}&nonce=0123456789",
        stage.simulator.url(),
        link["linkToken"].as_str().unwrap()
    );
    let ask = async || stage.http.get(&dialog).send().await.unwrap().status();
    assert!(ask().await.is_success());
    advance(&stage, 601 * SECOND).await;
    assert!(ask().await.is_client_error());

    let issued = stage
        .http
        .post(format!("{}/v2/oauth/accessToken", stage.simulator.url()))
        .form(&[
            ("grant_type", "client_credentials"),
            ("client_id", stage.bot["channelId"].as_str().unwrap()),
            (
                "client_secret",
                stage.bot["channelSecret"].as_str().unwrap(),
            ),
        ]);
    let issued: Value = issued.send().await.unwrap().json().await.unwrap();
    let token = issued["access_token"].as_str().unwrap().to_owned();
    let call = async || {
        let url = format!("{}/v2/bot/info", stage.simulator.url());
        let call = stage.http.get(url).bearer_auth(&token).send().await;
        call.unwrap().status()
    };
    advance(&stage, 29 * 24 * HOUR).await;
    assert_eq!(call().await, 200);
    advance(&stage, 25 * HOUR).await;
    assert_eq!(call().await, 401);
}

/// LINE forgets retry keys after a day.
#[tokio::test]
async fn a_retry_key_is_good_again_after_a_day() {
    let stage = Stage::set().await;
    let ann = stage.user("Ann").await;
    let push = async || {
        let body = json!({ "to": ann, "messages": [{ "type": "text", "text": "t" }] });
        let push = stage.call(Method::POST, "/v2/bot/message/push");
        let key = "123e4567-e89b-12d3-a456-426614174000";
        let push = push.header("x-line-retry-key", key).json(&body);
        push.send().await.unwrap().status()
    };
    assert_eq!(push().await, 200);
    advance(&stage, 24 * HOUR - SECOND).await;
    assert_eq!(push().await, 409);
    advance(&stage, 2 * SECOND).await;
    assert_eq!(push().await, 200);
}

#[tokio::test]
async fn rates_refill() {
    let stage = Stage::set().await;
    let path = format!("/bots/{}/settings", stage.bot_id());
    let settings = json!({ "rateLimits": true });
    stage.control(Method::PUT, &path, &settings).await.ok();
    let broadcast = async || {
        let request = json!({ "messages": [{ "type": "text", "text": "t" }] });
        stage
            .post("/v2/bot/message/broadcast", &request)
            .await
            .status
    };
    for _ in 0..60 {
        assert_eq!(broadcast().await, 200);
    }
    assert_eq!(broadcast().await, 429);
    advance(&stage, 61 * SECOND).await;
    assert_eq!(broadcast().await, 200);
    assert_eq!(broadcast().await, 429);
}
