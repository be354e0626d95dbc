//! What a plugin knows of an event that is tried again, what reaches users then, and what is kept of
//! an event when it has ended.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use botbox_tests::{Channel, Stage};
use serde_json::{Value, json};

fn text(text: &str) -> Value {
    json!({"type": "message", "message": {"type": "text", "text": text}})
}

#[tokio::test]
async fn the_plugin_is_told_whether_it_can_reply() {
    let stage = Stage::with("probe").await;
    let Stage {
        line,
        bot,
        host,
        user,
    } = &stage;
    line.act(bot, user, text("again told")).await;
    host.log
        .expect("attempt 1, the reply is ReplyState::Open")
        .await;
    host.log
        .expect("attempt 2, the reply is ReplyState::Spent")
        .await;

    // So late that LINE takes no reply any more, even to an event that it sends again.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let then = (now - Duration::from_secs(21 * 60)).as_millis() as u64;
    let mut late = text("told");
    late["timestamp"] = then.into();
    line.act(bot, user, late).await;
    host.log
        .expect("attempt 1, the reply is ReplyState::Expired")
        .await;

    let mut standby = text("told");
    standby["mode"] = "standby".into();
    line.act(bot, user, standby).await;
    host.log
        .expect("attempt 1, the reply is ReplyState::None")
        .await;
}

/// Both attempts send. The second one gets what LINE said to the first.
#[tokio::test]
async fn every_way_of_sending_reaches_users_once() {
    let stage = Stage::with("probe").await;
    let Stage {
        line,
        bot,
        host,
        user,
    } = &stage;
    let other = stage.friend("Ben").await;
    let multicast = format!("again multicast unit {}", other.id);
    for (command, path, said) in [
        ("again push", "/message/push", "pushed"),
        (&multicast, "/message/multicast", "to some"),
        ("again narrowcast", "/message/narrowcast", "to friends"),
        ("again broadcast", "/message/broadcast", "to all"),
    ] {
        let delivery = line.act(bot, user, text(command)).await;
        let id = delivery.events[0]["webhookEventId"].as_str().unwrap();
        host.expect("bot", id, "handled").await;
        let calls = line.calls(bot, path).await;
        assert_eq!(calls.len(), 1, "{command}: {calls:?}");
        assert!(calls[0]["retryKey"].is_string(), "{command}: {calls:?}");
        let reader = if said == "pushed" { user } else { &other };
        let chat = line.messages(bot, &reader.id, 0, 0).await;
        let arrived = chat.iter().filter(|it| it["message"]["text"] == said);
        assert_eq!(arrived.count(), 1, "{command}: {chat:?}");
    }
}

/// The operator wants nothing kept that is not needed any more.
#[tokio::test]
async fn the_content_of_handled_events_is_not_kept_if_so_configured() {
    let keep = |host: botbox_tests::HostBuilder| host.tables("[journal]\nkeep_handled_hours = 0\n");
    let stage = Stage::setting("probe", |channel| channel, keep).await;
    for (command, state, is_kept) in [("hello", "handled", false), ("reject", "dead", true)] {
        let delivery = stage.line.act(&stage.bot, &stage.user, text(command)).await;
        let id = delivery.events[0]["webhookEventId"].as_str().unwrap();
        let event = stage.host.expect("bot", id, state).await;
        assert_eq!(event["event"].is_object(), is_kept, "{event}");
    }
}

/// Whatever became of the message before.
#[tokio::test]
async fn the_content_of_an_unsent_message_is_removed() {
    let plain = |channel: Channel| channel.with("grants = [\"reply\"]");
    let stage = Stage::setting("probe", plain, |host| host).await;
    let Stage {
        line,
        bot,
        host,
        user,
    } = &stage;
    for (command, before, after) in [
        ("hello", "handled", "handled"),
        ("reject", "dead", "unsent"),
    ] {
        let delivery = line.act(bot, user, text(command)).await;
        let sent = &delivery.events[0];
        let id = sent["webhookEventId"].as_str().unwrap();
        let event = host.expect("bot", id, before).await;
        assert!(event["event"].is_object(), "{event}");
        let unsend = json!({"type": "unsend", "unsend": {"messageId": sent["messageId"]}});
        let delivery = line.act(bot, user, unsend).await;
        assert_eq!(delivery.status, Some(200));
        let event = host.expect("bot", id, after).await;
        assert_eq!(event["event"], Value::Null, "{event}");
        assert_eq!(event["failures"], json!([]), "{event}");
    }
}
