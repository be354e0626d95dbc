//! An upgrade: an old binary and a new one after it on one data folder. The old one is what `BOTBOX_BEFORE` names, such
//! as the last release (`cargo xtask upgrade BINARY`); without it, the binary comes after itself.

use std::env;
use std::path::PathBuf;

use botbox_tests::{Host, binary};
use serde_json::json;

use super::api::Stage;

/// What an old host has taken, the new one handles: what waits for a plugin, what has failed, what is due later. What
/// serves, serves on.
#[tokio::test]
async fn a_new_binary_goes_on_with_what_an_old_one_has() {
    let old = env::var_os("BOTBOX_BEFORE").map_or_else(binary, PathBuf::from);
    let mut stage = Stage::with(|host| host.binary(&old)).await;
    let (shop, probe) = stage.serving("shop").await;
    let two = stage.deployment("shop", &probe, "two").await;
    stage.activate("shop", two).await;
    assert_eq!(stage.line.ask(&shop, &stage.user, "which").await, "two");
    let dead = stage.line.say(&shop, &stage.user, "reject").await;
    let dead = dead.events[0]["webhookEventId"]
        .as_str()
        .unwrap()
        .to_owned();
    stage.host.expect("shop", &dead, "dead").await;
    stage.provider("late").await;
    let late = stage.channel("late", "late").await;
    let last = "waits for a plugin";
    for text in ["one", "two", last] {
        let delivery = stage.line.say(&late, &stage.user, text).await;
        assert_eq!(delivery.status, Some(200));
    }

    // Not stopped in order: what is on the disk counts.
    stage.host.signal("KILL");
    stage.host.ended().await;
    let data = stage.folder.path().join("data");
    stage.setup = Host::beside(&stage.line).data(&data).set_up();
    stage.host = stage.setup.start().await;
    for (name, bot) in [("shop", &shop), ("late", &late)] {
        stage.line.set_webhook(bot, &stage.host.webhook(name)).await;
    }
    assert_eq!(stage.line.ask(&shop, &stage.user, "which").await, "two");
    stage.activate("shop", 1).await;
    assert_eq!(stage.line.ask(&shop, &stage.user, "which").await, "one");
    let replay = json!({"channel": "shop", "deployment": "current"});
    let replayed = stage.post("dead-letters/replay", replay).await.ok();
    assert_eq!(replayed["replayed"], 1, "{replayed}");
    stage.host.expect("shop", &dead, "dead").await;

    // What waited comes in order.
    let echo = stage.upload("echo").await;
    let deployment = stage.deployment("late", &echo, "echo").await;
    stage.activate("late", deployment).await;
    let mut texts = Vec::new();
    let mut after = 0;
    while texts.last().is_none_or(|it| it != last) {
        let sent = stage.line.next(&late, &stage.user.id, after).await;
        after = sent.seq;
        texts.push(sent.text().to_owned());
    }
    assert_eq!(texts, ["one", "two", last]);
}
