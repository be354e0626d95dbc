//! Disks that are full, fail, or have rubbish on them: what was acknowledged is handled, once.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use botbox_tests::{
    Answer, Bot, Channel, Gate, Host, HostBuilder, Line, Load, Sender, Setup, User, message,
    target_folder,
};
use fastrand::Rng;
use reqwest::Client;
use serde_json::json;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::crash::{crashing, free_address, seed};
use crate::delivery::sent;

/// A data folder on a disk that fails when a test wants it to.
struct Disk {
    folder: TempDir,
}

/// The library that makes disks fail; see its source.
fn library() -> PathBuf {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    let library = LIBRARY.get_or_init(|| {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/faults/disk.c");
        let folder = target_folder().join("faults");
        fs::create_dir_all(&folder).unwrap();
        // Another run of the tests may use the library while this one makes it.
        let made = folder.join(format!("disk-{}.so", std::process::id()));
        let library = folder.join("disk.so");
        let cc = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .args([&made, &PathBuf::from(source)])
            .arg("-ldl")
            .status();
        assert!(cc.unwrap().success());
        fs::rename(&made, &library).unwrap();
        library
    });
    library.clone()
}

impl Disk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        Self { folder }
    }

    /// As the kernel names it.
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    /// A host whose disk it is.
    fn below(&self, host: HostBuilder) -> HostBuilder {
        let text = |path: PathBuf| path.to_str().unwrap().to_owned();
        host.env("LD_PRELOAD", &text(library()))
            .env("DISK_FOLDER", &text(self.path("data")))
            .env("DISK_FAULT", &text(self.path("fault")))
            .env("DISK_STRIKES", &text(self.path("strikes")))
    }

    /// Writes fail, for there is no room.
    fn fill(&self) {
        fs::write(self.path("fault"), "full").unwrap();
    }

    /// Syncs fail.
    fn fail(&self) {
        fs::write(self.path("fault"), "sync").unwrap();
    }

    /// Nothing can be written, as when the kernel has mounted it anew after an error.
    fn protect(&self) {
        fs::write(self.path("fault"), "read-only").unwrap();
    }

    fn heal(&self) {
        fs::write(self.path("fault"), "").unwrap();
    }

    /// How many calls have failed.
    fn strikes(&self) -> u64 {
        fs::metadata(self.path("strikes")).map_or(0, |it| it.len())
    }
}

/// A bot whose events run one at a time, on such a disk, behind a gate.
struct Stage {
    line: Line,
    gate: Gate,
    bot: Bot,
    disk: Disk,
    setup: Setup,
    sender: Sender,
}

impl Stage {
    async fn new() -> Self {
        let line = Line::start().await;
        let gate = Gate::before(&line).await;
        let bot = line.bot("Bot").await;
        let disk = Disk::new();
        let channel = Channel::new("bot", &bot, "probe").with(
            "grants = [\"reply\", \"push\"]\nlimits = { concurrency = 1, deadline_ms = 60000 }\n\
             retries = { pause_ms = 20 }",
        );
        let host = Host::beside(&line).api(gate.url()).timeout_ms(60_000);
        let host = host.data(&disk.path("data"));
        let setup = disk.below(host.channel(channel)).set_up();
        Self {
            line,
            gate,
            bot,
            disk,
            setup,
            sender: Sender::new(),
        }
    }

    async fn friend(&self, name: &str) -> User {
        let user = self.line.user(name).await;
        (self.line)
            .act(&self.bot, &user, json!({"type": "follow"}))
            .await;
        user
    }

    /// Sends what a user says to a host. What is said is the event's id, too.
    async fn say(&self, host: &Host, user: &User, text: &str) -> Answer {
        let token = format!("token of {text}");
        self.line.issue_token(&self.bot, user, &token).await;
        let event = message(user, text, &token, text);
        let answer = self
            .sender
            .send(&host.webhook("bot"), &self.bot, &[event])
            .await;
        answer.expect("the host answers")
    }

    async fn acknowledged(&self, host: &Host, user: &User, text: &str) {
        let answer = self.say(host, user, text).await;
        assert_eq!(answer.status, 200, "{text}: {}", answer.text);
    }

    /// The host refuses an event, and says why.
    async fn refused(&self, host: &Host, user: &User, text: &str, why: &str) {
        let answer = self.say(host, user, text).await;
        assert_eq!(answer.status, 503, "{}", answer.text);
        assert!(answer.text.contains(why), "{}", answer.text);
    }
}

async fn health(host: &Host) -> (u16, String) {
    let health = Client::new().get(format!("{}/healthz", host.url));
    let health = health.send().await.unwrap();
    (health.status().as_u16(), health.text().await.unwrap())
}

fn texts(sent: &[(String, String)]) -> Vec<(&str, &str)> {
    sent.iter()
        .map(|(via, text)| (via.as_str(), text.as_str()))
        .collect()
}

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
    host.drained(botbox_tests::PATIENCE).await;
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
    host.drained(botbox_tests::PATIENCE).await;
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
    let disk = Disk::new();
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
    host.drained(botbox_tests::PATIENCE).await;
    assert_eq!(texts(&sent(line, bot, &aiko).await), [("push", "1")]);
}

/// What a host that can't use its data folder says before it gives up.
async fn refusal(disk: &Disk) -> String {
    let line = Line::start().await;
    let bot = line.bot("Bot").await;
    let host = disk.below(Host::beside(&line).data(&disk.path("data")));
    let host = host.channel(Channel::new("bot", &bot, "echo"));
    host.set_up().spawn().refused().await
}

#[tokio::test]
async fn a_damaged_database_is_refused() {
    let disk = Disk::new();
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
    let disk = Disk::new();
    let data = disk.path("data");
    fs::remove_dir(&data).unwrap();
    fs::write(&data, "a file").unwrap();
    let said = refusal(&disk).await;
    let expected = format!("cannot use the data folder {}: ", data.display());
    assert!(said.starts_with(&expected), "{said}");
}

#[tokio::test]
async fn a_disk_that_fails_from_the_start_is_refused() {
    let disk = Disk::new();
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
