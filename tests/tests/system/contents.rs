//! `botbox:line/content`, besides what `capabilities` has: previews, and whether contents are ready.

use botbox_tests::Stage;
use serde_json::json;

use crate::capabilities::granting;
use crate::line_failures::{impatient, json_error, kind};

/// Has the user send a content. Returns the message's id. The probe reads it once, and says so.
async fn sent(stage: &Stage, message_type: &str, media_type: &str, preparing: u32) -> String {
    let content = stage
        .line
        .content(media_type, vec![1; 1_000], preparing)
        .await;
    let message = json!({"type": message_type, "contentId": content, "duration": 1_000});
    let event = json!({"type": "message", "message": message});
    let delivery = stage.line.act(&stage.bot, &stage.user, event).await;
    let chat = stage.line.messages(&stage.bot, &stage.user.id, 0, 0).await;
    let last = chat.iter().rfind(|it| it["from"] != "bot").unwrap()["seq"].as_u64();
    stage
        .line
        .next(&stage.bot, &stage.user.id, last.unwrap())
        .await;
    delivery.events[0]["messageId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn contents_and_previews_are_read() {
    let stage = granting(r#"grants = ["reply", "content"]"#).await;
    let image = sent(&stage, "image", "image/jpeg", 0).await;
    for command in ["get-message-content", "get-message-content-preview"] {
        let read = stage.ask(&format!("{command} {image}")).await;
        assert_eq!(read, "image/jpeg: 1000 of Some(1000) bytes", "{command}");
    }
    let video = sent(&stage, "video", "video/mp4", 0).await;
    let preview = stage
        .ask(&format!("get-message-content-preview {video}"))
        .await;
    assert!(preview.starts_with("image/png: "), "{preview}");
    let sound = sent(&stage, "audio", "audio/mp4", 0).await;
    let preview = stage
        .ask(&format!("get-message-content-preview {sound}"))
        .await;
    assert_eq!(preview, "ErrorKind::Invalid");
}

#[tokio::test]
async fn transcoding_is_told_of_videos_and_sounds() {
    let stage = granting(r#"grants = ["reply", "content"]"#).await;
    // The probe only reads images and videos by itself, so this one stays unprepared.
    let sound = sent(&stage, "audio", "audio/mp4", 1).await;
    let command = format!("get-message-content-transcoding {sound}");
    assert_eq!(stage.ask(&command).await, "\"processing\"");
    assert_eq!(stage.ask(&command).await, "\"succeeded\"");
    let image = sent(&stage, "image", "image/jpeg", 0).await;
    let command = format!("get-message-content-transcoding {image}");
    assert_eq!(stage.ask(&command).await, "ErrorKind::Invalid");
}

#[tokio::test]
async fn previews_and_transcoding_are_granted() {
    let stage = granting(r#"grants = ["reply"]"#).await;
    for command in [
        "get-message-content",
        "get-message-content-preview",
        "get-message-content-transcoding",
    ] {
        assert_eq!(
            stage.ask(&format!("{command} 1")).await,
            "ErrorKind::Denied"
        );
    }
}

#[tokio::test]
async fn what_line_answers_about_contents() {
    let stage = impatient().await;
    let preview = "get-message-content-preview 1";
    let transcoding = "get-message-content-transcoding 1";
    for (answer, expected) in [
        (json_error(404, "Not found"), "ErrorKind::NotFound"),
        (json_error(410, "Gone"), "ErrorKind::NotFound"),
        (
            json_error(429, "The API rate limit has been exceeded."),
            "ErrorKind::RateLimited",
        ),
        (
            json_error(500, "Internal Server Error"),
            "ErrorKind::Unavailable",
        ),
    ] {
        let said = kind(&stage, "getMessageContentPreview", preview, &answer).await;
        assert_eq!(said, expected, "{answer}");
        let operation = "getMessageContentTranscodingByMessageId";
        let said = kind(&stage, operation, transcoding, &answer).await;
        assert_eq!(said, expected, "{answer}");
    }
    // LINE gave the content up.
    let image = sent(&stage, "audio", "audio/mp4", 1).await;
    let failed = json!({"status": 200, "body": {"status": "failed"}});
    let operation = "getMessageContentTranscodingByMessageId";
    let read = format!("get-message-content {image}");
    assert_eq!(
        kind(&stage, operation, &read, &failed).await,
        "ErrorKind::NotFound"
    );
}
