//! The log: it holds up nobody, nobody fills it, and it says what an operator wants to know.

use botbox_tests::{Channel, Host, HostBuilder, Line, PATIENCE, Stage};
use serde_json::json;
use tokio::time::timeout;

/// A text as a user sends it.
fn say(user: &str, text: &str) -> serde_json::Value {
    let message = json!({"type": "text", "text": text});
    json!({"as": user, "event": {"type": "message", "message": message}})
}

/// A pipe has room for 64 KiB, and each of these floods logs as much.
#[tokio::test]
async fn nobody_waits_for_who_does_not_read_the_log() {
    let stage = Stage::setting("probe", |channel| channel, HostBuilder::unread_log).await;
    let user = &stage.user.id;
    for _ in 0..5 {
        let floods = vec![say(user, "flood"); 3];
        let delivery = stage.line.send(&stage.bot, floods).await;
        assert_eq!(delivery.status, Some(200));
    }
    let other = stage.line.user("Ben").await;
    let (line, bot) = (&stage.line, &stage.bot);
    assert_eq!(line.ask(bot, &other, "still there?").await, "still there?");
    // It stops, too.
    let mut host = stage.host;
    host.signal("TERM");
    assert!(timeout(PATIENCE, host.ended()).await.unwrap().success());
}

#[tokio::test]
async fn a_plugin_that_floods_the_log_hides_nobody() {
    let line = Line::start().await;
    let loud = line.bot("Loud").await;
    let calm = line.bot("Calm").await;
    let host = Host::beside(&line)
        .channel(Channel::new("loud", &loud, "probe"))
        .channel(Channel::new("calm", &calm, "probe"))
        .start(&line)
        .await;
    let user = line.user("Aiko").await;
    let floods = vec![say(&user.id, "flood"); 24];
    assert_eq!(line.send(&loud, floods).await.status, Some(200));
    let dropped = host.log.expect("these lines are dropped").await;
    assert_eq!(dropped["channel"], "loud");
    assert!(dropped["lines"].as_u64().unwrap() > 100, "{dropped}");
    // 512 KiB are some 2,000 of its lines, and the floods try to write 6,000.
    let flooded = host.log.count("line ");
    assert!(flooded < 5_000, "{flooded}");
    assert_eq!(line.ask(&calm, &user, "told").await, "told");
    host.log.expect("attempt 1, the reply is").await;
}

#[tokio::test]
async fn each_event_has_a_line() {
    let stage = Stage::with("probe").await;
    assert_eq!(stage.ask("hello").await, "hello");
    let handled = stage.host.log.expect("handled").await;
    assert_eq!(handled["level"], "INFO");
    assert_eq!(handled["attempt"], 1);
    assert_eq!(handled["sends"], 1);
    assert_eq!(handled["span"]["channel"], "bot");
    assert!(handled["span"]["id"].is_string(), "{handled}");
    for field in ["took_ms", "waited_ms"] {
        let text = handled[field].to_string();
        let (_, decimals) = text.split_once('.').unwrap();
        assert_eq!(decimals.len(), 1, "{handled}");
    }
    stage.line.say(&stage.bot, &stage.user, "reject").await;
    let failed = stage.host.log.expect("dead letter").await;
    assert_eq!(failed["level"], "WARN");
    assert!(failed["took_ms"].is_f64(), "{failed}");
}
