//! What plugins may call, what they get, and what is refused.

use botbox_tests::Stage;
use serde_json::json;

/// With a channel that may call what these lines of configuration grant.
pub(crate) async fn granting(grants: &str) -> Stage {
    Stage::setting("probe", |channel| channel.with(grants), |host| host).await
}

const ALL: &str = "grants = [\"reply\", \"push\", \"profile\", \"content\", \"group\"]";

#[tokio::test]
async fn without_a_grant_a_call_is_denied() {
    let stage = granting("grants = [\"reply\"]").await;
    let denied = "ErrorKind::Denied";
    assert_eq!(stage.ask("push").await, denied);
    assert_eq!(
        stage.ask(&format!("profile {}", stage.user.id)).await,
        denied
    );
    assert_eq!(stage.ask("member C1 U1").await, denied);
    assert_eq!(
        stage.ask("hoard 1").await,
        "ErrorKind::Denied after 0 streams"
    );
    assert_eq!(
        stage.line.calls(&stage.bot, "/v2/").await.len(),
        4,
        "only the replies"
    );

    let silent = granting("grants = [\"push\"]").await;
    assert_eq!(silent.ask("reply").await, denied);
}

/// What costs money is granted by name only.
#[tokio::test]
async fn pushing_is_not_granted_by_default() {
    let stage = granting("").await;
    assert_eq!(stage.ask("push").await, "ErrorKind::Denied");
    assert_eq!(
        stage.ask(&format!("profile {}", stage.user.id)).await,
        "Aiko"
    );
}

#[tokio::test]
async fn an_event_is_replied_to_once() {
    let stage = granting(ALL).await;
    assert_eq!(stage.ask("twice").await, "first");
    let told = stage.line.next(&stage.bot, &stage.user.id, 2).await;
    assert_eq!(
        (told.text(), told.via.as_str()),
        ("ErrorKind::Expired", "push")
    );
    assert_eq!(stage.line.calls(&stage.bot, "/reply").await.len(), 1);
}

#[tokio::test]
async fn wrong_messages_are_refused_and_leave_the_reply_token() {
    let stage = granting(ALL).await;
    let invalid = "ErrorKind::Invalid";
    // Refused by the host: LINE is not asked.
    assert_eq!(stage.ask("messages 0").await, invalid);
    assert_eq!(stage.ask("messages 6").await, invalid);
    assert_eq!(stage.ask("raw {\"type\":").await, invalid);
    assert_eq!(stage.ask("raw [1]").await, invalid);
    assert_eq!(stage.line.calls(&stage.bot, "/reply").await.len(), 4);
    // Refused by LINE.
    assert_eq!(stage.ask("raw {\"type\":\"dance\"}").await, invalid);
    assert_eq!(stage.ask("messages 5").await, "many");
    assert_eq!(
        stage.ask("raw {\"type\":\"text\",\"text\":\"raw\"}").await,
        "raw"
    );
}

/// Each with all that it can have, and taken by the simulator, which checks them as LINE does.
#[tokio::test]
async fn every_kind_of_message_can_be_sent() {
    let stage = granting(ALL).await;
    // Mentions are for groups.
    let group = stage.line.group(&[&stage.user]).await;
    let message = json!({"type": "text", "text": "kinds"});
    let event = json!({"type": "message", "message": message});
    let event = json!({"as": stage.user.id, "in": group, "event": event});
    stage.line.send(&stage.bot, vec![event]).await;
    let mut last = 0;
    let mut sent = Vec::new();
    loop {
        let message = stage.line.next(&stage.bot, &group, last).await;
        if message.via == "reply" {
            assert_eq!(message.text(), "sent");
            break;
        }
        last = message.seq;
        sent.push(message.message);
    }
    let kinds: Vec<_> = sent.iter().map(|it| it["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "text", "text", "textV2", "sticker", "image", "video", "audio", "location", "coupon",
            "imagemap", "template", "template", "template", "template", "flex", "flex", "flex",
            "text",
        ]
    );
    let emoji = json!({"productId": "5ac1bfd5040ab15980c9b435", "emojiId": "002"});
    assert_eq!(
        sent[0]["quickReply"]["items"][1]["action"]["type"],
        "cameraRoll"
    );
    assert_eq!(sent[0]["sender"]["name"], "Cony");
    assert_eq!(sent[1]["emojis"][0]["emojiId"], emoji["emojiId"]);
    let substitution = &sent[2]["substitution"];
    assert_eq!(
        substitution["all"],
        json!({"type": "mention", "mentionee": {"type": "all"}})
    );
    assert_eq!(substitution["smile"]["productId"], emoji["productId"]);
    assert_eq!(sent[9]["baseSize"], json!({"width": 1040, "height": 1040}));
    assert_eq!(
        sent[9]["video"]["externalLink"]["linkUri"],
        "https://example.com"
    );
    assert_eq!(sent[9]["actions"][2]["type"], "clipboard");
    assert_eq!(sent[10]["template"]["actions"][2]["mode"], "datetime");
    assert_eq!(
        sent[12]["template"]["columns"][1]["imageBackgroundColor"],
        "#FFFFFF"
    );
    assert_eq!(sent[13]["template"]["type"], "image_carousel");
    let all = json!(sent).to_string();
    for action in [
        "postback",
        "message",
        "uri",
        "datetimepicker",
        "clipboard",
        "camera",
        "cameraRoll",
        "location",
    ] {
        assert!(all.contains(&format!("\"type\":\"{action}\"")), "{action}");
    }
    let carousel = &sent[15]["contents"];
    assert_eq!(
        carousel["contents"][0]["footer"]["contents"][2]["action"]["mode"],
        "datetime"
    );
    assert_eq!(sent[16]["contents"]["hero"]["type"], "video");
}

