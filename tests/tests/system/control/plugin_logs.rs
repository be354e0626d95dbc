//! The logs of channels: what plugins logged and how attempts failed, for their tenant only.

use botbox_tests::{ADMIN_TOKEN, PATIENCE};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::access::token;
use super::api::Stage;
use super::streams::Stream;

/// The lines of a channel, newest first, once there is one with a text.
pub(super) async fn lines(stage: &Stage, channel: &str, text: &str, query: &str) -> Vec<Value> {
    let path = format!("channels/{channel}/logs?limit=1000{query}");
    let found = timeout(PATIENCE, async {
        loop {
            let page = stage.get(&path).await.ok();
            let lines = page["lines"].as_array().unwrap().clone();
            if lines.iter().any(|it| message(it).contains(text)) {
                return lines;
            }
            sleep(std::time::Duration::from_millis(20)).await;
        }
    });
    found
        .await
        .unwrap_or_else(|_| panic!("no line with {text}"))
}

fn message(line: &Value) -> &str {
    line["message"].as_str().unwrap()
}

#[tokio::test]
async fn what_a_plugin_logs_is_kept() {
    let mut stage = Stage::new().await;
    let (bot, _) = stage.serving("shop").await;
    stage.line.ask(&bot, &stage.user, "told").await;
    stage.line.say(&bot, &stage.user, "panic").await;
    let all = lines(&stage, "shop", "as told", "").await;
    let told = all
        .iter()
        .find(|it| message(it).starts_with("attempt 1, "))
        .unwrap();
    assert_eq!(
        (
            &told["level"],
            &told["origin"],
            &told["attempt"],
            &told["deployment"]
        ),
        (&json!("info"), &json!("plugin"), &json!(1), &json!(1)),
        "{told}"
    );
    let failed = all.iter().find(|it| it["origin"] == "host").unwrap();
    assert_eq!(failed["level"], "error");
    assert!(message(failed).contains("the plugin trapped"), "{failed}");
    let times: Vec<_> = all.iter().map(|it| it["time"].as_i64().unwrap()).collect();
    assert!(times.is_sorted_by(|one, other| one >= other), "{all:?}");

    // Filters.
    let event = told["event"].as_str().unwrap();
    let of_event = lines(&stage, "shop", "attempt 1, ", &format!("&event={event}")).await;
    assert!(
        of_event.iter().all(|it| it["event"] == event),
        "{of_event:?}"
    );
    let errors = lines(&stage, "shop", "trapped", "&level=error").await;
    assert!(errors.iter().all(|it| it["level"] == "error"), "{errors:?}");
    let later = format!("channels/shop/logs?since={}", stage.now_ms() + 60_000);
    assert_eq!(stage.get(&later).await.ok()["lines"], json!([]));
    stage
        .get("channels/shop/logs?level=loud")
        .await
        .refused(400, "unknown variant `loud`");

    // Pages.
    let mut paged = Vec::new();
    let mut before = String::new();
    loop {
        let page = stage
            .get(&format!("channels/shop/logs?limit=2{before}"))
            .await
            .ok();
        paged.extend(page["lines"].as_array().unwrap().clone());
        match page["next"].as_i64() {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
    }
    stage.restart().await;
    assert_eq!(lines(&stage, "shop", "trapped", "").await, paged);

    // Another provider's.
    stage.provider("rival").await;
    let rival = token(&stage, "rival", Some("rival"), "operate").await;
    let refused = stage
        .request_as(&rival, Method::GET, "channels/shop/logs", "", None)
        .await;
    refused.refused(404, "there is no channel \"shop\"");
}

#[tokio::test]
async fn a_log_is_followed() {
    let stage = Stage::new().await;
    let (bot, _) = stage.serving("shop").await;
    let path = "channels/shop/logs/follow";
    let mut stream = Stream::open(&stage, ADMIN_TOKEN, path, None).await.unwrap();
    stage.line.ask(&bot, &stage.user, "told").await;
    let told = stream
        .until(|it| message(&it.data).starts_with("attempt 1, "))
        .await;
    assert_eq!(told.name, "line");
    assert_eq!(told.data["position"].to_string(), told.id);
    drop(stream);
    stage.line.say(&bot, &stage.user, "reject").await;
    let mut again = Stream::open(&stage, ADMIN_TOKEN, path, Some(&told.id))
        .await
        .unwrap();
    let failed = again.until(|it| it.data["origin"] == "host").await;
    assert!(
        message(&failed.data).contains("rejects the event"),
        "{failed:?}"
    );
}

#[tokio::test]
async fn a_log_has_an_end() {
    let stage = Stage::with_tables("[logs]\nchannel_kib = 16\n").await;
    let (bot, _) = stage.serving("shop").await;
    stage.line.ask(&bot, &stage.user, "flood").await;
    stage.line.ask(&bot, &stage.user, "told").await;
    let kept = lines(&stage, "shop", "attempt 1, ", "").await;
    // Each costs 64 bytes beside its texts.
    assert!(
        (20..=16 * 1024 / 64).contains(&kept.len()),
        "{}",
        kept.len()
    );
}

#[tokio::test]
async fn a_plugin_that_logs_too_fast_is_told_so_in_its_log() {
    let stage = Stage::new().await;
    let (bot, _) = stage.serving("shop").await;
    for _ in 0..12 {
        stage.line.ask(&bot, &stage.user, "flood").await;
    }
    let kept = lines(&stage, "shop", "the plugin logs too fast", "").await;
    let told = kept.iter().find(|it| it["origin"] == "host").unwrap();
    assert_eq!(told["level"], "warn", "{told}");
}

/// What a plugin logged of a message is gone with the message, as the journal's content is.
#[tokio::test]
async fn what_is_unsent_is_gone_from_the_log() {
    let stage = Stage::new().await;
    let (bot, _) = stage.serving("shop").await;
    let mut events = Vec::new();
    let mut messages = Vec::new();
    for _ in 0..2 {
        let sent = stage.line.say(&bot, &stage.user, "told").await;
        let event = &sent.events[0];
        events.push(event["webhookEventId"].as_str().unwrap().to_owned());
        messages.push(event["messageId"].clone());
    }
    let of = async |event: &str| {
        let path = format!("channels/shop/logs?event={event}");
        let page = stage.get(&path).await.ok();
        page["lines"].as_array().unwrap().len()
    };
    let until = async |event: &str, count: usize| {
        let reached = timeout(PATIENCE, async {
            while of(event).await != count {
                sleep(std::time::Duration::from_millis(20)).await;
            }
        });
        assert!(reached.await.is_ok(), "{event}: not {count} lines");
    };
    for event in &events {
        until(event, 1).await;
    }
    let unsend = json!({"type": "unsend", "unsend": {"messageId": messages[0]}});
    stage.line.act(&bot, &stage.user, unsend).await;
    until(&events[0], 0).await;
    assert_eq!(of(&events[1]).await, 1, "the other one is still there");
}
