//! Chats that are saved as conversation tests.

use botbox_script::{Script, StepKind};
use reqwest::Method;
use serde_json::json;

use crate::harness::Stage;

async fn saved(stage: &Stage, chat: &str) -> String {
    let (url, bot) = (stage.simulator.url(), stage.bot_id());
    let script = format!("{url}/simulator/bots/{bot}/chats/{chat}/script?name=tea");
    let response = stage.http.get(script).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let headers = response.headers();
    assert_eq!(
        headers["content-disposition"],
        "attachment; filename=\"chat.yaml\""
    );
    response.text().await.unwrap()
}

/// Without the comment.
fn body(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| format!("{line}\n")).collect()
}

#[tokio::test]
async fn what_both_sides_did_is_written_in_order() {
    let stage = Stage::set().await;
    let aiko = stage.user("Aiko").await;
    stage
        .act(json!([{ "as": aiko, "event": { "type": "follow" } }]))
        .await;
    let receipt = stage.write(&aiko, "hi: there").await;
    let messages = json!([
        { "type": "text", "text": format!("Hello {aiko}") },
        { "type": "image", "originalContentUrl": "https://a.example/1.png", "previewImageUrl": "https://a.example/1.png" },
    ]);
    let reply = json!({ "replyToken": receipt["replyToken"], "messages": messages });
    stage.post("/v2/bot/message/reply", &reply).await.ok();
    // What is delivered again did not happen again.
    let log = format!("/bots/{}/log/1/redelivery", stage.bot_id());
    stage.control(Method::POST, &log, &json!({})).await.ok();
    stage
        .control(Method::POST, "/clock", &json!({ "advance": 3_600_000 }))
        .await
        .ok();
    let push = json!({ "to": aiko, "messages": [{ "type": "text", "text": "It is time" }] });
    stage.post("/v2/bot/message/push", &push).await.ok();
    let sticker = json!({ "type": "sticker", "packageId": "446", "stickerId": "1988" });
    stage
        .act(json!([{ "as": aiko, "event": { "type": "message", "message": sticker } }]))
        .await;

    let text = saved(&stage, &aiko).await;
    let (before, clock, after) = match body(&text).split_once("      - clock: ") {
        Some((before, rest)) => {
            let (clock, after) = rest.split_once('\n').unwrap();
            (before.to_owned(), clock.to_owned(), after.to_owned())
        }
        None => panic!("{text}"),
    };
    let expected = "\
users:
  me:
    displayName: Aiko
convos:
  - name: tea
    steps:
      - me:
          - follow: null
          - \"hi: there\"
      - bot:
          - \"Hello ${me}\"
          - type: image
            originalContentUrl: https://a.example/1.png
            previewImageUrl: https://a.example/1.png
";
    assert_eq!(before, expected);
    assert!(clock.contains("1h"), "{clock}");
    let expected = "      - bot: [It is time]\n      - me:\n          - sticker: \"446/1988\"\n";
    assert_eq!(after, expected);
    let script = Script::parse(&text).unwrap();
    assert_eq!(script.convos[0].steps.len(), 5);
    assert!(matches!(script.convos[0].steps[2].kind, StepKind::Clock(_)));
}

#[tokio::test]
async fn members_of_a_group_have_names() {
    let stage = Stage::set().await;
    let (aiko, ben) = (stage.user("Aiko").await, stage.user("ベン").await);
    let group = stage.group("group", &[&aiko, &ben]).await;
    let mention = json!({ "mentionees": [
        { "index": 3, "length": 2, "type": "user", "userId": stage.bot_id(), "isSelf": true },
        { "index": 6, "length": 4, "type": "all" },
    ] });
    let message = json!({ "type": "text", "text": "🍵 @b @all?", "mention": mention });
    let event = json!({ "type": "message", "message": message });
    stage
        .act(json!([{ "in": group, "event": { "type": "join" } }]))
        .await;
    stage
        .act(json!([{ "as": ben, "in": group, "event": event }]))
        .await;
    let joined = json!({ "type": "memberJoined", "joined": { "members": [{ "type": "user", "userId": aiko }] } });
    stage.act(json!([{ "in": group, "event": joined }])).await;
    let text = saved(&stage, &group).await;
    let script = Script::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(
        script.groups.unwrap()[0].members.as_ref().unwrap(),
        &["aiko", "user"]
    );
    assert!(text.contains("displayName: ベン"), "{text}");
    // In the order in which it happened, though within a millisecond.
    let mut behind = 0;
    for part in [
        "      - me(in team):\n          - join: null\n",
        "      - me(user in team):\n          - mentions:\n              \"@all\": all\n              \"@b\": bot\n            text: \"🍵 @b @all?\"\n",
        "      - me(in team):\n          - memberJoined: [aiko]\n",
    ] {
        let place = text[behind..].find(part);
        behind += place.unwrap_or_else(|| panic!("no {part} in its place in {text}")) + part.len();
    }
}

#[tokio::test]
async fn one_webhook_is_a_test_of_its_own() {
    let stage = Stage::set().await;
    let aiko = stage.user("Aiko").await;
    stage.write(&aiko, "before").await;
    let receipt = stage.write(&aiko, "hi").await;
    let messages = json!([{ "type": "text", "text": "Hello" }]);
    let reply = json!({ "replyToken": receipt["replyToken"], "messages": messages });
    stage.post("/v2/bot/message/reply", &reply).await.ok();
    let push = json!({ "to": aiko, "messages": [{ "type": "text", "text": "and more" }] });
    stage.post("/v2/bot/message/push", &push).await.ok();
    stage.write(&aiko, "after").await;

    let (url, bot) = (stage.simulator.url(), stage.bot_id());
    let log = stage
        .control(Method::GET, &format!("/bots/{bot}/log"), &json!({}))
        .await
        .ok();
    let id = &receipt["webhookEventId"];
    let entries = log["entries"].as_array().unwrap();
    let entry = entries.iter().find(|it| {
        let body = it["body"].as_str().unwrap_or_default();
        body.contains(id.as_str().unwrap())
    });
    let number = &entry.unwrap()["seq"];
    let script = format!("{url}/simulator/bots/{bot}/log/{number}/script");
    let response = stage.http.get(script).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let text = response.text().await.unwrap();
    let expected = "\
users:
  me:
    displayName: Aiko
convos:
  - name: an event
    steps:
      - me: [hi]
      - bot: [Hello, and more]
";
    assert_eq!(body(&text), expected);
    Script::parse(&text).unwrap();

    let call = entries.iter().rfind(|it| it["type"] == "call");
    let call = &call.unwrap()["seq"];
    stage
        .control(
            Method::GET,
            &format!("/bots/{bot}/log/{call}/script"),
            &json!({}),
        )
        .await
        .refused(404, &format!("no webhook {call}"));
}
