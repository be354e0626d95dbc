//! Disks that fail while a host runs.

use std::sync::Arc;
use std::time::Duration;

use botbox_tests::{Line, Load, PATIENCE};
use fastrand::Rng;
use tokio::time::sleep;

use super::faulty::FaultyDisk;
use super::stage::{Stage, health, texts};
use crate::crash::{crashing, free_address, seed};
use crate::delivery::sent;

#[tokio::test]
async fn a_full_disk_refuses_events_until_there_is_room() {
    let stage = Stage::new().await;
    let Stage {
        line,
        gate,
        bot,
        disk,
        ..
    } = &stage;
    let host = stage.setup.start().await;
    let (aiko, ben, chie) = (
        stage.friend("Aiko").await,
        stage.friend("Ben").await,
        stage.friend("Chie").await,
    );
    // The first one waits for LINE, and all others for their turn.
    gate.close();
    stage.acknowledged(&host, &aiko, "deliver push 1").await;
    stage.acknowledged(&host, &aiko, "deliver push 2").await;
    stage.acknowledged(&host, &ben, "deliver reply 3").await;
    disk.fill();
    let why = "the events can't be kept: the disk is full";
    stage.refused(&host, &chie, "deliver push 4", why).await;
    stage.refused(&host, &chie, "deliver push 4", why).await;
    // It can go on by itself, so nobody need start it again.
    assert_eq!(health(&host).await.0, 200);

    // What was acknowledged goes on, as far as nothing has to be written before.
    gate.open();
    assert_eq!(line.next(bot, &aiko.id, 0).await.text(), "1");
    let unwritten = "cannot write down what came of an event";
    let told = host.log.expect(unwritten).await;
    assert!(told.to_string().contains("the disk is full"), "{told}");
    host.log
        .expect("cannot keep what the plugin is about to send")
        .await;
    stage.refused(&host, &chie, "deliver push 4", why).await;
    assert!(disk.strikes() > 0);

    disk.heal();
    stage.acknowledged(&host, &chie, "deliver push 4").await;
    host.drained(PATIENCE).await;
    for (user, expected) in [
        (&aiko, vec![("push", "1"), ("push", "2")]),
        (&ben, vec![("reply", "3")]),
        (&chie, vec![("push", "4")]),
    ] {
        assert_eq!(texts(&sent(line, bot, user).await), expected);
    }
    let events = host.events("bot").await;
    assert_eq!(events.len(), 4);
    assert!(events.iter().all(|it| it["state"] == "handled"));
}

/// After a sync has failed, nobody knows what is on the disk, and a later sync that succeeds does
/// not mean that it is there.
#[tokio::test]
async fn after_a_failed_sync_nothing_is_acknowledged_until_a_new_start() {
    let stage = Stage::new().await;
    let Stage {
        line,
        gate,
        bot,
        disk,
        ..
    } = &stage;
    let host = stage.setup.start().await;
    let (aiko, ben) = (stage.friend("Aiko").await, stage.friend("Ben").await);
    gate.close();
    stage.acknowledged(&host, &aiko, "deliver push 1").await;
    stage.acknowledged(&host, &aiko, "deliver reply 2").await;
    disk.fail();
    let why = "the disk failed, and nothing is written any more";
    stage.refused(&host, &ben, "deliver push 3", why).await;
    assert!(disk.strikes() > 0);
    disk.heal();
    for _ in 0..2 {
        stage.refused(&host, &ben, "deliver push 3", why).await;
    }
    let (status, said) = health(&host).await;
    assert_eq!(status, 503, "{said}");
    assert!(said.contains(why), "{said}");
    let told = host.log.expect(why).await;
    assert_eq!(told["level"], "ERROR", "{told}");
    let stats = host.admin("/v1/journal/stats").await;
    let failure = stats["failure"].as_str().unwrap_or_default();
    assert!(failure.contains(why), "{stats}");

    // What runs goes on, but nothing comes after it.
    gate.open();
    assert_eq!(line.next(bot, &aiko.id, 0).await.text(), "1");
    host.log
        .expect("cannot write down what came of an event")
        .await;
    host.kill().await;
    let host = stage.setup.start().await;
    assert_eq!(health(&host).await.0, 200);
    stage.acknowledged(&host, &ben, "deliver push 3").await;
    host.drained(PATIENCE).await;
    let expected = [("push", "1"), ("reply", "2")];
    assert_eq!(texts(&sent(line, bot, &aiko).await), expected);
    assert_eq!(texts(&sent(line, bot, &ben).await), [("push", "3")]);
    let events = host.events("bot").await;
    assert_eq!(events.len(), 3);
    assert!(events.iter().all(|it| it["state"] == "handled"));
}

/// The test of crashes once more, on a disk that fills up and fails at random.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::print_stdout, reason = "shown when the test fails")]
async fn crashes_on_a_failing_disk_lose_nothing_and_do_nothing_twice() {
    let seed = seed();
    let mut random = Rng::with_seed(seed);
    let line = Arc::new(Line::start().await);
    let (one, two) = (line.bot("One").await, line.bot("Two").await);
    let disk = FaultyDisk::new();
    let host = disk.below(crashing(&line, &one, &two, &disk.path("data")));
    let address = free_address();
    let setup = host.listen(&address).set_up();
    let url = format!("http://{address}");
    let channels = [("one", &one), ("two", &two)];
    let mut load = Load::start(&line, &url, &channels, 2, seed).await;
    let mut pause = async || sleep(Duration::from_millis(random.u64(50..400))).await;
    for round in 0..6 {
        let host = setup.start().await;
        pause().await;
        // Before the fault: after one failed sync there is no other.
        let strikes = disk.strikes();
        if round % 3 == 0 {
            disk.fail();
        } else {
            disk.fill();
        }
        // The senders see to it that there are some.
        while disk.strikes() == strikes {
            sleep(Duration::from_millis(5)).await;
            load.check();
        }
        pause().await;
        if round % 3 == 1 {
            disk.heal();
            pause().await;
        }
        host.kill().await;
        disk.heal();
    }
    let host = setup.start().await;
    let summary = load.settle(&host).await;
    println!("{} strikes: {summary}", disk.strikes());
    summary.check();
}
