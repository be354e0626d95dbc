//! What the attempts of an event send together: the same send goes out once, and another one goes out.

use botbox_tests::{ADMIN_TOKEN, Channel, Host, Line, Sender, Stage, User, message};
use serde_json::{Value, json};

use crate::delivery::sent;

/// What soon tries again.
const WITH: &str = "grants = [\"reply\", \"push\", \"keyvalue\", \"notification\", \"schedule\"]\n\
                    retries = { pause_ms = 50 }";

async fn stage() -> Stage {
    let stage = Stage::setting("probe", |it| it.with(WITH), |it| it).await;
    // Only friends are pushed to.
    let follow = json!({"type": "follow"});
    stage.line.act(&stage.bot, &stage.user, follow).await;
    stage
}

/// Says something, and returns the event when it is in a state.
async fn say_until(stage: &Stage, state: &str, text: &str) -> Value {
    let delivery = stage.line.say(&stage.bot, &stage.user, text).await;
    let id = delivery.events[0]["webhookEventId"].as_str().unwrap();
    stage.host.expect("bot", id, state).await
}

/// The texts that were pushed to a user.
async fn pushed(stage: &Stage, user: &User) -> Vec<String> {
    let sent = sent(&stage.line, &stage.bot, user).await.into_iter();
    sent.filter_map(|(via, text)| (via == "push").then_some(text))
        .collect()
}

/// Attempt 1 has pushed, and trapped; attempt 2 pushes something else to the same user.
#[tokio::test]
async fn another_text_of_the_next_attempt_goes_out() {
    let stage = stage().await;
    say_until(&stage, "handled", "mended panic").await;
    let user = &stage.user;
    assert_eq!(pushed(&stage, user).await, ["same", "wrong", "right"]);
    let calls = stage.line.calls(&stage.bot, "/message/push").await;
    assert_eq!(calls.len(), 3, "what is known to be sent is not asked for");
    let statuses: Vec<_> = calls.iter().map(|call| call["status"].as_u64()).collect();
    assert_eq!(statuses, [Some(200); 3], "{calls:?}");
}

#[tokio::test]
async fn a_replayed_dead_letter_sends_what_was_not_sent() {
    let stage = stage().await;
    let event = say_until(&stage, "dead", "mended reject").await;
    let id = event["id"].as_str().unwrap();
    let replay = reqwest::Client::new()
        .post(format!("{}/v1/dead-letters/replay", stage.host.admin_url))
        .bearer_auth(ADMIN_TOKEN)
        .body(json!({"id": id}).to_string());
    assert_eq!(replay.send().await.unwrap().status(), 200);
    stage.host.expect("bot", id, "handled").await;
    let user = &stage.user;
    assert_eq!(pushed(&stage, user).await, ["same", "wrong", "right"]);
}

#[tokio::test]
async fn the_order_of_sends_does_not_matter_but_their_number_does() {
    let stage = stage().await;
    say_until(&stage, "handled", "attempts push a b / b a a").await;
    assert_eq!(pushed(&stage, &stage.user).await, ["a", "b", "a"]);
}

/// A bot whose texts differ between attempts gives its send a key.
#[tokio::test]
async fn a_send_with_a_key_goes_out_once_whatever_it_says() {
    let stage = stage().await;
    say_until(&stage, "handled", "attempts once first / second").await;
    assert_eq!(pushed(&stage, &stage.user).await, ["first"]);
    // The second one succeeds, with what LINE said of the first.
    let first = stage.host.log.expect("attempt 1 sent first: Ok").await;
    let second = stage.host.log.expect("attempt 2 sent second: Ok").await;
    let answer = |line: &Value| line.to_string().split_once(": Ok").unwrap().1.to_owned();
    let (first, second) = (answer(&first), answer(&second));
    assert!(first.contains("SentMessage"), "{first}");
    assert_eq!(
        first.split("quote-token").next(),
        second.split("quote-token").next()
    );
}

#[tokio::test]
async fn a_late_answer_with_a_key_is_pushed_once() {
    let stage = stage().await;
    // LINE does not know the token any more.
    let command = "attempts reply-or-push-once first / second";
    let event = message(&stage.user, "late", "expired", command);
    let url = stage.host.webhook("bot");
    let answer = Sender::new().send(&url, &stage.bot, &[event]).await;
    assert_eq!(answer.unwrap().status, 200);
    stage.host.expect("bot", "late", "handled").await;
    assert_eq!(pushed(&stage, &stage.user).await, ["first"]);
}

