//! Reading chats.

use serde_json::{Value, json};

use crate::harness::Stage;

#[tokio::test]
async fn a_chat_is_read_from_where_one_left() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let receipt = stage.write(&user, "one").await;
    let sent = stage.reply(&receipt["replyToken"], "two").await.ok();
    let path = format!("/bots/{}/chats/{user}/messages", stage.bot_id());

    let all = stage.control_get(&path).await.ok();
    let [first, second] = [&all["messages"][0], &all["messages"][1]];
    assert_eq!((&first["seq"], &second["seq"]), (&json!(1), &json!(2)));
    assert_eq!(
        (&first["userId"], second.get("userId")),
        (&json!(user), None)
    );
    assert_eq!(first["id"], receipt["messageId"]);
    assert_eq!(second["id"], sent["sentMessages"][0]["id"]);
    assert_eq!(second["message"], json!({ "type": "text", "text": "two" }));
    assert!(second["timestamp"].is_u64());

    let rest = stage.control_get(&format!("{path}?after=1")).await.ok();
    assert_eq!(rest["messages"], json!([second]));
    let nothing = stage
        .control_get(&format!("{path}?after=2&wait=1"))
        .await
        .ok();
    assert_eq!(nothing["messages"], json!([]));
}

#[tokio::test]
async fn a_reader_waits_for_the_next_message() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    stage.write(&user, "one").await;
    let path = format!(
        "/bots/{}/chats/{user}/messages?after=1&wait=30000",
        stage.bot_id()
    );

    let later = async {
        // Time enough for a reader that does not wait to be answered with nothing.
        for _ in 0..50 {
            stage.get("/v2/bot/info").await.ok();
        }
        stage.write(&user, "two").await
    };
    let (chat, _) = tokio::join!(stage.control_get(&path), later);
    let texts: Vec<Value> = chat.ok()["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["message"]["text"].clone())
        .collect();
    assert_eq!(texts, ["two"]);
}

#[tokio::test]
async fn chats_of_two_bots_are_apart() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    stage.write(&user, "hi").await;
    let new = json!({ "displayName": "Other" });
    let other = stage
        .control(reqwest::Method::POST, "/bots", &new)
        .await
        .created();
    let path = format!(
        "/bots/{}/chats/{user}/messages",
        other["botId"].as_str().unwrap()
    );
    assert_eq!(stage.control_get(&path).await.ok()["messages"], json!([]));
}
