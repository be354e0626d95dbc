//! A deployment that fails more often than the other is taken out of traffic; and nobody is overruled.

use std::time::Duration;

use botbox_tests::{Bot, User};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::api::Stage;

/// Has each of some users say the same.
async fn say(stage: &Stage, bot: &Bot, users: &[User]) {
    for user in users {
        let delivery = stage.line.say(bot, user, "which").await;
        assert_eq!(delivery.status, Some(200));
    }
}

async fn users(stage: &Stage, count: usize) -> Vec<User> {
    let mut users = Vec::new();
    for number in 0..count {
        users.push(stage.line.user(&format!("User {number}")).await);
    }
    users
}

/// A channel whose deployment 1 answers, and whose deployment 2 panics.
async fn with_a_bad_one(stage: &Stage) -> (Bot, String) {
    let (bot, probe) = stage.serving("shop").await;
    let bad = stage
        .deployment_with("shop", &probe, json!({"mood": "panic"}))
        .await;
    assert_eq!(bad, 2);
    (bot, probe)
}

async fn traffic(stage: &Stage) -> Value {
    stage.get("channels/shop/traffic").await.ok()
}

/// The traffic after the guard has switched it.
async fn aborted(stage: &Stage) -> Value {
    for _ in 0..600 {
        let now = traffic(stage).await;
        if now["by"] == "guard" {
            return now;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("the guard did nothing: {}", traffic(stage).await);
}

#[tokio::test]
async fn a_canary_that_fails_is_aborted() {
    let stage = Stage::new().await;
    let (bot, probe) = with_a_bad_one(&stage).await;
    let users = users(&stage, 80).await;
    let canary = json!({"stable": 1, "canary": {"deployment": 2, "percent": 50}});
    stage
        .put("channels/shop/traffic", canary.clone())
        .await
        .ok();
    say(&stage, &bot, &users).await;
    let now = aborted(&stage).await;
    assert_eq!(
        (&now["stable"], &now["pinned"], &now["aborted"]),
        (&json!(1), &json!(true), &json!(2))
    );
    assert!(now["canary"].is_null(), "{now}");
    let reason = now["reason"].as_str().unwrap();
    assert!(reason.starts_with("deployment 2 failed in "), "{reason}");
    stage.host.log.expect("is taken out of traffic").await;
    // A pipeline does not bring it back, under whatever number.
    stage
        .put("channels/shop/traffic", canary)
        .await
        .refused(409, "the traffic is pinned");
    let same = stage
        .deployment_with("shop", &probe, json!({"mood": "panic"}))
        .await;
    let same = json!({"stable": same});
    stage
        .put("channels/shop/traffic", same)
        .await
        .refused(409, "the traffic is pinned");
    // A fix can always be deployed.
    let fix = stage.deployment("shop", &probe, "fixed").await;
    stage.activate("shop", fix).await;
    assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, "fixed");
}

#[tokio::test]
async fn a_new_stable_one_that_fails_makes_way_for_the_one_before() {
    let stage = Stage::new().await;
    let (bot, _) = with_a_bad_one(&stage).await;
    let users = users(&stage, 30).await;
    say(&stage, &bot, &users).await;
    for user in &users {
        stage.line.next(&bot, &user.id, 0).await;
    }
    stage.activate("shop", 2).await;
    say(&stage, &bot, &users).await;
    let now = aborted(&stage).await;
    assert_eq!((&now["stable"], &now["aborted"]), (&json!(1), &json!(2)));
    assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, "one");
}

/// Too little to compare, and what a person has pinned.
#[tokio::test]
async fn nobody_is_overruled_and_nothing_is_guessed() {
    let stage = Stage::new().await;
    let (bot, _) = with_a_bad_one(&stage).await;
    let users = users(&stage, 30).await;
    // Deployment 1 has handled nothing.
    stage.activate("shop", 2).await;
    say(&stage, &bot, &users).await;
    let stats = |stats: &Value| stats["channels"][0]["dead"] == 30;
    for _ in 0..600 {
        if stats(&stage.get("journal/stats").await.ok()) {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    assert!(stats(&stage.get("journal/stats").await.ok()));
    assert_eq!(
        traffic(&stage).await["stable"],
        2,
        "there is nothing to compare with"
    );
    // Now there is.
    stage.activate("shop", 1).await;
    say(&stage, &bot, &users).await;
    for user in &users {
        stage.line.next(&bot, &user.id, 0).await;
    }
    let pinned = json!({"stable": 2, "pinned": true, "reason": "I want to see it fail"});
    stage.put("channels/shop/traffic", pinned).await.ok();
    say(&stage, &bot, &users).await;
    let dead = |stats: &Value| stats["channels"][0]["dead"] == 60;
    for _ in 0..600 {
        if dead(&stage.get("journal/stats").await.ok()) {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    let now = traffic(&stage).await;
    assert_eq!((&now["stable"], &now["by"]), (&json!(2), &json!("admin")));
}