/// The host has forgotten what it sent, and makes the same retry key again.
#[tokio::test]
async fn a_send_goes_out_once_across_a_crash() {
    let line = Line::start().await;
    let bot = line.bot("Bot").await;
    let user = line.user("Aiko").await;
    let data = tempfile::tempdir().unwrap();
    let channel = Channel::new("bot", &bot, "probe").with(WITH);
    let setup = Host::beside(&line).data(data.path()).channel(channel);
    let setup = setup.set_up();
    line.act(&bot, &user, json!({"type": "follow"})).await;
    let host = setup.start().await;
    // LINE takes it, and the host dies before it knows.
    line.lost_answer("pushMessage", 1, json!({"hang": true}))
        .await;
    let event = message(&user, "event", "none", "deliver push once");
    let (sender, url) = (Sender::new(), host.webhook("bot"));
    let answer = sender.send(&url, &bot, &[event]).await;
    assert_eq!(answer.unwrap().status, 200);
    line.expect_calls(&bot, "/message/push", 1).await;
    host.kill().await;
    let host = setup.start().await;
    host.expect("bot", "event", "handled").await;
    let once = (String::from("push"), String::from("once"));
    assert_eq!(sent(&line, &bot, &user).await, [once]);
    let calls = line.calls(&bot, "/message/push").await;
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert_eq!(calls[0]["retryKey"], calls[1]["retryKey"], "{calls:?}");
}

/// The digest of a user's phone number.
const DIGEST: &str = "3d06a39d40790f11761295e053029378ae28c4b4f6f301693005e079f3d4ca64";

async fn with_phone(stage: &Stage) -> User {
    let user = json!({"displayName": "Ben", "phoneNumber": "+819012345678"});
    stage.line.user_with(user).await
}

async fn notified(stage: &Stage, user: &User) -> Vec<String> {
    let sent = sent(&stage.line, &stage.bot, user).await;
    sent.into_iter().map(|(_, text)| text).collect()
}

#[tokio::test]
async fn a_notification_message_goes_out_once() {
    let stage = stage().await;
    let ben = with_phone(&stage).await;
    let command = format!("attempts {DIGEST} a / b a / a b c");
    say_until(&stage, "handled", &command).await;
    assert_eq!(notified(&stage, &ben).await, ["a", "b", "c"]);
}

/// LINE takes no retry key for it: whether it arrived is not known, so it is not sent again.
#[tokio::test]
async fn a_notification_message_of_an_unknown_fate_is_not_sent_again() {
    let stage = stage().await;
    let ben = with_phone(&stage).await;
    let lost = json!({"status": 500});
    stage.line.lost_answer("pushMessagesByPhone", 1, lost).await;
    let event = say_until(&stage, "dead", &format!("deliver {DIGEST} a")).await;
    let failures = event["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 2, "{event}");
    let why = failures[1]["error"].as_str().unwrap();
    assert!(why.contains("whether it arrived is not known"), "{why}");
    assert_eq!(notified(&stage, &ben).await, ["a"]);
    let calls = stage.line.calls(&stage.bot, "/pnp/push").await;
    assert_eq!(calls.len(), 1);
    // What LINE has refused was not sent.
    let refused = json!({"status": 429, "body": {"message": "slowly"}});
    stage.line.fault("pushMessagesByPhone", 1, refused).await;
    say_until(&stage, "handled", &format!("deliver {DIGEST} b")).await;
    assert_eq!(notified(&stage, &ben).await, ["a", "b"]);
}

async fn timers(stage: &Stage) -> u64 {
    let stats = stage.host.admin("/v1/journal/stats").await;
    stats["channels"][0]["scheduled"].as_u64().unwrap()
}

#[tokio::test]
async fn timers_are_told_by_what_they_say() {
    let stage = stage().await;
    // Attempt 2 sets another one first.
    say_until(&stage, "handled", "attempts timer a / b a").await;
    assert_eq!(timers(&stage).await, 2);
    // Of another time in each attempt, and the same key.
    say_until(&stage, "handled", "attempts timer-once a / a").await;
    assert_eq!(timers(&stage).await, 3);
}

#[tokio::test]
async fn a_key_has_a_length() {
    let stage = Stage::with("probe").await;
    for (bytes, outcome) in [
        (0, "ErrorKind::Invalid"),
        (128, "ok"),
        (129, "ErrorKind::Invalid"),
    ] {
        let command = format!("push-with-key {bytes}");
        assert_eq!(stage.replied(&command).await, outcome, "{bytes}");
    }
}
