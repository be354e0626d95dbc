//! Events of all kinds reach the plugin, also such as nobody has heard of.

use botbox_tests::{Sender, Stage, message};
use serde_json::{Value, json};

/// What the plugin saw of an event, in its log.
async fn sees(stage: &Stage, event: Value, expected: &str) {
    let delivery = stage.line.act(&stage.bot, &stage.user, event.clone()).await;
    assert_eq!(delivery.status, Some(200), "{event}");
    stage.host.log.expect(expected).await;
}

#[tokio::test]
async fn every_kind_of_event() {
    let stage = Stage::with("probe").await;
    for (event, expected) in [
        (
            json!({"type": "follow", "follow": {"isUnblocked": true}}),
            "Follow(FollowEvent { is-unblocked: true })",
        ),
        (json!({"type": "unfollow"}), "Unfollow"),
        (
            json!({"type": "unsend", "unsend": {"messageId": "325"}}),
            "message-id: \"325\"",
        ),
        (
            json!({"type": "postback", "postback": {"data": "d", "params": {"date": "2026-12-24"}}}),
            "params: [(\"date\", \"2026-12-24\")]",
        ),
        (
            json!({"type": "beacon", "beacon": {"hwid": "D41D8CD98F", "type": "enter", "dm": "0aff"}}),
            "hwid: \"d41d8cd98f\", beacon-type: \"enter\", device-message: Some([10, 255])",
        ),
        (
            json!({"type": "accountLink", "link": {"result": "ok", "nonce": "n"}}),
            "AccountLinkEvent { is-linked: true, account: None, nonce: Some(\"n\") }",
        ),
        (
            json!({"type": "accountLink", "source": null, "link": {"result": "failed", "nonce": "m"}}),
            "AccountLinkEvent { is-linked: false, account: None, nonce: Some(\"m\") }",
        ),
        (
            json!({"type": "videoPlayComplete", "videoPlayComplete": {"trackingId": "t-1"}}),
            "VideoPlayCompleteEvent { tracking-id: \"t-1\" }",
        ),
        (
            json!({"type": "membership", "membership": {"type": "joined", "membershipId": 3189}}),
            "MembershipEvent { membership-type: \"joined\", membership-id: 3189 }",
        ),
        (
            json!({"type": "delivery", "source": null, "delivery": {"data": "15034552"}}),
            "DeliveryEvent { data: \"15034552\" }",
        ),
        (
            json!({"type": "module", "source": null,
                   "module": {"type": "attached", "botId": "U53", "scopes": ["message:send"]}}),
            "module-type: \"attached\", bot-id: \"U53\", scopes: [\"message:send\"], reason: None",
        ),
        (
            json!({"type": "module", "source": null, "module": {"type": "detached", "botId": "U53"}}),
            "module-type: \"detached\", bot-id: \"U53\", scopes: [], reason: None",
        ),
        (
            json!({"type": "activated", "chatControl": {"expireAt": 1_462_629_479_859_i64}}),
            "ActivatedEvent { expire-at: Some(1462629479859) }",
        ),
        (json!({"type": "deactivated"}), "Deactivated"),
        (
            json!({"type": "botSuspended", "source": null}),
            "BotSuspended",
        ),
        (json!({"type": "botResumed", "source": null}), "BotResumed"),
    ] {
        sees(&stage, event, expected).await;
    }
    let group = stage.line.group(&[&stage.user]).await;
    for (kind, expected) in [
        ("join", "Join"),
        ("memberJoined", "EventKind::MemberJoined"),
        ("memberLeft", "EventKind::MemberLeft"),
        ("leave", "Leave"),
    ] {
        let event = json!({"as": stage.user.id, "in": group, "event": {"type": kind}});
        let delivery = stage.line.send(&stage.bot, vec![event]).await;
        assert_eq!(delivery.status, Some(200), "{kind}");
        stage.host.log.expect(expected).await;
    }
}

