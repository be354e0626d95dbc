//! What goes wrong in a bot, and what an operator reads of it: in the host's log, and in the list of dead
//! letters.

use botbox_tests::{Channel, Host, Line, Stage};

/// A bot that may only reply, has little time and memory, and one attempt.
const NEEDS: &str = r#"
    grants = ["reply"]
    limits = { cpu_ms = 500, deadline_ms = 4000, memory_mib = 32 }
    retries = { attempts = 1 }

    config = { bot = "probe", greeting = "hi" }
"#;

/// A user in a chat with a language's probe.
pub(crate) async fn stage(plugin: &str) -> Stage {
    let line = Line::start().await;
    let bot = line.bot("Probe").await;
    let channel = Channel::new("probe", &bot, plugin).with(NEEDS);
    let host = Host::beside(&line).channel(channel).start(&line).await;
    let user = line.user("Aiko").await;
    Stage {
        line,
        bot,
        host,
        user,
    }
}

/// Says something on which the bot fails. The operator reads all of `expected` in the event's line of the
/// log, and in the list of dead letters; the chat goes on.
pub(crate) async fn fails(stage: &Stage, text: &str, expected: &[&str]) {
    let delivery = stage.line.say(&stage.bot, &stage.user, text).await;
    let id = delivery.events[0]["webhookEventId"].as_str().unwrap();
    stage.host.expect("probe", id, "dead").await;
    let line = stage
        .host
        .log
        .expect_all(&[id, "failed, and is a dead letter"])
        .await;
    let list = stage.host.admin(&format!("/v1/dead-letters?id={id}")).await;
    for told in [&line["error"], &list["events"][0]["error"]] {
        let told = told.as_str().unwrap_or_default();
        for part in expected {
            assert!(
                told.contains(part),
                "{text}: no {part:?} in {told:?} of {line} and {list}"
            );
        }
    }
    assert_eq!(stage.ask("hi").await, "and you?");
}
