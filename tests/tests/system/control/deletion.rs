//! A deleted channel leaves nothing to who takes its name.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use super::api::Stage;
use super::plugin_logs::lines;

#[tokio::test]
async fn a_new_channel_of_an_old_name_starts_empty() {
    let mut stage = Stage::new().await;
    let (bot, _) = stage.serving("shop").await;
    assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, "one");
    let dead = stage.line.say(&bot, &stage.user, "reject").await;
    let id = dead.events[0]["webhookEventId"]
        .as_str()
        .unwrap()
        .to_owned();
    stage.host.expect("shop", &id, "dead").await;
    let logged = lines(&stage, "shop", "rejects the event", "").await;
    assert!(!logged.is_empty());
    let path = "providers/shop-owner";
    stage
        .delete(path)
        .await
        .refused(409, "it has channels; delete them first");
    stage.delete("channels/shop").await.ok();
    let gone = stage.line.say(&bot, &stage.user, "which").await;
    assert_eq!(gone.status, Some(404));
    stage
        .get("channels/shop")
        .await
        .refused(404, "there is no channel \"shop\"");
    stage.delete(path).await.ok();

    let (other, _) = stage.serving("shop").await;
    let events = stage.host.events("shop").await;
    assert!(events.is_empty(), "{events:?}");
    let log = stage.get("channels/shop/logs").await.ok();
    assert_eq!(log["lines"], json!([]), "{log}");
    let listed = stage.get("channels/shop/deployments").await.ok();
    assert_eq!(listed["deployments"].as_array().unwrap().len(), 1);
    assert_eq!(stage.line.ask(&other, &stage.user, "which").await, "one");
    stage.restart().await;
    assert_eq!(stage.host.events("shop").await.len(), 1);
}

/// Values that a plugin stored, and timers that it set.
#[tokio::test]
async fn values_and_timers_go_with_their_channel() {
    let stage = Stage::new().await;
    let (bot, _) = stage.serving("shop").await;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let run_at = format!("run-at {} tea", now.as_millis() + 3_600_000);
    let stats = async || {
        let stats = stage.get("journal/stats").await.ok();
        stats["channels"][0].clone()
    };
    stage.line.ask(&bot, &stage.user, &run_at).await;
    assert_eq!(stats().await["scheduled"], 1);
    stage.delete("channels/shop").await.ok();
    stage.delete("providers/shop-owner").await.ok();
    stage.serving("shop").await;
    assert_eq!(stats().await["scheduled"], json!(0));
}

/// The folder of its media can't be removed at first.
#[tokio::test]
async fn a_deletion_that_failed_halfway_is_gone_on_with_by_asking_again() {
    let stage = Stage::new().await;
    stage.serving("shop").await;
    let media = stage.folder.path().join("data/media/shop~1");
    drop(fs::remove_dir_all(&media));
    fs::create_dir_all(media.parent().unwrap()).unwrap();
    fs::write(&media, "in the way").unwrap();
    let failed = stage.delete("channels/shop").await;
    assert_eq!(failed.status, 503, "{failed:?}");
    // Nobody has it any more, and nobody has its name yet.
    stage
        .get("channels/shop")
        .await
        .refused(404, "there is no channel \"shop\"");
    let again = json!({"name": "shop", "provider": "shop-owner"});
    stage
        .post("channels", again.clone())
        .await
        .refused(409, "there is a channel \"shop\" already");
    fs::remove_file(&media).unwrap();
    stage.delete("channels/shop").await.ok();
    let gone = stage.delete("channels/shop").await;
    gone.refused(404, "there is no channel \"shop\"");
    stage.post("channels", again).await.ok();
}