#[tokio::test]
async fn every_kind_of_message() {
    let stage = Stage::with("probe").await;
    let file = stage.line.content("application/pdf", vec![0; 9], 0).await;
    let sound = stage.line.content("audio/mp4", vec![0; 9], 0).await;
    let external = json!({"type": "external", "originalContentUrl": "https://example.com/a.m4a"});
    for (message, expected) in [
        (
            json!({"type": "sticker", "packageId": "446", "stickerId": "1988", "keywords": ["hi"]}),
            "keywords: [\"hi\"]",
        ),
        (
            json!({"type": "location", "latitude": 35.5, "longitude": -139.25, "title": "Here"}),
            "title: Some(\"Here\"), address: None, latitude: 35.5, longitude: -139.25",
        ),
        (
            json!({"type": "file", "fileName": "menu.pdf", "fileSize": 9, "contentId": file}),
            "file-name: \"menu.pdf\", file-size: 9",
        ),
        (
            json!({"type": "audio", "duration": 1200, "contentId": sound}),
            "provider: ContentProvider::Line, duration: Some(1200)",
        ),
        (
            json!({"type": "audio", "contentProvider": external}),
            "original-content-url: \"https://example.com/a.m4a\"",
        ),
        (json!({"type": "smell", "strength": 3}), r#"\"strength\":3"#),
    ] {
        let event = json!({"type": "message", "message": message});
        sees(&stage, event, expected).await;
    }
}

#[tokio::test]
async fn all_that_a_text_tells() {
    let stage = Stage::with("probe").await;
    let group = stage.line.group(&[&stage.user]).await;
    let text = "@All @bot @Ben (love)";
    let message = json!({
        "id": "325708", "type": "text", "text": text, "quotedMessageId": "325700",
        "emojis": [{"index": 15, "length": 6, "productId": "5ac1", "emojiId": "002"}],
        "mention": {"mentionees": [
            {"index": 0, "length": 4, "type": "all"},
            {"index": 5, "length": 4, "type": "user", "userId": stage.bot.id, "isSelf": true},
            {"index": 10, "length": 4, "type": "user", "userId": "U2"},
            {"index": 10, "length": 4, "type": "user"},
            {"index": 10, "length": 4, "type": "role", "roleId": "R1"},
            {"type": "all"},
        ]},
    });
    let event = json!({"type": "messageEdited", "message": message});
    let event = json!({"as": stage.user.id, "in": group, "event": event});
    stage.line.send(&stage.bot, vec![event]).await;
    for expected in [
        "MessageEdited(MessageEvent { id: \"325708\"",
        "quoted-message-id: Some(\"325700\")",
        "Emoji { index: 15, length: 6, product-id: \"5ac1\", emoji-id: \"002\" }",
        "Mentionee { index: 0, length: 4, target: MentionTarget::All }",
        "Mentionee { index: 5, length: 4, target: MentionTarget::Bot }",
        "Mentionee { index: 10, length: 4, target: MentionTarget::User(Some(\"U2\")) }",
        "Mentionee { index: 10, length: 4, target: MentionTarget::User(None) }",
        r#"MentionTarget::Unknown("{\"index\":10"#,
    ] {
        stage.host.log.expect(expected).await;
    }
}

#[tokio::test]
async fn images_that_were_sent_together() {
    let stage = Stage::with("probe").await;
    let image = stage.line.content("image/png", vec![0; 9], 0).await;
    let set = json!({"id": "E005", "index": 1, "total": 2});
    let image = json!({"type": "image", "contentId": image, "imageSet": set});
    stage
        .line
        .act(
            &stage.bot,
            &stage.user,
            json!({"type": "message", "message": image}),
        )
        .await;
    let answer = stage.line.next(&stage.bot, &stage.user.id, 0).await;
    assert_eq!(answer.text(), "image/png 9");
    stage
        .host
        .log
        .expect("image-set: Some(ImageSet { id: \"E005\", index: Some(1), total: Some(2) })")
        .await;
}

#[tokio::test]
async fn what_nobody_has_heard_of_is_handled() {
    let stage = Stage::with("probe").await;
    sees(
        &stage,
        json!({"type": "hologram", "hologram": {"size": 12}}),
        r#"\"size\":12"#,
    )
    .await;
    sees(
        &stage,
        json!({"type": "hologram", "source": null, "n": 13}),
        r#"\"n\":13"#,
    )
    .await;
    let message = json!({"type": "text", "text": "extra", "aura": {"colour": "mauve"}});
    let event =
        json!({"type": "message", "message": message, "weather": ["rain"], "source": {"mood": 1}});
    stage.line.act(&stage.bot, &stage.user, event).await;
    assert_eq!(
        stage.line.next(&stage.bot, &stage.user.id, 0).await.text(),
        "extra"
    );
}

/// What `get-json` gives.
#[tokio::test]
async fn a_plugin_sees_the_event_but_not_the_reply_token() {
    let stage = Stage::with("probe").await;
    let message = json!({"type": "text", "text": "dump"});
    let event = json!({"type": "message", "message": message, "novelty": 1.50});
    let delivery = stage.line.act(&stage.bot, &stage.user, event).await;
    let token = delivery.events[0]["replyToken"].as_str().unwrap();
    let sent = stage.line.next(&stage.bot, &stage.user.id, 0).await;
    let dump: Value = serde_json::from_str(sent.text()).unwrap();
    assert_eq!(dump["novelty"], 1.5);
    assert_eq!(dump["webhookEventId"], delivery.events[0]["webhookEventId"]);
    for secret in [token, &stage.bot.token, &stage.bot.secret] {
        assert!(!sent.text().contains(secret));
        assert_eq!(stage.host.log.count(secret), 0, "no log shows a credential");
    }
}

#[tokio::test]
async fn in_standby_nothing_is_sent() {
    let stage = Stage::with("probe").await;
    let standby = |text: &str| {
        let message = json!({"type": "text", "text": text});
        json!({"type": "message", "mode": "standby", "message": message})
    };
    for command in ["reply", "push", "hello"] {
        let delivery = stage
            .line
            .act(&stage.bot, &stage.user, standby(command))
            .await;
        assert_eq!(delivery.status, Some(200));
    }
    stage.host.log.expect("the chat is in standby").await;
    // The chat's next event comes after them.
    assert_eq!(stage.ask("active").await, "active");
    assert_eq!(stage.line.calls(&stage.bot, "/reply").await.len(), 1);
    assert_eq!(stage.line.calls(&stage.bot, "/push").await.len(), 0);
}

/// They answer as if nothing were: `reply(...)?` ends their handler, and the event is handled.
#[tokio::test]
async fn in_standby_the_examples_handle_events_and_send_nothing() {
    for plugin in ["beacons", "echo", "greeter", "groups", "shop"] {
        expect_silence_in_standby(&Stage::with(plugin).await).await;
    }
}

/// Fails unless the bot handles events in standby, and sends nothing.
pub(crate) async fn expect_silence_in_standby(stage: &Stage) {
    let sends = async || {
        let mut calls = stage.line.calls(&stage.bot, "/v2/bot/message/").await;
        calls.retain(|call| call["method"] == "POST");
        calls
    };
    let before = sends().await;
    let message = json!({"type": "text", "text": "anybody there?"});
    let text = json!({"type": "message", "message": message});
    for mut event in [json!({"type": "follow"}), text] {
        event["mode"] = "standby".into();
        let delivery = stage.line.act(&stage.bot, &stage.user, event).await;
        let id = delivery.events[0]["webhookEventId"].as_str().unwrap();
        let event = stage.host.expect("bot", id, "handled").await;
        assert_eq!(event["failures"], json!([]), "{event}");
    }
    assert_eq!(sends().await, before);
}

/// What a plugin gets is the number that LINE sent, to its last digit.
#[tokio::test]
async fn a_place_is_where_it_is() {
    let stage = Stage::with("probe").await;
    let url = stage.host.webhook("bot");
    for (number, longitude) in [139.703_728_929_162_03, 0.1 + 0.2, -179.999_999_999_999_97]
        .into_iter()
        .enumerate()
    {
        let id = format!("place-{number}");
        let mut event = message(&stage.user, &id, "none", "");
        event["message"] = json!({"id": "1", "type": "location", "latitude": 35.658_034_000_000_01,
            "longitude": longitude});
        let answer = Sender::new().send(&url, &stage.bot, &[event]).await;
        assert_eq!(answer.unwrap().status, 200);
        let place = format!("latitude: 35.65803400000001, longitude: {longitude}");
        stage.host.log.expect(&place).await;
    }
}
