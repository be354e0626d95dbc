//! With `reuse`, an instance handles several events of its channel's deployment, and nothing else of one is in the
//! next one. Without it, each event has its own.

use botbox_tests::{Channel, Host, HostBuilder, Line, PATIENCE, Stage, User};
use serde_json::{Value, json};
use tokio::time::timeout;

const REUSE: &str = "reuse = { events = 100, idle_ms = 600000 }\n";

/// A host whose channel keeps its instances. One attempt at an event is all there is.
async fn stage(plugin: &str, lines: &str) -> Stage {
    stage_on(plugin, lines, |host| host).await
}

async fn stage_on(
    plugin: &str,
    lines: &str,
    host: impl FnOnce(HostBuilder) -> HostBuilder,
) -> Stage {
    let lines = format!(
        "grants = [\"reply\", \"push\", \"profile\", \"content\"]\nretries = {{ attempts = 1 }}\n{lines}"
    );
    Stage::setting(plugin, |channel: Channel| channel.with(&lines), host).await
}

/// What an instance counts that may be handed the event while the last one is still at its end.
async fn count(stage: &Stage) -> u32 {
    stage.ask("count").await.parse().unwrap()
}

/// Has an event fail, and waits until it has.
async fn fail(stage: &Stage, command: &str, why: &str) {
    stage.line.say(&stage.bot, &stage.user, command).await;
    stage.host.log.expect(why).await;
}

#[tokio::test]
async fn an_instance_is_reused_only_if_the_deployment_says_so() {
    let without = stage("probe", "").await;
    for _ in 0..3 {
        assert_eq!(count(&without).await, 1);
    }
    let with = stage("probe", REUSE).await;
    for expected in 1..=5 {
        assert_eq!(count(&with).await, expected);
    }
    // Another user of the channel has the same instance.
    with.host.drained(PATIENCE).await;
    let other = with.line.user("Ben").await;
    assert_eq!(with.line.ask(&with.bot, &other, "count").await, "6");
}

#[tokio::test]
async fn an_instance_has_as_many_events_as_it_may() {
    let stage = stage("probe", "reuse = { events = 3, idle_ms = 600000 }\n").await;
    for expected in [1, 2, 3, 1, 2, 3, 1] {
        assert_eq!(count(&stage).await, expected);
    }
}

#[tokio::test]
async fn channels_share_no_instance() {
    let line = Line::start().await;
    let (one, two) = (line.bot("One").await, line.bot("Two").await);
    let lines = format!("grants = [\"reply\"]\n{REUSE}");
    let _host = Host::beside(&line)
        .channel(Channel::new("one", &one, "probe").with(&lines))
        .channel(Channel::new("two", &two, "probe").with(&lines))
        .start(&line)
        .await;
    let user = line.user("Aiko").await;
    for expected in ["1", "2", "3"] {
        for bot in [&one, &two] {
            assert_eq!(line.ask(bot, &user, "count").await, expected);
        }
    }
}

#[tokio::test]
async fn a_failure_ends_the_instance() {
    let limits = "limits = { cpu_ms = 300, deadline_ms = 2000, memory_mib = 16 }\n";
    let stage = stage("probe", &format!("{limits}{REUSE}")).await;
    for (command, why) in [
        ("panic", "the plugin trapped"),
        ("reject", "the plugin rejects the event"),
        ("retry", "the plugin asks to retry"),
        ("loop", "of processor time"),
        ("allocate", "the plugin ran out of memory"),
    ] {
        assert_eq!(count(&stage).await, 1, "before {command}");
        assert_eq!(count(&stage).await, 2, "before {command}");
        fail(&stage, command, why).await;
    }
    assert_eq!(count(&stage).await, 1);
    // The profile comes after the deadline.
    stage
        .line
        .fault("getProfile", 1, json!({"delay": 10_000}))
        .await;
    let slow = format!("profile {}", stage.user.id);
    fail(&stage, &slow, "the plugin took longer than 2000 ms").await;
    assert_eq!(count(&stage).await, 1);
}

/// What takes memory and never gives it back has another instance before there is none left.
#[tokio::test]
async fn memory_that_is_half_used_up_ends_the_instance() {
    let lines = format!("limits = {{ memory_mib = 16 }}\n{REUSE}");
    let stage = stage("probe", &lines).await;
    assert_eq!(count(&stage).await, 1);
    assert_eq!(stage.ask("grow 2").await, "grown");
    assert_eq!(count(&stage).await, 2);
    assert_eq!(stage.ask("grow 10").await, "grown");
    assert_eq!(count(&stage).await, 1);
}

