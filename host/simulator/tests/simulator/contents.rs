//! Content of images, videos, audios and files.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::Stage;

/// Lets a user send content; the message id.
async fn send(stage: &Stage, user: &str, kind: &str, content_id: &str) -> String {
    let message = json!({ "type": kind, "contentId": content_id });
    let event = json!({ "type": "message", "message": message });
    let acted = stage.act(json!([{ "as": user, "event": event }])).await;
    acted["events"][0]["messageId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn content_is_prepared_read_and_unsent() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let content = stage
        .upload(b"\xff\xd8 not really a JPEG", "image/jpeg", 2)
        .await;
    let message = send(&stage, &user, "image", &content).await;
    let path = format!("/v2/bot/message/{message}/content");

    for _ in 0..2 {
        assert_eq!(stage.get(&path).await.status, 202);
    }
    let response = stage.call(Method::GET, &path).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "image/jpeg");
    assert_eq!(response.headers()["content-length"], "20");
    assert!(response.headers().contains_key("x-line-request-id"));
    assert_eq!(
        &response.bytes().await.unwrap()[..],
        b"\xff\xd8 not really a JPEG"
    );

    let unsend = json!({ "type": "unsend", "unsend": { "messageId": message } });
    stage.act(json!([{ "as": user, "event": unsend }])).await;
    assert_eq!(stage.get(&path).await.status, 410);
}

#[tokio::test]
async fn transcoding_is_for_videos_and_audios() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let content = stage.upload(b"moving", "video/mp4", 1).await;
    let video = send(&stage, &user, "video", &content).await;
    let path = format!("/v2/bot/message/{video}/content/transcoding");
    assert_eq!(
        stage.get(&path).await.ok(),
        json!({ "status": "processing" })
    );
    assert_eq!(
        stage.get(&path).await.ok(),
        json!({ "status": "succeeded" })
    );
    assert_eq!(
        stage
            .get(&format!("/v2/bot/message/{video}/content"))
            .await
            .status,
        200
    );

    let image = send(&stage, &user, "image", &content).await;
    let path = format!("/v2/bot/message/{image}/content/transcoding");
    assert_eq!(stage.get(&path).await.status, 400);
}

#[tokio::test]
async fn only_messages_with_content_have_content() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let text = stage.write(&user, "hi").await;
    for message in [&text["messageId"], &json!("1")] {
        let message = message.as_str().unwrap();
        let path = format!("/v2/bot/message/{message}/content");
        stage.get(&path).await.refused(404, "not found");
    }
}

#[tokio::test]
async fn another_bots_content_is_not_found() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let content = stage.upload(b"secret", "image/jpeg", 0).await;
    let message = send(&stage, &user, "image", &content).await;
    let other: Value = stage
        .control(Method::POST, "/bots", &json!({ "displayName": "Other" }))
        .await
        .created();

    let url = format!("{}/v2/bot/message/{message}/content", stage.simulator.url());
    let token = other["accessToken"].as_str().unwrap();
    let response = stage.http.get(url).bearer_auth(token).send().await.unwrap();
    assert_eq!(response.status(), 404);
}

#[tokio::test]
async fn images_and_videos_have_previews() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let content = stage.upload(b"a picture", "image/jpeg", 0).await;
    let preview = async |kind: &str| {
        let message = send(&stage, &user, kind, &content).await;
        let path = format!("/v2/bot/message/{message}/content/preview");
        stage.call(Method::GET, &path).send().await.unwrap()
    };
    let image = preview("image").await;
    assert_eq!(image.headers()["content-type"], "image/jpeg");
    assert_eq!(&image.bytes().await.unwrap()[..], b"a picture");
    let video = preview("video").await;
    assert_eq!(video.headers()["content-type"], "image/png");
    assert!(video.bytes().await.unwrap().starts_with(b"\x89PNG"));
    assert_eq!(preview("file").await.status(), 400);
}
