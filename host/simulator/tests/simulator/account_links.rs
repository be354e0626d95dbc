//! Linking accounts, through the dialog that stands for LINE's.

use std::time::Duration;

use botbox_simulator::Settings;
use serde_json::{Value, json};

use crate::harness::Stage;

const NONCE: &str = "a nonce & <more>";

/// A friend of the bot, and a link token for them.
async fn friend_with_token(stage: &Stage) -> (String, String) {
    let user = stage.user("Ann <3").await;
    stage
        .act(json!([{ "as": user, "event": { "type": "follow" } }]))
        .await;
    stage.receiver.next().await;
    let token = issue(stage, &user).await;
    (user, token)
}

async fn issue(stage: &Stage, user: &str) -> String {
    let path = format!("/v2/bot/user/{user}/linkToken");
    let issued = stage.post(&path, &Value::Null).await.ok();
    issued["linkToken"].as_str().unwrap().to_owned()
}

fn dialog(stage: &Stage) -> String {
    format!("{}/dialog/bot/accountLink", stage.simulator.url())
}

/// The dialog's page before somebody links.
async fn open(stage: &Stage, token: &str, nonce: &str) -> (u16, String) {
    let query = [("linkToken", token), ("nonce", nonce)];
    let page = stage.http.get(dialog(stage)).query(&query);
    let page = page.send().await.unwrap();
    (page.status().as_u16(), page.text().await.unwrap())
}

/// What the dialog answers when `user` links.
async fn link(stage: &Stage, token: &str, nonce: &str, user: &str) -> u16 {
    let form = [("linkToken", token), ("nonce", nonce), ("userId", user)];
    let page = stage.http.post(dialog(stage)).form(&form);
    page.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn who_the_token_is_for_is_linked() {
    let stage = Stage::set().await;
    let (user, token) = friend_with_token(&stage).await;
    let (status, page) = open(&stage, &token, NONCE).await;
    assert_eq!(status, 200);
    assert!(page.contains(&format!("<option value=\"{user}\">Ann &lt;3</option>")));
    assert!(page.contains("value=\"a nonce &amp; &lt;more&gt;\""));

    assert_eq!(link(&stage, &token, NONCE, &user).await, 200);
    let event = stage.receiver.events().await.remove(0);
    assert_eq!(event["type"], "accountLink");
    assert_eq!(event["source"], json!({ "type": "user", "userId": user }));
    assert_eq!(event["link"], json!({ "result": "ok", "nonce": NONCE }));
    stage.reply(&event["replyToken"], "welcome").await.ok();
    assert_eq!(stage.transcript(&user).await, ["bot/reply: welcome"]);

    // A token is used once.
    assert_eq!(open(&stage, &token, NONCE).await.0, 400);
    assert_eq!(link(&stage, &token, NONCE, &user).await, 400);
    assert!(stage.receiver.is_empty().await);
}

#[tokio::test]
async fn nobody_else_is_linked() {
    let stage = Stage::set().await;
    let (_, token) = friend_with_token(&stage).await;
    let (other, _) = friend_with_token(&stage).await;
    let stranger = stage.user("stranger").await;
    let of_stranger = issue(&stage, &stranger).await;
    for (token, user) in [(&token, &other), (&of_stranger, &stranger)] {
        assert_eq!(link(&stage, token, NONCE, user).await, 200);
        let event = stage.receiver.events().await.remove(0);
        assert_eq!(event["link"], json!({ "result": "failed", "nonce": NONCE }));
        assert_eq!((event.get("source"), event.get("replyToken")), (None, None));
    }
}

#[tokio::test]
async fn what_the_dialog_refuses_uses_no_token_up() {
    let stage = Stage::set().await;
    let (user, token) = friend_with_token(&stage).await;
    for nonce in ["", "ninechars", &"n".repeat(256)] {
        assert_eq!(open(&stage, &token, nonce).await.0, 400);
        assert_eq!(link(&stage, &token, nonce, &user).await, 400);
    }
    assert_eq!(link(&stage, &token, NONCE, "nobody").await, 400);
    assert_eq!(link(&stage, "no token", NONCE, &user).await, 400);
    assert!(stage.receiver.is_empty().await);
    let nonce = "n".repeat(255);
    assert_eq!(link(&stage, &token, &nonce, &user).await, 200);
    assert_eq!(stage.receiver.events().await[0]["link"]["result"], "ok");
}

#[tokio::test]
async fn a_link_token_expires() {
    let settings = Settings {
        link_token_lifetime: Duration::ZERO,
        ..Settings::default()
    };
    let stage = Stage::set_with(settings).await;
    let (user, token) = friend_with_token(&stage).await;
    assert_eq!(open(&stage, &token, NONCE).await.0, 400);
    assert_eq!(link(&stage, &token, NONCE, &user).await, 400);
    assert!(stage.receiver.is_empty().await);
}

#[tokio::test]
async fn a_link_token_is_for_a_user() {
    let stage = Stage::set().await;
    let path = |user: &str| format!("/v2/bot/user/{user}/linkToken");
    let malformed = "The value for the 'userId' parameter is invalid";
    let refused = stage.post(&path("Ann"), &Value::Null).await;
    refused.refused(400, malformed);
    let unknown = format!("U{}", "0".repeat(32));
    let refused = stage.post(&path(&unknown), &Value::Null).await;
    refused.refused(404, "Not found");
}
