//! What channels know of their users, and may send them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use botbox_tests::{Bot, PATIENCE};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::api::Stage;

/// A channel with beacons, visits to them, and a budget of pushes.
async fn stage() -> (Stage, Bot) {
    let stage = Stage::new().await;
    let (bot, probe) = stage.serving("shop").await;
    let settings = json!({
        "channel_id": bot.channel_id,
        "beacons": [
            {"hwid": "32AF519E88", "name": "door", "place": "Ginza", "labels": {"floor": "1"}},
            {"hwid": "0000000001", "name": "till"},
        ],
        "beacon_visits": {"gap_s": 3_600},
    });
    stage
        .put("channels/shop", json!({"settings": settings}))
        .await
        .ok();
    let document = json!({"grants": ["reply", "push", "schedule"], "budget": {"per_month": 20}});
    let deployment = json!({"plugin": probe, "document": document, "allow_missing": true});
    let added = stage
        .post("channels/shop/deployments", deployment)
        .await
        .ok();
    stage
        .activate("shop", added["deployment"]["number"].as_i64().unwrap())
        .await;
    (stage, bot)
}

async fn list(stage: &Stage, path: &str, field: &str) -> Vec<Value> {
    let page = stage.get(path).await.ok();
    page[field].as_array().unwrap().clone()
}

#[tokio::test]
async fn timers_are_listed_and_cancelled() {
    let (stage, bot) = stage().await;
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_millis();
    let mut ids = Vec::new();
    for (hours, payload) in [(2, "coffee"), (1, "tea")] {
        let run_at = format!("run-at {} {payload}", now + hours * 3_600_000);
        ids.push(stage.line.ask(&bot, &stage.user, &run_at).await);
    }
    let path = "channels/shop/timers";
    let first = stage.get(&format!("{path}?limit=1")).await.ok();
    assert_eq!(first["timers"][0]["payload"], "tea", "{first}");
    assert_eq!(first["timers"][0]["id"], *ids[1], "{first}");
    assert_eq!(first["timers"][0]["chat"], stage.user.id, "{first}");
    let next = first["next"].as_str().unwrap();
    let rest = stage.get(&format!("{path}?after={next}")).await.ok();
    assert_eq!(rest["timers"].as_array().unwrap().len(), 1, "{rest}");
    assert_eq!(rest["timers"][0]["payload"], "coffee", "{rest}");
    assert_eq!(rest["next"], Value::Null);
    stage
        .get(&format!("{path}?after=yesterday"))
        .await
        .refused(400, "give the `next` that was answered");

    let tea = format!("{path}/{}", ids[1]);
    stage.delete(&tea).await.ok();
    stage.delete(&tea).await.refused(404, "has no timer");
    let left = list(&stage, path, "timers").await;
    assert_eq!(left.len(), 1, "{left:?}");
    // The plugin sees the same.
    let cancel = format!("cancel {}", ids[1]);
    assert_eq!(stage.line.ask(&bot, &stage.user, &cancel).await, "false");
}

#[tokio::test]
async fn beacons_and_who_is_near_them_are_listed() {
    let (stage, bot) = stage().await;
    let beacons = list(&stage, "channels/shop/beacons", "beacons").await;
    let names: Vec<_> = beacons
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["till", "door"]);
    assert_eq!(beacons[1]["hwid"], "32af519e88");
    assert_eq!(beacons[1]["labels"]["floor"], "1");
    let path = "channels/shop/visits";
    assert!(list(&stage, path, "visits").await.is_empty());
    let seen = |kind: &str, at: i64| {
        let beacon = json!({"hwid": "32af519e88", "type": kind});
        json!({"type": "beacon", "beacon": beacon, "timestamp": at})
    };
    for event in [
        seen("enter", 1_700_000_000_000),
        seen("stay", 1_700_000_010_000),
    ] {
        stage.line.act(&bot, &stage.user, event).await;
    }
    let visit = timeout(PATIENCE, async {
        loop {
            let visits = list(&stage, path, "visits").await;
            match visits.first() {
                Some(visit) if visit["seen"] == 1_700_000_010_000_i64 => return visit.clone(),
                _ => sleep(Duration::from_millis(10)).await,
            }
        }
    });
    let visit = visit.await.unwrap();
    assert_eq!(visit["chat"], stage.user.id, "{visit}");
    assert_eq!(visit["hwid"], "32af519e88", "{visit}");
    assert_eq!(visit["started"], 1_700_000_000_000_i64, "{visit}");
}

#[tokio::test]
async fn the_quota_has_what_line_says_and_the_budget() {
    let (stage, bot) = stage().await;
    let path = "channels/shop/quota";
    let budget = async || stage.get(path).await.ok()["budget"][0].clone();
    let before = budget().await;
    assert_eq!(
        (&before["window"], &before["limit"]),
        (&json!("month"), &json!(20))
    );
    assert_eq!(before["used"], 0, "{before}");
    stage.line.say(&bot, &stage.user, "push").await;
    let pushed = timeout(PATIENCE, async {
        while budget().await["used"] != 1 {
            sleep(Duration::from_millis(10)).await;
        }
        while stage.get(path).await.ok()["line"].is_null() {
            sleep(Duration::from_millis(10)).await;
        }
    });
    pushed.await.unwrap();
}
