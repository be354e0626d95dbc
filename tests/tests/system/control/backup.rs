//! A backup of a host that runs, and a host that runs from it.

use botbox_tests::{Host, Load};
use serde_json::json;

use super::api::Stage;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_runs_from_its_backup() {
    let mut stage = Stage::new().await;
    let (bot, _) = stage.serving("shop").await;
    assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, "one");
    let dead = stage.line.say(&bot, &stage.user, "reject").await;
    let id = dead.events[0]["webhookEventId"]
        .as_str()
        .unwrap()
        .to_owned();
    stage.host.expect("shop", &id, "dead").await;
    // Under load: what is copied is as it was at one moment.
    let busy = stage.line.bot("Busy").await;
    stage.provider("busy").await;
    stage.channel_of(&busy, "busy", "busy").await;
    let probe = stage.upload("probe").await;
    stage.deployment("busy", &probe, "one").await;
    stage.activate("busy", 1).await;
    let channels = [("busy", &busy)];
    let load = Load::start(
        &stage.line,
        &stage.host.url,
        &channels,
        3,
        fastrand::u64(..),
    )
    .await;
    let copy = stage.folder.path().join("copy");
    let backup = json!({"folder": copy});
    stage.post("backup", backup.clone()).await.ok();
    load.settle(&stage.host).await.check();
    stage
        .post("backup", backup)
        .await
        .refused(422, "is there already");
    stage
        .post("backup", json!({"folder": "copy"}))
        .await
        .refused(422, "an absolute path");

    stage.host.signal("TERM");
    stage.host.ended().await;
    stage.setup = Host::beside(&stage.line).data(&copy).set_up();
    stage.host = stage.setup.start().await;
    stage
        .line
        .set_webhook(&bot, &stage.host.webhook("shop"))
        .await;
    stage.host.expect("shop", &id, "dead").await;
    assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, "one");
    let plugins = stage.get("plugins").await.ok();
    assert_eq!(plugins["plugins"].as_array().unwrap().len(), 1);
}
