//! Echo and greeter.

use botbox_tests::Stage;
use serde_json::json;

use super::needs;

#[tokio::test]
async fn echo_in_rust() {
    echo("echo").await;
}

#[tokio::test]
async fn greeter_in_rust() {
    greeter("greeter").await;
}

#[tokio::test]
async fn echo_in_typescript() {
    needs!("typescript");
    echo("echo-typescript").await;
}

#[tokio::test]
async fn greeter_in_typescript() {
    needs!("typescript");
    greeter("greeter-typescript").await;
}

#[tokio::test]
async fn echo_in_python() {
    needs!("python");
    echo("bots-python").await;
}

#[tokio::test]
async fn greeter_in_python() {
    needs!("python");
    greeter("bots-python").await;
}

#[tokio::test]
async fn echo_in_go() {
    needs!("go");
    echo("echo-go").await;
}

#[tokio::test]
async fn greeter_in_go() {
    needs!("go");
    greeter("greeter-go").await;
}

#[tokio::test]
async fn echo_in_c() {
    needs!("c");
    echo("echo-c").await;
}

#[tokio::test]
async fn greeter_in_c() {
    needs!("c");
    greeter("greeter-c").await;
}

/// A user in a chat with a bot that may do no more than it needs to. Python's bots are in one plugin, whose
/// configuration says which of them it is.
async fn stage(bot: &str, plugin: &str, grants: &str) -> Stage {
    let lines = format!("grants = [{grants}]\nconfig = {{ bot = \"{bot}\" }}");
    Stage::setting(plugin, |channel| channel.with(&lines), |host| host).await
}

/// Answers texts and stickers alike.
async fn echo(plugin: &str) {
    let Stage {
        line,
        bot,
        host: _host,
        user,
    } = stage("echo", plugin, r#""reply""#).await;

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

/// Greets, looks and comes back.
async fn greeter(plugin: &str) {
    let Stage {
        line,
        bot,
        host: _host,
        user,
    } = stage(
        "greeter",
        plugin,
        r#""reply", "push", "profile", "content""#,
    )
    .await;

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
