//! The operator's limit of pushes, beside LINE's.
//!
//! By month, since an hour may end while a test runs; that both are kept alike is tested beside
//! them.

use std::path::Path;

use botbox_tests::{Bot, Channel, Host, Line, Stage, User};
use serde_json::json;

const SPENT: &str = "ErrorKind::QuotaExceeded";

fn budget(per_month: u32) -> impl FnOnce(Channel) -> Channel {
    let lines = format!(
        "grants = [\"reply\", \"push\", \"notification\"]\n\
         budget = {{ per_hour = 1000, per_month = {per_month} }}"
    );
    move |channel| channel.with(&lines)
}

async fn stage(per_month: u32) -> Stage {
    Stage::setting("probe", budget(per_month), |host| host).await
}

/// Has the plugin push to the chat where an event comes from, and returns what came of it.
async fn push_in(stage: &Stage, chat: &str, event: serde_json::Value) -> String {
    let before = stage.line.messages(&stage.bot, chat, 0, 0).await;
    let mut last = before.last().map_or(0, |it| it["seq"].as_u64().unwrap());
    stage.line.send(&stage.bot, vec![event]).await;
    loop {
        let message = stage.line.next(&stage.bot, chat, last).await;
        if message.via == "reply" {
            return message.text().to_owned();
        }
        last = message.seq;
    }
}

fn says_push(user: &User) -> serde_json::Value {
    let message = json!({"type": "text", "text": "push"});
    json!({"as": user.id, "event": {"type": "message", "message": message}})
}

async fn push(stage: &Stage) -> String {
    stage.replied("push").await
}

#[tokio::test]
async fn a_budget_outlives_the_host() {
    async fn host(line: &Line, bot: &Bot, data: &Path) -> Host {
        let channel = budget(2)(Channel::new("bot", bot, "probe"));
        Host::beside(line)
            .data(data)
            .channel(channel)
            .start(line)
            .await
    }
    let data = tempfile::tempdir().unwrap();
    let line = Line::start().await;
    let bot = line.bot("Bot").await;
    let mut stage = Stage {
        host: host(&line, &bot, data.path()).await,
        user: line.user("Aiko").await,
        line,
        bot,
    };
    assert_eq!(push(&stage).await, "ok");
    stage.host.signal("TERM");
    stage.host.ended().await;
    stage.host = host(&stage.line, &stage.bot, data.path()).await;
    assert_eq!(push(&stage).await, "ok");
    assert_eq!(push(&stage).await, SPENT);
    let why =
        "the channel's push budget allows 2 recipients in a month, and has no room for 1 more";
    stage.host.log.expect(why).await;
    assert_eq!(stage.line.calls(&stage.bot, "/push").await.len(), 2);
}

#[tokio::test]
async fn what_line_refuses_is_given_back() {
    let stage = stage(1).await;
    let refusal = json!({"status": 400, "body": {"message": "no"}});
    stage.line.fault("pushMessage", 2, refusal).await;
    assert_eq!(push(&stage).await, "ErrorKind::Invalid");
    assert_eq!(push(&stage).await, "ErrorKind::Invalid");
    assert_eq!(push(&stage).await, "ok");
    assert_eq!(push(&stage).await, SPENT);
}

/// Nobody knows whether the message was sent.
#[tokio::test]
async fn what_line_does_not_answer_stays_counted() {
    let stage = stage(1).await;
    let failure = json!({"status": 500, "body": {"message": "oh"}});
    stage.line.fault("pushMessage", 3, failure).await;
    assert_eq!(push(&stage).await, "ErrorKind::Unavailable");
    assert_eq!(push(&stage).await, SPENT);
}

