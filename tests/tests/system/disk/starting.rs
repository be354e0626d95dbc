//! Disks that are no good when a host starts: it says so, and ends.

use std::fs;

use botbox_tests::{Channel, Host, Line, PATIENCE};

use super::faulty::FaultyDisk;
use super::stage::{Stage, health, texts};
use crate::delivery::sent;

#[tokio::test]
async fn a_read_only_disk_is_told_and_loses_nothing() {
    let stage = Stage::new().await;
    let Stage {
        line,
        gate,
        bot,
        disk,
        ..
    } = &stage;
    let host = stage.setup.start().await;
    let aiko = stage.friend("Aiko").await;
    gate.close();
    stage.acknowledged(&host, &aiko, "deliver push 1").await;
    disk.protect();
    let why = "the disk failed, and nothing is written any more";
    stage.refused(&host, &aiko, "deliver push 2", why).await;
    assert_eq!(health(&host).await.0, 503);
    host.kill().await;

    let said = refusal(disk).await;
    assert!(said.contains("cannot use the data folder"), "{said}");
    assert!(said.contains("Read-only file system"), "{said}");
    disk.heal();
    gate.open();
    let host = stage.setup.start().await;
    host.drained(PATIENCE).await;
    assert_eq!(texts(&sent(line, bot, &aiko).await), [("push", "1")]);
}

/// What a host that can't use its data folder says before it gives up.
async fn refusal(disk: &FaultyDisk) -> String {
    let line = Line::start().await;
    let bot = line.bot("Bot").await;
    let host = disk.below(Host::beside(&line).data(&disk.path("data")));
    let host = host.channel(Channel::new("bot", &bot, "echo"));
    host.set_up().spawn().refused().await
}

#[tokio::test]
async fn a_damaged_database_is_refused() {
    let disk = FaultyDisk::new();
    let database = disk.path("data/botbox.sqlite");
    for rubbish in [b"rubbish".repeat(1_000), vec![0; 10_000], {
        // The head is right, and nothing behind it.
        let mut head = b"SQLite format 3\0".to_vec();
        head.resize(8_192, 0xff);
        head
    }] {
        fs::write(&database, &rubbish).unwrap();
        let said = refusal(&disk).await;
        let expected = format!(
            "cannot open {}: the database is damaged: stop the host and bring its last \
             good copy back",
            database.display()
        );
        assert!(said.starts_with(&expected), "{said}");
        // Whoever wants to rescue something finds it as it was.
        assert_eq!(fs::read(&database).unwrap(), rubbish);
    }
}

#[tokio::test]
async fn a_data_folder_that_is_none_is_refused() {
    let disk = FaultyDisk::new();
    let data = disk.path("data");
    fs::remove_dir(&data).unwrap();
    fs::write(&data, "a file").unwrap();
    let said = refusal(&disk).await;
    let expected = format!("cannot use the data folder {}: ", data.display());
    assert!(said.starts_with(&expected), "{said}");
}

#[tokio::test]
async fn a_disk_that_fails_from_the_start_is_refused() {
    let disk = FaultyDisk::new();
    let refuses = async || {
        disk.fill();
        let said = refusal(&disk).await;
        assert!(said.contains("the disk is full"), "{said}");
        disk.fail();
        let said = refusal(&disk).await;
        assert!(said.contains("/data: Input/output error"), "{said}");
        disk.heal();
    };
    refuses().await;
    // The same with data, and when all is well again, nothing is missing.
    let line = Line::start().await;
    let bot = line.bot("Bot").await;
    let user = line.user("Aiko").await;
    let start = async || {
        let host = Host::beside(&line).data(&disk.path("data"));
        let channel = Channel::new("bot", &bot, "probe");
        disk.below(host.channel(channel)).start(&line).await
    };
    let host = start().await;
    let set = line.ask(&bot, &user, "bucket tea set sort sencha").await;
    assert_eq!(set, "()");
    host.kill().await;
    refuses().await;
    let host = start().await;
    let got = line.ask(&bot, &user, "bucket tea get sort").await;
    assert_eq!(got, "Some(\"sencha\")");
    host.kill().await;
}
