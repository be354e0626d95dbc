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

#[tokio::test]
async fn a_bot_marks_messages_as_read() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let path = format!("/bots/{}/chats/{user}/messages", stage.bot_id());
    let mut tokens = Vec::new();
    for text in ["one", "two", "three"] {
        stage.write(&user, text).await;
        let event = stage.receiver.events().await.remove(0);
        tokens.push(event["message"]["markAsReadToken"].clone());
    }
    assert_eq!(stage.control_get(&path).await.ok()["read"], 0);

    let by_token = "/v2/bot/chat/markAsRead";
    let mark = |token: &Value| json!({ "markAsReadToken": token });
    for (token, read) in [(&tokens[1], 2), (&tokens[0], 2)] {
        assert_eq!(stage.post(by_token, &mark(token)).await.ok(), json!({}));
        assert_eq!(stage.control_get(&path).await.ok()["read"], read);
    }
    stage
        .post(by_token, &mark(&json!("unknown")))
        .await
        .refused(400, "Invalid markAsReadToken. Tokens must be used by the bot that received them via Webhook.");

    let by_user = "/v2/bot/message/markAsRead";
    let mark = |user: &str| json!({ "chat": { "userId": user } });
    stage.post(by_user, &mark(&user)).await.ok();
    assert_eq!(stage.control_get(&path).await.ok()["read"], 3);
    let stranger = stage.user("Ben").await;
    assert_eq!(stage.post(by_user, &mark(&stranger)).await.status, 400);
}

#[tokio::test]
async fn a_loading_animation_ends_with_the_answer() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    stage.write(&user, "think!").await;
    let loading = "/v2/bot/chat/loading/start";
    let path = format!("/bots/{}/chats/{user}/messages", stage.bot_id());

    let accepted = stage.post(loading, &json!({ "chatId": user })).await;
    assert_eq!((accepted.status, accepted.body), (202, json!({})));
    let chat = stage.control_get(&path).await.ok();
    let asked = chat["messages"][0]["timestamp"].as_u64().unwrap();
    assert!(chat["loadingUntil"].as_u64().unwrap() >= asked + 20_000);

    stage.push(&user, "42").await.ok();
    let chat = stage.control_get(&path).await.ok();
    assert!(chat.get("loadingUntil").is_none());

    for seconds in [json!(4), json!(7), json!(65), json!("5")] {
        let request = json!({ "chatId": user, "loadingSeconds": seconds });
        assert_eq!(stage.post(loading, &request).await.status, 400, "{seconds}");
    }
    let group = stage.group("group", &[&user]).await;
    stage
        .post(loading, &json!({ "chatId": group, "loadingSeconds": 5 }))
        .await
        .refused(400, "The request body has 1 error(s)");
}
