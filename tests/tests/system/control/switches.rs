//! The one switch: activate, try on some chats, promote, abort, roll back.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use botbox_tests::{Bot, User};
use serde_json::json;

use super::api::Stage;

/// Which deployment answers each of some users.
async fn answers(stage: &Stage, bot: &Bot, users: &[User]) -> HashMap<String, String> {
    let mut answers = HashMap::new();
    for user in users {
        let answer = stage.line.ask(bot, user, "which").await;
        answers.insert(user.id.clone(), answer);
    }
    answers
}

#[tokio::test]
async fn a_canary_serves_some_chats_and_keeps_them() {
    let stage = Stage::new().await;
    let (bot, probe) = stage.serving("shop").await;
    let two = stage.deployment("shop", &probe, "two").await;
    let mut users = Vec::new();
    for number in 0..40 {
        users.push(stage.line.user(&format!("User {number}")).await);
    }
    let mut before = HashMap::new();
    for percent in [20, 60] {
        let canary = json!({"deployment": two, "percent": percent});
        let traffic = json!({"stable": 1, "canary": canary});
        stage.put("channels/shop/traffic", traffic).await.ok();
        let now = answers(&stage, &bot, &users).await;
        let count = now.values().filter(|it| *it == "two").count();
        let expected = users.len() * percent / 100;
        assert!(
            count.abs_diff(expected) <= 12,
            "{count} of 40 at {percent} %"
        );
        // Who has it keeps it as its share grows.
        let kept = |(user, answer): (&String, &String)| answer != "two" || now[user] == "two";
        assert!(before.iter().all(kept), "{before:?}\n{now:?}");
        assert_eq!(
            now,
            answers(&stage, &bot, &users).await,
            "a chat keeps what it has"
        );
        before = now;
    }
    // Aborted, and promoted.
    stage.activate("shop", 1).await;
    let now = answers(&stage, &bot, &users[..5]).await;
    assert!(now.values().all(|it| it == "one"));
    stage.activate("shop", two).await;
    let now = answers(&stage, &bot, &users[..5]).await;
    assert!(now.values().all(|it| it == "two"));
    let switches = stage.get("channels/shop/switches").await.ok();
    let switches = switches["switches"].as_array().unwrap();
    assert_eq!(switches.len(), 5);
    assert_eq!(switches[1]["stable"], 1);
    assert_eq!(
        switches[3]["canary"],
        json!({"deployment": 2, "percent": 20})
    );
}

#[tokio::test]
async fn who_knows_an_old_state_does_not_switch() {
    let stage = Stage::new().await;
    let (_, probe) = stage.serving("shop").await;
    let two = stage.deployment("shop", &probe, "two").await;
    let shown = stage.get("channels/shop/traffic").await;
    let tag = shown.etag.clone().unwrap();
    let switch = |tag: String, stable: i64| {
        let body = json!({"stable": stable}).to_string();
        let put = reqwest::Method::PUT;
        let token = botbox_tests::ADMIN_TOKEN;
        let stage = &stage;
        async move {
            let path = "channels/shop/traffic";
            stage.request_as(token, put, path, body, Some(&tag)).await
        }
    };
    let switched = switch(tag.clone(), two).await;
    assert_eq!(switched.etag.as_deref(), Some("\"2\""));
    switch(tag.clone(), 1)
        .await
        .refused(412, "its revision is 2, not 1");
    switch(String::from("two"), 1)
        .await
        .refused(400, "If-Match");
    assert_eq!(stage.get("channels/shop/traffic").await.ok()["stable"], two);
}

#[tokio::test]
async fn what_is_pinned_stays_until_somebody_says_so() {
    let stage = Stage::new().await;
    let (_, probe) = stage.serving("shop").await;
    let two = stage.deployment("shop", &probe, "two").await;
    let pinned = json!({"stable": 1, "pinned": true, "reason": "two is broken"});
    stage.put("channels/shop/traffic", pinned).await.ok();
    let pipeline = json!({"stable": two});
    let refused = stage.put("channels/shop/traffic", pipeline).await;
    refused.refused(409, "pinned, because \"two is broken\"");
    let person = json!({"stable": two, "pinned": false});
    stage.put("channels/shop/traffic", person).await.ok();
}

/// The 200 means that the next event runs on it.
#[tokio::test]
async fn a_switch_is_live_when_it_is_answered() {
    let stage = Stage::new().await;
    let (bot, probe) = stage.serving("shop").await;
    let two = stage.deployment("shop", &probe, "two").await;
    let mut slowest = Duration::ZERO;
    for round in 0..20 {
        let (number, name) = if round % 2 == 0 {
            (two, "two")
        } else {
            (1, "one")
        };
        let begun = Instant::now();
        stage.activate("shop", number).await;
        slowest = slowest.max(begun.elapsed());
        assert_eq!(
            stage.line.ask(&bot, &stage.user, "which").await,
            name,
            "round {round}"
        );
    }
    println!("the slowest of 20 switches took {slowest:?}");
}

/// An event runs wholly on one deployment: retries keep it, and dead letters unless they are told
/// otherwise.
#[tokio::test]
async fn what_has_begun_keeps_its_deployment() {
    let stage = Stage::new().await;
    let (bot, probe) = stage.serving("shop").await;
    let mood = json!({"name": "two", "mood": "panic"});
    let two = stage.deployment_with("shop", &probe, mood).await;
    stage.activate("shop", two).await;
    let delivery = stage.line.say(&bot, &stage.user, "which").await;
    let id = delivery.events[0]["webhookEventId"]
        .as_str()
        .unwrap()
        .to_owned();
    let dead = stage.host.expect("shop", &id, "dead").await;
    let deployments = dead["failures"].as_array().unwrap().iter();
    assert!(
        deployments.clone().all(|it| it["deployment"] == two),
        "{dead}"
    );
    stage.activate("shop", 1).await;
    let replay = json!({"channel": "shop", "id": id});
    stage.post("dead-letters/replay", replay).await.ok();
    let again = stage.host.expect("shop", &id, "dead").await;
    let failures = again["failures"].as_array().unwrap();
    assert!(failures.len() > deployments.len(), "{again}");
    assert!(failures.iter().all(|it| it["deployment"] == two), "{again}");
    let replay = json!({"channel": "shop", "id": id, "deployment": 1});
    stage.post("dead-letters/replay", replay).await.ok();
    stage.host.expect("shop", &id, "handled").await;
    let sent = stage.line.next(&bot, &stage.user.id, 0).await;
    assert_eq!(sent.text(), "one");
}
