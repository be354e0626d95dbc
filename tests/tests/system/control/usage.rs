//! What channels use in a month is counted, kept, and shown to who may bill by it.

use botbox_tests::PATIENCE;
use serde_json::{Value, json};

use super::access::token;
use super::api::Stage;

async fn usage(stage: &Stage) -> Vec<Value> {
    let answer = stage.get("usage").await.ok();
    answer["usage"].as_array().unwrap().clone()
}

#[tokio::test]
async fn what_is_used_is_counted_and_kept() {
    let mut stage = Stage::new().await;
    let (bot, _) = stage.serving("shop").await;
    assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, "one");
    stage.line.say(&bot, &stage.user, "push").await;
    stage.line.say(&bot, &stage.user, "reject").await;
    stage.host.drained(PATIENCE).await;
    let used = usage(&stage).await;
    assert_eq!(used.len(), 1, "{used:?}");
    let shop = &used[0];
    assert_eq!(shop["provider"], "shop-owner");
    assert_eq!(shop["channel"], "shop");
    assert_eq!(shop["is_deleted"], false);
    assert_eq!(
        (&shop["events"], &shop["attempts"]),
        (&json!(2), &json!(3)),
        "{shop}"
    );
    let sends = &shop["sends"];
    assert!(sends["reply"].as_u64().unwrap() >= 1, "{shop}");
    assert_eq!(sends["push"], 1, "{shop}");
    assert_eq!(sends["broadcast"], 0, "{shop}");

    // An orderly stop loses nothing.
    stage.restart().await;
    assert_eq!(usage(&stage).await, used);
    stage
        .line
        .set_webhook(&bot, &stage.host.webhook("shop"))
        .await;
    assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, "one");
    stage.host.drained(PATIENCE).await;
    assert_eq!(usage(&stage).await[0]["events"], 3);
    assert_eq!(
        stage.get("usage?month=2020-01").await.ok()["usage"],
        json!([])
    );
    for wrong in ["2026-13", "11", "november"] {
        stage
            .get(&format!("usage?month={wrong}"))
            .await
            .refused(400, "month: give a month such as 2026-11");
    }
}

#[tokio::test]
async fn a_deleted_provider_can_still_be_billed_and_a_new_one_begins_with_nothing() {
    let stage = Stage::new().await;
    let (bot, _) = stage.serving("shop").await;
    stage.line.ask(&bot, &stage.user, "which").await;
    stage.host.drained(PATIENCE).await;
    stage.delete("channels/shop").await.ok();
    stage.delete("providers/shop-owner").await.ok();
    stage.serving("shop").await;
    let own = token(&stage, "own", Some("shop-owner"), "read").await;
    let seen = stage
        .request_as(&own, reqwest::Method::GET, "usage", "", None)
        .await
        .ok();
    assert_eq!(seen["usage"], json!([]), "{seen}");
    let by_name = stage.get("usage?provider=shop-owner").await.ok();
    assert_eq!(by_name["usage"], json!([]), "{by_name}");
    let all = usage(&stage).await;
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(
        (&all[0]["provider"], &all[0]["is_deleted"]),
        (&json!("shop-owner"), &json!(true))
    );
    stage
        .get("usage?provider=nobody")
        .await
        .refused(404, "there is no provider \"nobody\"");
    stage
        .request_as(
            &own,
            reqwest::Method::GET,
            "usage?provider=nobody",
            "",
            None,
        )
        .await
        .refused(404, "there is no provider \"nobody\"");
}

#[tokio::test]
async fn usage_comes_in_pages() {
    let stage = Stage::new().await;
    for name in ["one", "two", "three"] {
        let (bot, _) = stage.serving(name).await;
        stage.line.ask(&bot, &stage.user, "which").await;
    }
    stage.host.drained(PATIENCE).await;
    let mut channels = Vec::new();
    let mut after = String::new();
    loop {
        let page = stage.get(&format!("usage?limit=1{after}")).await.ok();
        for row in page["usage"].as_array().unwrap() {
            channels.push(row["channel"].as_str().unwrap().to_owned());
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(channels, ["one", "two", "three"]);
    stage
        .get("usage?after=x")
        .await
        .refused(400, "after: give the `next` of a page");
}

/// How long usage may be in memory only, as docs/operations/watching.md has it: 5 s; and as much for a machine that
/// is busy.
const WRITTEN: i64 = 2 * 5_000;

#[tokio::test]
async fn a_kill_loses_seconds_and_counts_nothing_twice() {
    let mut stage = Stage::new().await;
    let (bot, _) = stage.serving("shop").await;
    let count = async |stage: &Stage| {
        let used = usage(stage).await;
        used.first().map_or(0, |it| it["events"].as_u64().unwrap())
    };
    let ask = async |stage: &Stage| {
        assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, "one");
        stage.host.drained(PATIENCE).await;
    };
    let long_ago = 3;
    for _ in 0..long_ago {
        ask(&stage).await;
    }
    let since = stage.now_ms();
    let mut all = long_ago;
    while stage.now_ms() < since + WRITTEN {
        ask(&stage).await;
        all += 1;
    }
    assert_eq!(count(&stage).await, all);
    stage.kill_and_start().await;
    let kept = count(&stage).await;
    assert!((long_ago..=all).contains(&kept), "{kept} of {all}");
    stage
        .line
        .set_webhook(&bot, &stage.host.webhook("shop"))
        .await;
    ask(&stage).await;
    assert_eq!(count(&stage).await, kept + 1);
    stage.restart().await;
    assert_eq!(count(&stage).await, kept + 1);
}
