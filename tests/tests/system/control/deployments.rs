//! From nothing to a first answer, and what is told of a deployment before it serves.

use botbox_tests::{Host, Line};
use serde_json::json;

use super::api::Stage;

#[tokio::test]
async fn a_bot_comes_to_an_empty_host() {
    let mut stage = Stage::new().await;
    let (bot, probe) = stage.serving("shop").await;
    assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, "one");

    let two = stage.deployment("shop", &probe, "two").await;
    assert_eq!(two, 2);
    assert_eq!(
        stage.line.ask(&bot, &stage.user, "which").await,
        "one",
        "it serves nobody yet"
    );
    stage.activate("shop", two).await;
    assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, "two");

    // A new start serves what was confirmed last.
    stage.restart().await;
    stage
        .line
        .set_webhook(&bot, &stage.host.webhook("shop"))
        .await;
    assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, "two");
    let listed = stage.get("channels/shop/deployments").await.ok();
    let listed = listed["deployments"].as_array().unwrap();
    assert_eq!(
        (&listed[0]["number"], &listed[0]["serves"]),
        (&json!(2), &json!("stable"))
    );
    assert_eq!(listed[1]["number"], 1);
    let status = stage.host.channel("shop", "ready").await;
    assert_eq!(status["deployment"], 2, "{status}");
}

/// What comes before there is a deployment waits for it.
#[tokio::test]
async fn a_channel_without_a_deployment_takes_webhooks() {
    let stage = Stage::new().await;
    stage.provider("acme").await;
    let bot = stage.channel("acme", "shop").await;
    let delivery = stage.line.say(&bot, &stage.user, "which").await;
    assert_eq!(delivery.status, Some(200));
    let probe = stage.upload("probe").await;
    let one = stage.deployment("shop", &probe, "one").await;
    stage.activate("shop", one).await;
    let sent = stage.line.next(&bot, &stage.user.id, 0).await;
    assert_eq!(sent.text(), "one");
}

#[tokio::test]
async fn the_difference_in_grants_is_told() {
    let stage = Stage::new().await;
    let (_, probe) = stage.serving("shop").await;
    let path = "channels/shop/deployments";
    let few = json!({"plugin": probe, "document": {"grants": ["reply", {"http": ["https://a.example"]}]}});
    let refused = stage.post(path, few.clone()).await;
    refused.refused(422, "imports what the deployment does not grant: ");
    refused.refused(422, "push");
    let mut checked = few;
    checked["allow_missing"] = json!(true);
    checked["dry_run"] = json!(true);
    let told = stage.post(path, checked).await.ok();
    assert_eq!(told["added_grants"], json!(["http"]), "{told}");
    assert!(
        told["removed_grants"]
            .as_array()
            .unwrap()
            .contains(&json!("push")),
        "{told}"
    );
    assert!(told["deployment"].is_null(), "it was only checked");
    let listed = stage.get(path).await.ok();
    assert_eq!(listed["deployments"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn ceilings_hold() {
    let stage = Stage::new().await;
    let (_, probe) = stage.serving("shop").await;
    let settings = json!({"ceilings": {"memory_mib": 32, "grants": ["reply"], "channels": 1}});
    stage
        .put("providers/shop-owner", json!({"settings": settings}))
        .await
        .ok();
    let above = json!({
        "plugin": probe,
        "document": {"grants": ["reply", "push"], "limits": {"memory_mib": 33}},
        "allow_missing": true,
    });
    let refused = stage.post("channels/shop/deployments", above).await;
    refused.refused(
        422,
        "limits.memory_mib: it is 33; the ceiling of the provider \"shop-owner\" is 32",
    );
    refused.refused(422, "forbids `push`");
    assert_eq!(refused.body["errors"].as_array().unwrap().len(), 2);
    let more = json!({"name": "more", "provider": "shop-owner"});
    stage
        .post("channels", more)
        .await
        .refused(422, "ceilings.channels");
    let below = json!({
        "plugin": probe,
        "document": {"grants": ["reply"], "limits": {"memory_mib": 32}},
        "allow_missing": true,
    });
    stage.post("channels/shop/deployments", below).await.ok();
}

/// Those of the configuration file are shown, and hold, too.
#[tokio::test]
async fn the_host_has_ceilings() {
    let line = Line::start().await;
    let host = Host::beside(&line).tables("[ceilings]\ncpu_ms = 700\ngrants = [\"reply\"]\n");
    let host = host.start(&line).await;
    let ceilings = host.admin("/v1/ceilings").await;
    assert_eq!(ceilings, json!({"cpu_ms": 700, "grants": ["reply"]}));
}

/// What an instance has kept of its events ends with the deployment, also when that comes back.
#[tokio::test]
async fn a_switch_ends_instances_that_are_kept() {
    let stage = Stage::new().await;
    let (bot, probe) = stage.serving("shop").await;
    let reuse = json!({"events": 100, "idle_ms": 600_000});
    let document = json!({"grants": ["reply"], "reuse": reuse});
    let new = json!({"plugin": probe, "document": document, "allow_missing": true});
    let made = stage.post("channels/shop/deployments", new).await.ok();
    let number = made["deployment"]["number"].as_i64().unwrap();
    let shown = stage
        .get(&format!("channels/shop/deployments/{number}"))
        .await;
    assert_eq!(shown.ok()["document"]["reuse"], reuse);
    let count = async || stage.line.ask(&bot, &stage.user, "count").await;
    stage.activate("shop", number).await;
    assert_eq!(count().await, "1");
    assert_eq!(count().await, "2");
    stage.activate("shop", 1).await;
    assert_eq!(count().await, "1");
    stage.activate("shop", number).await;
    assert_eq!(count().await, "1");
}

/// An operator can forbid it.
#[tokio::test]
async fn instances_are_kept_below_the_ceiling() {
    let stage = Stage::with_tables("[ceilings]\nreuse_events = 1\n").await;
    let (_, probe) = stage.serving("shop").await;
    let document = json!({"grants": ["reply"], "reuse": {"events": 2, "idle_ms": 1}});
    let new = json!({"plugin": probe, "document": document, "allow_missing": true});
    let refused = stage.post("channels/shop/deployments", new).await;
    refused.refused(422, "");
    let errors = refused.body["errors"].to_string();
    assert!(
        errors.contains("reuse.events") && errors.contains("ceilings.reuse_events"),
        "{errors}"
    );
}
