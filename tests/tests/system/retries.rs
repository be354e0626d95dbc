//! Events that fail are tried again, and hold up their own chat only.

use serde_json::json;

use crate::delivery::{WITH, ended, failures, say, stage, texts};

#[tokio::test]
async fn what_asks_for_a_retry_is_tried_again_and_its_chat_waits() {
    let stage = stage(WITH).await;
    let user = &stage.user;
    let first = say(&stage, user, "deliver push 1 before retry 2").await;
    let mut last = String::new();
    for number in 2..6 {
        last = say(&stage, user, &format!("deliver push {number}")).await;
    }
    stage.host.expect("bot", &last, "handled").await;
    let event = stage.host.expect("bot", &first, "handled").await;
    let expected = [1, 2].map(|it| format!("the plugin asks to retry: as told, at attempt {it}"));
    assert_eq!(failures(&event), expected);
    assert_eq!(texts(&stage, user).await, ["1", "2", "3", "4", "5"]);
    let counts = &stage.host.status().await["channels"][0]["events"];
    assert_eq!(
        (&counts["handled"], &counts["failed"]),
        (&json!(5), &json!(2))
    );
}

#[tokio::test]
async fn what_is_rejected_is_a_dead_letter_at_once() {
    let stage = stage(WITH).await;
    let first = say(&stage, &stage.user, "deliver push 1 before reject 9").await;
    let second = say(&stage, &stage.user, "deliver push 2").await;
    stage.host.expect("bot", &second, "handled").await;
    let event = stage.host.expect("bot", &first, "dead").await;
    let why = "the plugin rejects the event: as told, at attempt 1";
    assert_eq!(failures(&event), [why]);
    assert_eq!(texts(&stage, &stage.user).await, ["2"]);
}

/// A mistake on one text does not mute its chat: two attempts, with no pause between them, and the next
/// event. With the pauses of the default, six attempts take half a minute at least.
#[tokio::test]
async fn what_always_traps_is_a_dead_letter_after_one_more_attempt_at_once() {
    let stage = stage("grants = [\"reply\", \"push\"]").await;
    let first = say(&stage, &stage.user, "panic").await;
    let second = say(&stage, &stage.user, "deliver push 2").await;
    let third = say(&stage, &stage.user, "deliver push 3 before panic 1").await;
    let event = stage.host.expect("bot", &first, "dead").await;
    let received = event["received"].as_i64().unwrap();
    let failures = failures(&event);
    assert_eq!(failures.len(), 2, "{event}");
    let traps = failures.iter().all(|it| it.contains("the plugin trapped"));
    assert!(traps, "{event}");
    let event = stage.host.expect("bot", &second, "handled").await;
    let waited = ended(&event).unwrap() - received;
    assert!(waited < 15_000, "the next event waited for {waited} ms");
    let event = stage.host.expect("bot", &third, "handled").await;
    assert_eq!(self::failures(&event).len(), 1, "{event}");
    assert_eq!(texts(&stage, &stage.user).await, ["2", "3"]);
}

#[tokio::test]
async fn how_often_a_trap_is_tried_again_is_the_operators_choice() {
    let stage = stage("grants = [\"push\"]\nretries = { trap_attempts = 4 }").await;
    let first = say(&stage, &stage.user, "panic").await;
    let event = stage.host.expect("bot", &first, "dead").await;
    assert_eq!(failures(&event).len(), 4, "{event}");
}

/// Before it trapped, it failed for another reason: that is not held against it.
#[tokio::test]
async fn traps_are_counted_by_themselves() {
    let stage = stage("grants = [\"push\"]\nretries = { attempts = 5, pause_ms = 50 }").await;
    let id = say(&stage, &stage.user, "fail retry retry panic retry panic").await;
    let event = stage.host.expect("bot", &id, "dead").await;
    assert_eq!(failures(&event).len(), 5, "{event}");
}

#[tokio::test]
async fn what_holds_its_chat_up_for_too_long_is_a_dead_letter() {
    let retries = "retries = { attempts = 1000000, pause_ms = 50, hold_ms = 500 }";
    let stage = stage(&format!("grants = [\"push\"]\n{retries}")).await;
    let first = say(&stage, &stage.user, "retry").await;
    let second = say(&stage, &stage.user, "deliver push 2").await;
    let event = stage.host.expect("bot", &first, "dead").await;
    // With pauses that double, no more fit into the time.
    assert!((2..=5).contains(&failures(&event).len()), "{event}");
    stage.host.expect("bot", &second, "handled").await;
    assert_eq!(texts(&stage, &stage.user).await, ["2"]);
}

#[tokio::test]
async fn a_chat_that_waits_for_a_retry_holds_up_itself_only() {
    let retries = "retries = { pause_ms = 600000 }";
    let stage = stage(&format!("grants = [\"reply\", \"push\"]\n{retries}")).await;
    let first = say(&stage, &stage.user, "deliver push 1 before retry 1").await;
    let second = say(&stage, &stage.user, "deliver push 2").await;
    stage.host.log.expect("as told, at attempt 1").await;
    let ben = stage.line.user("Ben").await;
    for text in ["hello", "and again"] {
        assert_eq!(stage.line.ask(&stage.bot, &ben, text).await, text);
    }
    stage.host.expect("bot", &first, "waiting").await;
    stage.host.expect("bot", &second, "waiting").await;
    assert_eq!(texts(&stage, &stage.user).await, [""; 0]);
}
