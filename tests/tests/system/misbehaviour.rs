//! What plugins do wrong costs their own event, and is named in the log.

use botbox_tests::{Bot, Channel, Host, Line, User};
use serde_json::json;

struct Stage {
    line: Line,
    bot: Bot,
    neighbour: Bot,
    host: Host,
    user: User,
}

impl Stage {
    async fn new() -> Self {
        let line = Line::start().await;
        let bot = line.bot("Probe").await;
        let neighbour = line.bot("Neighbour").await;
        let strict = Channel::new("strict", &bot, "probe").with(
            "grants = [\"reply\", \"push\", \"content\"]\n\
             limits = { cpu_ms = 300, deadline_ms = 4000, memory_mib = 16 }\n\
             retries = { attempts = 1 }",
        );
        let host = Host::beside(&line)
            .channel(strict)
            .channel(Channel::new("neighbour", &neighbour, "echo"))
            .start(&line)
            .await;
        let user = line.user("Aiko").await;
        Self {
            line,
            bot,
            neighbour,
            host,
            user,
        }
    }

    /// The command fails for this reason; its chat, and its neighbour's, go on.
    async fn fails(&self, command: &str, why: &str) {
        let delivery = self.line.say(&self.bot, &self.user, command).await;
        assert_eq!(delivery.status, Some(200), "{command}");
        let other = self.line.user("Ben").await;
        assert_eq!(self.line.ask(&self.neighbour, &other, "you?").await, "you?");
        self.host.log.expect(why).await;
        assert_eq!(
            self.line.ask(&self.bot, &self.user, "and you?").await,
            "and you?"
        );
    }
}

#[tokio::test]
async fn panics() {
    let stage = Stage::new().await;
    stage.fails("panic", "the plugin trapped").await;
    // The panic's place and text, and not the name of an instruction.
    let failed = stage.host.log.expect("the plugin trapped").await;
    let error = failed["error"].as_str().unwrap();
    let expected = "the plugin trapped: panicked at tests/guests/probe/src/lib.rs:";
    assert!(error.starts_with(expected), "{error}");
    assert!(error.contains(": as told (it reached code"), "{error}");
    let said = stage.host.log.expect("as told").await;
    assert_eq!(said["level"], "ERROR");
    assert_eq!(said["span"]["channel"], "strict", "{said}");
}

#[tokio::test]
async fn loops_for_ever() {
    let stage = Stage::new().await;
    let why = "the plugin used more than 300 ms of processor time";
    stage.fails("loop", why).await;
}

/// More of them than the machine has processors, and than the host has slots.
#[tokio::test]
async fn many_loop_for_ever() {
    let stage = Stage::new().await;
    for number in 0..12 {
        let user = stage.line.user(&format!("User {number}")).await;
        stage.line.say(&stage.bot, &user, "loop").await;
    }
    assert_eq!(
        stage.line.ask(&stage.neighbour, &stage.user, "you?").await,
        "you?"
    );
    // On a busy machine, some of them do not even get their 300 ms within the deadline.
    let log = &stage.host.log;
    while log.count("300 ms of processor time") + log.count("took longer than 4000 ms") < 12 {
        let user = stage.line.user("Patience").await;
        assert_eq!(
            stage.line.ask(&stage.bot, &user, "and you?").await,
            "and you?"
        );
    }
}

#[tokio::test]
async fn allocates_without_end() {
    let stage = Stage::new().await;
    let why = "the plugin ran out of memory: the limit is 16 MiB";
    stage.fails("allocate", why).await;
}

#[tokio::test]
async fn recurses_without_end() {
    let stage = Stage::new().await;
    stage
        .fails(
            "recurse",
            "the plugin trapped: it used memory that it does not have",
        )
        .await;
}

#[tokio::test]
async fn returns_errors() {
    let stage = Stage::new().await;
    stage
        .fails("retry", "the plugin asks to retry: as told")
        .await;
    stage
        .fails("reject", "the plugin rejects the event: as told")
        .await;
    stage
        .fails(
            "error",
            "the plugin rejects the event: failed to fill whole buffer",
        )
        .await;
}

/// LINE does not answer, and the plugin waits.
#[tokio::test]
async fn sleeps_in_a_host_call() {
    let stage = Stage::new().await;
    stage
        .line
        .fault("getMessageContent", 1_000, json!({"hang": true}))
        .await;
    let message = stage.line.content("image/png", vec![0; 9], 0).await;
    let message = json!({"type": "image", "contentId": message});
    let event = json!({"type": "message", "message": message});
    for _ in 0..4 {
        let user = stage.line.user("Aiko").await;
        stage.line.act(&stage.bot, &user, event.clone()).await;
    }
    stage.fails("reject", "the plugin rejects").await;
    stage
        .host
        .log
        .expect("the plugin took longer than 4000 ms")
        .await;
}

#[tokio::test]
async fn floods_the_log() {
    let stage = Stage::new().await;
    assert_eq!(
        stage.line.ask(&stage.bot, &stage.user, "flood").await,
        "flooded"
    );
    stage.host.log.expect("more than 65536 bytes").await;
    let kept = stage.host.log.count("line ");
    assert!((200..=256).contains(&kept), "{kept}");
    // What matters is not drowned.
    let delivery = stage
        .line
        .say(&stage.bot, &stage.user, "flood and panic")
        .await;
    assert_eq!(delivery.status, Some(200));
    stage.host.log.expect("after the flood").await;
}

#[tokio::test]
async fn fakes_log_lines() {
    let stage = Stage::new().await;
    assert_eq!(
        stage.line.ask(&stage.bot, &stage.user, "fake").await,
        "faked"
    );
    let line = stage.host.log.expect("innocent").await;
    assert_eq!(line["level"], "INFO");
    assert_eq!(stage.host.log.count("fake"), 1);
}

#[tokio::test]
async fn hands_over_too_much() {
    let stage = Stage::new().await;
    let why = "the plugin handed more than 4 MiB to the host in one call, the limit";
    stage.fails("huge", why).await;
    // Another attempt would be as vain.
    assert_eq!(stage.host.log.count(why), 1);
}

#[tokio::test]
async fn opens_streams_without_end() {
    let stage = Stage::new().await;
    let content = stage.line.content("image/png", vec![0; 9], 0).await;
    let message = json!({"type": "image", "contentId": content});
    let event = json!({"type": "message", "message": message});
    let delivery = stage.line.act(&stage.bot, &stage.user, event).await;
    let id = delivery.events[0]["messageId"].as_str().unwrap();
    stage.line.next(&stage.bot, &stage.user.id, 0).await;
    let answer = stage
        .line
        .ask(&stage.bot, &stage.user, &format!("hoard {id}"))
        .await;
    assert_eq!(answer, "ErrorKind::Other after 4 streams");
}

#[tokio::test]
async fn calls_line_without_end() {
    let stage = Stage::new().await;
    let why = "the event made 100 calls already, the most that one may make";
    stage.fails("call", why).await;
    assert_eq!(stage.line.calls(&stage.bot, "/push").await.len(), 100);
}

#[tokio::test]
async fn fails_with_a_novel() {
    let stage = Stage::new().await;
    stage
        .fails("novel", "the plugin rejects the event: Once upon")
        .await;
    let line = stage.host.log.find("Once").unwrap();
    assert!(line.to_string().len() < 6_000, "{}", line.to_string().len());
}
