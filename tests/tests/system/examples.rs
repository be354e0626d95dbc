//! The example plugins, as their users meet them.

mod beacons;
mod groups;
mod members;
mod shop;

use std::path::Path;

use botbox_tests::{Sent, Stage};
use serde_json::{Value, json};

/// A user in a chat with an example, whose channel is as its folder says.
async fn stage(example: &str) -> Stage {
    changed_stage(example, |needs| needs).await
}

/// The same after a change to the lines of its channel.
async fn changed_stage(example: &str, change: impl FnOnce(String) -> String) -> Stage {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins");
    let needs = std::fs::read_to_string(folder.join(example).join("channel.toml")).unwrap();
    let lines = change(needs);
    Stage::setting(example, |channel| channel.with(&lines), |host| host).await
}

/// Makes one event happen in a chat, and waits for the bot's first message after it.
async fn answer(stage: &Stage, chat: &str, event: Value) -> Sent {
    let Stage {
        line, bot, user, ..
    } = stage;
    let messages = line.messages(bot, chat, 0, 0).await;
    let last = messages.last().map_or(0, |it| it["seq"].as_u64().unwrap());
    let mut act = json!({"as": user.id, "event": event});
    if chat != user.id {
        act["in"] = chat.into();
    }
    line.send(bot, vec![act]).await;
    line.next(bot, chat, last).await
}

#[tokio::test]
async fn echo_answers_texts_and_stickers_alike() {
    let Stage {
        line,
        bot,
        host: _host,
        user,
    } = stage("echo").await;

    assert_eq!(
        line.ask(&bot, &user, "こんにちは 👋").await,
        "こんにちは 👋"
    );

    let sticker = json!({"type": "sticker", "packageId": "446", "stickerId": "1988"});
    let group = line.group(&[&user]).await;
    let event =
        json!({"as": user.id, "in": group, "event": {"type": "message", "message": sticker}});
    line.send(&bot, vec![event]).await;
    let sent = line.next(&bot, &group, 0).await;
    assert_eq!(sent.message["stickerId"], "1988");
    assert_eq!(sent.via, "reply");
}

#[tokio::test]
async fn greeter_greets_looks_and_comes_back() {
    let Stage {
        line,
        bot,
        host: _host,
        user,
    } = stage("greeter").await;

    line.act(&bot, &user, json!({"type": "follow"})).await;
    let greeting = line.next(&bot, &user.id, 0).await;
    assert_eq!(greeting.text(), "Hello Aiko, nice to meet you!");
    let question = line.next(&bot, &user.id, greeting.seq).await;
    let action = &question.message["template"]["actions"][1];
    assert_eq!(action["data"], "colour=green");

    let postback = json!({"type": "postback", "postback": {"data": action["data"]}});
    line.act(&bot, &user, postback).await;
    let chosen = line.next(&bot, &user.id, question.seq).await;
    assert_eq!(chosen.text(), "You chose colour=green");

    let image = line.content("image/png", vec![7; 300_000], 1).await;
    let message = json!({"type": "image", "contentId": image});
    line.act(&bot, &user, json!({"type": "message", "message": message}))
        .await;
    let described = line.next(&bot, &user.id, chosen.seq).await;
    assert_eq!(described.text(), "That is image/png, 300000 bytes");

    assert_eq!(line.ask(&bot, &user, "push me").await, "One moment");
    let last = line.messages(&bot, &user.id, described.seq, 0).await;
    let seq = last.last().unwrap()["seq"].as_u64().unwrap();
    let answers = line.messages(&bot, &user.id, described.seq, 0).await;
    if answers.iter().all(|it| it["via"] != "push") {
        assert_eq!(line.next(&bot, &user.id, seq).await.via, "push");
    }
    assert_eq!(line.calls(&bot, "/message/push").await.len(), 1);
}
