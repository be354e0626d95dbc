//! LINE notification messages: to users by their phone numbers.

use botbox_tests::Stage;
use serde_json::json;

const NUMBER: &str = "+819012345678";

/// Its SHA-256.
const DIGEST: &str = "3d06a39d40790f11761295e053029378ae28c4b4f6f301693005e079f3d4ca64";

const TAG: &str = "parcel-0123456789";

#[tokio::test]
async fn notification_messages_reach_a_phone_number() {
    let stage = Stage::with("probe").await;
    let user = json!({"displayName": "Ben", "phoneNumber": NUMBER});
    let user = stage.line.user_with(user).await;
    let command = format!("push-messages-by-phone {DIGEST} {TAG}");
    assert_eq!(stage.ask(&command).await, "()");
    let sent = stage.line.next(&stage.bot, &user.id, 0).await;
    assert_eq!((sent.text(), sent.via.as_str()), ("parcel", "notification"));
    // Its delivery is an event, with the tag.
    stage.host.log.expect(TAG).await;

    let body = r#"{"items":[{"itemKey":"time","content":"10-12"}]}"#;
    let templated = format!("push-templated-messages-by-phone {DIGEST} - {body}");
    assert_eq!(stage.ask(&templated).await, "()");
    let sent = stage.line.next(&stage.bot, &user.id, sent.seq).await;
    assert_eq!(sent.via, "templatedNotification");
    assert_eq!(sent.message["templateKey"], "shipment_ja");
    assert_eq!(sent.message["body"]["items"][0]["content"], "10-12");
    // Without a tag, the delivery names the phone number's digest.
    stage.host.log.expect(DIGEST).await;
}

#[tokio::test]
async fn notification_messages_are_not_repeated() {
    let stage = Stage::with("probe").await;
    let user = json!({"displayName": "Ben", "phoneNumber": NUMBER});
    stage.line.user_with(user).await;
    let lost = json!({"status": 500});
    stage.line.lost_answer("pushMessagesByPhone", 1, lost).await;
    let command = format!("push-messages-by-phone {DIGEST} {TAG}");
    assert_eq!(stage.ask(&command).await, "ErrorKind::Unavailable");
    let calls = stage.line.calls(&stage.bot, "/pnp/push").await;
    assert_eq!(calls.len(), 1);
    assert!(calls[0]["retryKey"].is_null());
}

#[tokio::test]
async fn notification_messages_that_are_wrong() {
    let stage = Stage::with("probe").await;
    let invalid = "ErrorKind::Invalid";
    let nobody = format!("push-messages-by-phone {DIGEST} {TAG}");
    assert_eq!(stage.ask(&nobody).await, invalid, "422: nobody's number");
    let number = format!("push-messages-by-phone {NUMBER} {TAG}");
    assert_eq!(stage.ask(&number).await, invalid, "no digest");
    let short = format!("push-messages-by-phone {DIGEST} tag");
    assert_eq!(stage.ask(&short).await, invalid);
    let asked = stage.line.calls(&stage.bot, "/pnp/").await.len();
    // LINE is not asked.
    let injected = format!("push-messages-by-phone {DIGEST} parcel\r\nX-Line-Retry-Key:1");
    assert_eq!(stage.ask(&injected).await, invalid);
    let no_object = format!("push-templated-messages-by-phone {DIGEST} {TAG} []");
    assert_eq!(stage.ask(&no_object).await, invalid);
    assert_eq!(stage.line.calls(&stage.bot, "/pnp/").await.len(), asked);

    let stage = Stage::setting("probe", |it| it.with("grants = [\"reply\"]"), |it| it).await;
    for command in [
        nobody.as_str(),
        &format!("push-templated-messages-by-phone {DIGEST} {TAG} {{}}"),
        "get-pnp-message-statistics 20260101",
        "get-templated-pnp-message-statistics 20260101",
    ] {
        assert_eq!(stage.ask(command).await, "ErrorKind::Denied", "{command}");
    }
}
