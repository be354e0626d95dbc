//! What a bot does in chats besides sending: `validate`, `loading` and `mark-as-read`.

use botbox_tests::Stage;
use serde_json::{Value, json};

async fn without_grants() -> Stage {
    Stage::setting("probe", |it| it.with("grants = [\"reply\"]"), |it| it).await
}

#[tokio::test]
async fn validate_asks_line_for_each_way_of_sending() {
    let stage = Stage::with("probe").await;
    for command in [
        "validate-reply",
        "validate-push",
        "validate-multicast",
        "validate-narrowcast",
        "validate-broadcast",
    ] {
        let path = command.replace('-', "/");
        assert_eq!(stage.ask(&format!("{command} fine")).await, "()");
        let calls = stage.line.calls(&stage.bot, &path).await;
        assert_eq!(calls.len(), 1);
        let messages = json!([{"type": "text", "text": "fine"}]);
        assert_eq!(calls[0]["body"], json!({"messages": messages}));

        // The second has no text.
        let answer = stage.ask(&format!("{command} fine -")).await;
        assert_eq!(answer, "ErrorKind::Invalid");
        let detail = "detail of \"messages[1].text\"";
        let log = &stage.host.log;
        log.expect(detail).await;
        assert_eq!(stage.line.calls(&stage.bot, &path).await.len(), 2);
    }
    // For its form: LINE is not asked.
    assert_eq!(stage.ask("validate-reply").await, "ErrorKind::Invalid");
    let calls = stage.line.calls(&stage.bot, "/validate/").await;
    assert_eq!(calls.len(), 10);
    let stage = without_grants().await;
    assert_eq!(stage.ask("validate-reply fine").await, "ErrorKind::Denied");
}

#[tokio::test]
async fn loading_is_shown_in_the_chat_with_a_user() {
    let stage = Stage::with("probe").await;
    let other = stage.friend("Ben").await;
    let show = |seconds| format!("show-loading-animation {} {seconds}", other.id);
    assert_eq!(stage.ask(&show(60)).await, "()");
    let chat = stage.line.chat(&stage.bot, &other.id, "").await;
    assert!(chat["loadingUntil"].is_u64(), "{chat}");
    let calls = stage.line.calls(&stage.bot, "/loading/start").await;
    assert_eq!(
        calls[0]["body"],
        json!({"chatId": other.id, "loadingSeconds": 60})
    );

    assert_eq!(stage.ask(&show(7)).await, "ErrorKind::Invalid");
    let group = stage.line.group(&[&stage.user]).await;
    let in_group = format!("show-loading-animation {group} 5");
    assert_eq!(stage.ask(&in_group).await, "ErrorKind::Invalid");
    let stage = without_grants().await;
    assert_eq!(stage.ask(&show(5)).await, "ErrorKind::Denied");
}

#[tokio::test]
async fn messages_are_marked_as_read() {
    let stage = Stage::with("probe").await;
    let event: Value = serde_json::from_str(&stage.ask("dump").await).unwrap();
    let token = event["message"]["markAsReadToken"].as_str().unwrap();
    let read = async || {
        let chat = stage.line.chat(&stage.bot, &stage.user.id, "").await;
        chat["read"].as_u64().unwrap()
    };
    assert_eq!(read().await, 0);
    let by_token = format!("mark-messages-as-read-by-token {token}");
    assert_eq!(stage.ask(&by_token).await, "()");
    assert_eq!(read().await, 1, "up to the message that it came with");
    let of_user = format!("mark-messages-as-read {}", stage.user.id);
    assert_eq!(stage.ask(&of_user).await, "()");
    assert_eq!(read().await, 5, "all, up to the command");

    let wrong = stage.ask("mark-messages-as-read-by-token wrong").await;
    assert_eq!(wrong, "ErrorKind::Invalid");
    let nobody = stage.ask("mark-messages-as-read nobody").await;
    assert_eq!(nobody, "ErrorKind::Invalid");
    let stage = without_grants().await;
    for command in [by_token, of_user] {
        assert_eq!(stage.ask(&command).await, "ErrorKind::Denied");
    }
}
