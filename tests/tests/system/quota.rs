//! The operator hears how many of the month's messages are used.

use botbox_tests::{Channel, Host, Line, PATIENCE, Stage};
use reqwest::Client;
use serde_json::{Value, json};

async fn stage(monthly_quota: Option<u32>) -> Stage {
    let line = Line::start().await;
    let settings = json!({"monthlyQuota": monthly_quota});
    let bot = line
        .bot_with(json!({"displayName": "Bot", "settings": settings}))
        .await;
    let host = Host::with(&line, &bot, "probe").await;
    let user = line.user("Aiko").await;
    Stage {
        line,
        bot,
        host,
        user,
    }
}

/// Waits until the status says that so many messages are used.
async fn quota_with(host: &Host, used: u64) -> Value {
    let known = async {
        loop {
            let quota = host.status().await["channels"][0]["quota"].clone();
            if quota["used"] == used {
                return quota;
            }
        }
    };
    let known = tokio::time::timeout(PATIENCE, known).await;
    known.unwrap_or_else(|_| panic!("the status never said that {used} are used"))
}

#[tokio::test]
async fn the_operator_is_warned_once() {
    let stage = stage(Some(5)).await;
    let quota = quota_with(&stage.host, 0).await;
    assert_eq!(quota["limit"], 5);
    assert!(
        quota["checked_at"].as_u64().unwrap() > 1_767_225_600,
        "{quota}"
    );
    // The sixth is refused, and so the host looks again.
    stage.line.say(&stage.bot, &stage.user, "call").await;
    let quota = quota_with(&stage.host, 5).await;
    assert_eq!(quota["limit"], 5);
    let warning = "100 % of the month's messages are used";
    let line = stage.host.log.expect(warning).await;
    assert_eq!(
        (&line["channel"], &line["used"]),
        (&json!("bot"), &json!(5))
    );
    assert_eq!(stage.host.log.count("of the month's messages"), 1);
}

#[tokio::test]
async fn the_quota_is_known_from_the_start() {
    let line = Line::start().await;
    let settings = json!({"monthlyQuota": 5});
    let bot = line
        .bot_with(json!({"displayName": "Bot", "settings": settings}))
        .await;
    let user = line.user("Aiko").await;
    line.act(&bot, &user, json!({"type": "follow"})).await;
    for _ in 0..4 {
        let pushed = Client::new()
            .post(format!("{}/v2/bot/message/push", line.url()))
            .bearer_auth(&bot.token)
            .json(&json!({"to": user.id, "messages": [{"type": "text", "text": "hi"}]}));
        assert_eq!(pushed.send().await.unwrap().status(), 200);
    }
    let host = Host::with(&line, &bot, "probe").await;
    host.log
        .expect("80 % of the month's messages are used")
        .await;
    assert_eq!(quota_with(&host, 4).await["limit"], 5);
}

#[tokio::test]
async fn without_a_limit_nobody_is_warned() {
    let stage = stage(None).await;
    assert_eq!(quota_with(&stage.host, 0).await["limit"], Value::Null);
    assert_eq!(stage.host.log.count("of the month's messages"), 0);
}

/// Nor is LINE asked.
#[tokio::test]
async fn channels_that_do_not_push_have_no_quota() {
    let channel = |channel: Channel| channel.with("grants = [\"reply\"]");
    let stage = Stage::setting("probe", channel, |host| host).await;
    assert_eq!(stage.ask("reply").await, "replied");
    assert!(
        stage.host.status().await["channels"][0]
            .get("quota")
            .is_none()
    );
    assert_eq!(stage.line.calls(&stage.bot, "/quota").await.len(), 0);
}

/// A start does not wait for LINE, and needs none.
#[tokio::test]
async fn a_quota_that_is_not_known_stops_nothing() {
    let line = Line::start().await;
    let bot = line.bot("Bot").await;
    let failure = json!({"status": 403, "body": {"message": "no"}});
    line.fault("getMessageQuota", 1, failure).await;
    let host = Host::with(&line, &bot, "probe").await;
    host.log.expect("the quota is not known").await;
    let user = line.user("Aiko").await;
    assert_eq!(line.ask(&bot, &user, "reply").await, "replied");
}