/// A plugin's argument must not reach another endpoint with the channel's token.
#[tokio::test]
async fn ids_are_not_paths() {
    let stage = granting(ALL).await;
    for id in [
        "../info",
        "U1/../../info",
        "U1?x",
        "%2e%2e%2finfo",
        "..",
        "日本",
    ] {
        let answer = stage.ask(&format!("profile {id}")).await;
        assert_eq!(answer, "ErrorKind::Invalid", "{id}");
        let answer = stage.ask(&format!("member C1 {id}")).await;
        assert_eq!(answer, "ErrorKind::Invalid", "{id}");
    }
    assert_eq!(stage.line.calls(&stage.bot, "info").await.len(), 0);
}

/// `get-profile` and `get-group-member-profile`.
#[tokio::test]
async fn profiles_of_friends_and_members() {
    let stage = granting(ALL).await;
    assert_eq!(
        stage.ask(&format!("profile {}", stage.user.id)).await,
        "Aiko"
    );
    let unknown = format!("profile U{}", "0".repeat(32));
    assert_eq!(stage.ask(&unknown).await, "ErrorKind::NotFound");

    let member = stage.line.user("Chiyo").await;
    let group = stage.line.group(&[&member]).await;
    let join = json!({"as": member.id, "in": group, "event": {"type": "join"}});
    stage.line.send(&stage.bot, vec![join]).await;
    let answer = stage.ask(&format!("member {group} {}", member.id)).await;
    assert_eq!(answer, "Chiyo");
}

#[tokio::test]
async fn a_content_is_waited_for_and_streamed() {
    let stage = granting(ALL).await;
    let video = stage
        .line
        .content("video/mp4", vec![1; 20_000_000], 3)
        .await;
    let message = json!({"type": "video", "contentId": video});
    let event = json!({"type": "message", "message": message});
    stage.line.act(&stage.bot, &stage.user, event).await;
    let answer = stage.line.next(&stage.bot, &stage.user.id, 0).await;
    assert_eq!(answer.text(), "video/mp4 20000000");
}

#[tokio::test]
async fn an_unsent_content_is_gone() {
    let stage = granting(ALL).await;
    let image = stage.line.content("image/png", vec![1; 9], 0).await;
    let message = json!({"type": "image", "contentId": image});
    let event = json!({"type": "message", "message": message});
    let delivery = stage.line.act(&stage.bot, &stage.user, event).await;
    let id = delivery.events[0]["messageId"].as_str().unwrap().to_owned();
    let answer = stage.line.next(&stage.bot, &stage.user.id, 0).await;
    assert_eq!(answer.text(), "image/png 9");
    let unsend = json!({"type": "unsend", "unsend": {"messageId": id}});
    stage.line.act(&stage.bot, &stage.user, unsend).await;
    let answer = stage.ask(&format!("hoard {id}")).await;
    assert_eq!(answer, "ErrorKind::NotFound after 0 streams");
}