/// A handle that the plugin keeps would be one of the next event's.
#[tokio::test]
async fn what_is_left_open_ends_the_instance() {
    let stage = stage("probe", REUSE).await;
    let content = stage.line.content("image/jpeg", vec![1; 1_000], 0).await;
    let event = json!({"type": "message", "message": {"type": "image", "contentId": content}});
    let delivery = stage.line.act(&stage.bot, &stage.user, event).await;
    let image = delivery.events[0]["messageId"].as_str().unwrap();
    // The probe reads it.
    stage.line.next(&stage.bot, &stage.user.id, 0).await;
    assert_eq!(stage.ask("read-on").await, "nothing is open");
    assert_eq!(
        stage.ask(&format!("get-message-content {image}")).await,
        "image/jpeg: 1000 of Some(1000) bytes"
    );
    let before = count(&stage).await;
    assert!(before >= 1);
    assert_eq!(stage.ask(&format!("leave-open {image}")).await, "left open");
    assert_eq!(stage.ask("read-on").await, "nothing is open");
    assert_eq!(count(&stage).await, 1);
}

/// Each event has its own processor time and its own reply.
#[tokio::test]
async fn limits_are_those_of_each_event() {
    let stage = stage("probe", &format!("limits = {{ cpu_ms = 300 }}\n{REUSE}")).await;
    stage.befriend(&stage.user).await;
    for expected in 1..=20 {
        assert_eq!(stage.ask("flood").await, "flooded");
        assert_eq!(stage.replied("reply").await, "replied");
        assert_eq!(count(&stage).await, expected);
    }
}

/// The log of an event has what the plugin printed in it, also where the line has no end.
#[tokio::test]
async fn what_is_printed_is_the_events_own() {
    let stage = stage("wasi-probe", REUSE).await;
    let other = stage.line.user("Ben").await;
    let ask = async |user: &User| {
        let said = stage.line.ask(&stage.bot, user, "begin").await;
        stage.host.drained(PATIENCE).await;
        said
    };
    assert_eq!(ask(&stage.user).await, "1 events");
    assert_eq!(ask(&other).await, "2 events");
    assert_eq!(ask(&stage.user).await, "3 events");
    let mut ids = Vec::new();
    for user in [&stage.user, &other] {
        let line = stage
            .host
            .log
            .expect(&format!("begun by Some(\"{}\")", user.id))
            .await;
        assert_eq!(line["context"], "stdout");
        ids.push(line["span"]["id"].clone());
    }
    assert_ne!(ids[0], ids[1]);
}

/// An event that comes later than that has another one.
#[tokio::test]
async fn an_idle_instance_has_its_time() {
    let stage = stage("probe", "reuse = { events = 1000000, idle_ms = 1 }\n").await;
    assert_eq!(count(&stage).await, 1);
    let fresh = async { while count(&stage).await != 1 {} };
    timeout(PATIENCE, fresh)
        .await
        .expect("it ends when it is idle");
}

/// With one slot, an instance that is kept makes room for another channel's event, and is there for its own.
#[tokio::test]
async fn nobody_waits_for_an_idle_instance() {
    let line = Line::start().await;
    let (one, two) = (line.bot("One").await, line.bot("Two").await);
    let lines = format!("grants = [\"reply\"]\n{REUSE}");
    let host = Host::beside(&line)
        .tables("[runtime]\nslots = 1\n")
        .channel(Channel::new("one", &one, "probe").with(&lines))
        .channel(
            Channel::new("two", &two, "probe")
                .provider("others")
                .with(&lines),
        )
        .start(&line)
        .await;
    let user = line.user("Aiko").await;
    for expected in ["1", "2", "3"] {
        assert_eq!(line.ask(&one, &user, "count").await, expected);
    }
    assert_eq!(line.ask(&two, &user, "count").await, "1");
    assert_eq!(line.ask(&two, &user, "count").await, "2");
    assert_eq!(line.ask(&one, &user, "count").await, "1");
    let status = host.status().await;
    let failed: Vec<&Value> = status["channels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["events"]["failed"])
        .collect();
    assert_eq!(failed, [0, 0]);
}

/// The memory of what is kept is there for who needs it.
#[tokio::test]
async fn idle_memory_is_given_up() {
    let line = Line::start().await;
    let (one, two) = (line.bot("One").await, line.bot("Two").await);
    let lines = format!("grants = [\"reply\"]\nlimits = {{ memory_mib = 16 }}\n{REUSE}");
    let _host = Host::beside(&line)
        .tables("[runtime]\nslots = 8\nmemory_mib = 16\n")
        .channel(Channel::new("one", &one, "probe").with(&lines))
        .channel(Channel::new("two", &two, "probe").with(&lines))
        .start(&line)
        .await;
    let user = line.user("Aiko").await;
    assert_eq!(line.ask(&one, &user, "grow 6").await, "grown");
    assert_eq!(line.ask(&one, &user, "count").await, "1");
    assert_eq!(line.ask(&one, &user, "count").await, "2");
    assert_eq!(line.ask(&two, &user, "grow 9").await, "grown");
    assert_eq!(line.ask(&one, &user, "count").await, "1");
}