/// The first attempt may have arrived, whatever LINE answers to the next one.
#[tokio::test]
async fn a_refusal_after_no_answer_stays_counted() {
    let stage = stage(2).await;
    for status in [429, 401] {
        let lost = json!({"status": 500});
        stage.line.lost_answer("pushMessage", 1, lost).await;
        let refusal = json!({"status": status, "body": {"message": "no"}});
        stage.line.fault("pushMessage", 1, refusal).await;
        assert_eq!(push(&stage).await, "ErrorKind::Unavailable", "{status}");
    }
    assert_eq!(push(&stage).await, SPENT);
    assert_eq!(stage.line.calls(&stage.bot, "/push").await.len(), 4);
}

#[tokio::test]
async fn a_group_counts_as_its_members() {
    let stage = stage(7).await;
    let (ben, chiyo) = (stage.line.user("Ben").await, stage.line.user("Chiyo").await);
    let group = stage.line.group(&[&stage.user, &ben, &chiyo]).await;
    let mut event = says_push(&ben);
    event["in"] = group.clone().into();
    assert_eq!(push_in(&stage, &group, event.clone()).await, "ok");
    assert_eq!(push_in(&stage, &group, event.clone()).await, "ok");
    assert_eq!(push_in(&stage, &group, event).await, SPENT);
    assert_eq!(push(&stage).await, "ok");
    assert_eq!(push(&stage).await, SPENT);
    let counted = stage.line.calls(&stage.bot, "/members/count").await;
    assert_eq!(counted.len(), 1, "it is remembered");
}

#[tokio::test]
async fn an_event_that_is_tried_again_counts_once() {
    let stage = stage(2).await;
    assert_eq!(stage.replied("again push").await, "ok");
    stage
        .host
        .log
        .expect("the plugin asks to retry: again")
        .await;
    // After the second attempt, which knows that the push was made.
    assert_eq!(push(&stage).await, "ok");
    assert_eq!(stage.line.calls(&stage.bot, "/push").await.len(), 2);
    assert_eq!(push(&stage).await, SPENT);
}

/// How many friends there are, nobody tells the host.
#[tokio::test]
async fn a_broadcast_fits_into_no_budget() {
    let stage = stage(1_000_000).await;
    assert_eq!(stage.replied("broadcast").await, SPENT);
    assert_eq!(stage.line.calls(&stage.bot, "/broadcast").await.len(), 0);
}

#[tokio::test]
async fn a_multicast_counts_its_users() {
    let stage = stage(3).await;
    let other = stage.friend("Ben").await;
    let command = format!("multicast unit_1 {} {}", stage.user.id, other.id);
    assert!(!stage.replied(&command).await.contains("ErrorKind"));
    assert_eq!(stage.replied(&command).await, SPENT);
    assert_eq!(push(&stage).await, "ok");
    assert_eq!(push(&stage).await, SPENT);
    assert_eq!(stage.line.calls(&stage.bot, "/multicast").await.len(), 1);
}

#[tokio::test]
async fn a_narrowcast_counts_its_limit() {
    let stage = stage(100).await;
    assert_eq!(stage.replied("narrowcast").await, SPENT);
    stage.host.log.expect("give `limit.max`").await;
    assert_eq!(stage.replied("narrowcast max 101").await, SPENT);
    let taken = stage.replied("narrowcast max 99").await;
    assert!(!taken.contains("ErrorKind"), "{taken}");
    assert_eq!(stage.replied("narrowcast max 2").await, SPENT);
    assert_eq!(push(&stage).await, "ok");
    assert_eq!(push(&stage).await, SPENT);
}

#[tokio::test]
async fn notification_messages_count_too() {
    let stage = stage(1).await;
    let user = json!({"displayName": "Ben", "phoneNumber": "+819012345678"});
    stage.line.user_with(user).await;
    // The number's SHA-256, and one that nobody has.
    let digest = "3d06a39d40790f11761295e053029378ae28c4b4f6f301693005e079f3d4ca64";
    let nobody = "0".repeat(64);
    let notify = async |to: &str| {
        let command = format!("push-messages-by-phone {to} parcel-0123456789");
        stage.replied(&command).await
    };
    assert_ne!(notify(&nobody).await, SPENT);
    assert_eq!(notify(digest).await, "()");
    assert_eq!(notify(digest).await, SPENT);
}
