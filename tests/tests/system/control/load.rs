//! Switches under load: no event is lost or done twice, and each chat keeps its order.

use std::env;
use std::time::{Duration, Instant};

use botbox_tests::Load;
use serde_json::json;
use tokio::time::sleep;

use super::api::Stage;

/// How many switches there are, unless `BOTBOX_SWITCHES` says otherwise.
const SWITCHES: usize = 30;

/// In how many chats of each channel users write.
const CHATS: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn switches_under_load_lose_nothing() {
    let switches = env::var("BOTBOX_SWITCHES").ok();
    let switches = switches.map_or(SWITCHES, |it| it.parse().unwrap());
    let stage = Stage::new().await;
    let channels = ["one", "two", "three"];
    let mut bots = Vec::new();
    for channel in channels {
        // The load sends its webhooks itself, so its bot has none.
        let bot = stage.line.bot(channel).await;
        stage.provider(channel).await;
        stage.channel_of(&bot, channel, channel).await;
        let probe = stage.upload("probe").await;
        let one = stage.deployment(channel, &probe, "one").await;
        stage.activate(channel, one).await;
        for name in ["two", "three"] {
            stage.deployment(channel, &probe, name).await;
        }
        bots.push(bot);
    }
    let loaded: Vec<_> = channels.into_iter().zip(&bots).collect();
    let mut load = Load::start(
        &stage.line,
        &stage.host.url,
        &loaded,
        CHATS,
        fastrand::u64(..),
    )
    .await;
    let mut took = Vec::new();
    for switch in 0..switches {
        load.check();
        sleep(Duration::from_millis(100)).await;
        let channel = channels[switch % channels.len()];
        let (stable, other) = (1 + switch % 3, 1 + (switch + 1) % 3);
        // A quarter of them are canaries.
        let traffic = match switch % 4 {
            0 => {
                let canary = json!({"deployment": other, "percent": 10 + switch % 80});
                json!({"stable": stable, "canary": canary, "pinned": false})
            }
            _ => json!({"stable": stable, "pinned": false}),
        };
        let begun = Instant::now();
        let path = format!("channels/{channel}/traffic");
        stage.put(&path, traffic).await.ok();
        took.push(begun.elapsed());
    }
    let summary = load.settle(&stage.host).await;
    took.sort_unstable();
    println!(
        "{switches} switches, half of them within {:?}, the slowest in {:?}: {summary}",
        took[took.len() / 2],
        took[took.len() - 1]
    );
    summary.check();
}

/// What confirmed last serves after a kill, at whatever step of a switch that comes.
#[tokio::test]
async fn a_kill_during_switches_loses_none_that_was_confirmed() {
    let mut stage = Stage::new().await;
    let (bot, probe) = stage.serving("shop").await;
    stage.deployment("shop", &probe, "two").await;
    for round in 0..5_u64 {
        let mut confirmed = stage.get("channels/shop/traffic").await.ok()["revision"].clone();
        let killed_after = Duration::from_millis(20 + fastrand::u64(..60));
        let begun = Instant::now();
        let mut number = 1 + (round % 2);
        let mut stable = 0;
        while begun.elapsed() < killed_after {
            let switched = stage
                .put("channels/shop/traffic", json!({"stable": number}))
                .await;
            stable = number;
            confirmed = switched.ok()["revision"].clone();
            number = 3 - number;
        }
        // One more, whose answer nobody waits for.
        let url = format!("{}/v1/channels/shop/traffic", stage.host.admin_url);
        let late = reqwest::Client::new()
            .put(url)
            .bearer_auth(botbox_tests::ADMIN_TOKEN)
            .body(json!({"stable": number}).to_string());
        let late = tokio::spawn(late.send());
        sleep(Duration::from_millis(fastrand::u64(..4))).await;
        stage.kill_and_start().await;
        drop(late.await);
        stage
            .line
            .set_webhook(&bot, &stage.host.webhook("shop"))
            .await;
        let now = stage.get("channels/shop/traffic").await.ok();
        let revision = now["revision"].as_u64().unwrap();
        let late_came = revision == confirmed.as_u64().unwrap() + 1;
        assert!(
            late_came || now["revision"] == confirmed,
            "{now}, {confirmed}"
        );
        let expected = if late_came { number } else { stable };
        assert_eq!(now["stable"], expected, "{now}");
        let name = if expected == 1 { "one" } else { "two" };
        assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, name);
    }
}

/// An upload that is cut off at any time leaves nothing that is half there.
#[tokio::test]
async fn a_kill_during_uploads_leaves_nothing_half() {
    let mut stage = Stage::new().await;
    for round in 0..4 {
        let url = format!("{}/v1/plugins/", stage.host.admin_url);
        let wasm = std::fs::read(botbox_tests::plugin("shop")).unwrap();
        let upload = reqwest::Client::new()
            .put(format!("{url}{}", super::api::digest(&wasm)))
            .bearer_auth(botbox_tests::ADMIN_TOKEN)
            .body(wasm);
        let upload = tokio::spawn(upload.send());
        sleep(Duration::from_millis(20 + 60 * round)).await;
        stage.kill_and_start().await;
        drop(upload.await);
        let listed = stage.get("plugins").await.ok();
        for plugin in listed["plugins"].as_array().unwrap() {
            assert!(plugin["size"].as_u64().unwrap() > 0, "{plugin}");
        }
    }
    let (bot, _) = stage.serving("shop").await;
    stage.upload("shop").await;
    assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, "one");
}

/// So does a deployment: it is there as a whole with the number that it has, or it is not there.
#[tokio::test]
async fn a_kill_during_deployments_leaves_nothing_half() {
    let mut stage = Stage::new().await;
    let (bot, probe) = stage.serving("shop").await;
    for _ in 0..4 {
        let url = format!("{}/v1/channels/shop/deployments", stage.host.admin_url);
        let new = json!({"plugin": probe, "allow_missing": true, "document": {"config": {"name": "late"}}});
        let late = reqwest::Client::new()
            .post(url)
            .bearer_auth(botbox_tests::ADMIN_TOKEN)
            .body(new.to_string());
        let late = tokio::spawn(late.send());
        sleep(Duration::from_millis(fastrand::u64(..30))).await;
        stage.kill_and_start().await;
        let was_confirmed = late.await.unwrap().is_ok_and(|it| it.status() == 201);
        let listed = stage.get("channels/shop/deployments").await.ok();
        let listed = listed["deployments"].as_array().unwrap();
        let numbers: Vec<_> = listed
            .iter()
            .map(|it| it["number"].as_u64().unwrap())
            .collect();
        let in_order: Vec<_> = (1..=listed.len() as u64).rev().collect();
        assert_eq!(numbers, in_order);
        let last = &listed[0];
        assert!(
            !was_confirmed || last["document"]["config"]["name"] == "late",
            "{last}"
        );
        let shown = stage
            .get(&format!("channels/shop/deployments/{}", last["number"]))
            .await;
        assert_eq!(shown.ok()["document"], last["document"]);
        // Whatever came of it, the one that was confirmed serves.
        stage
            .line
            .set_webhook(&bot, &stage.host.webhook("shop"))
            .await;
        assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, "one");
    }
}
