//! Timers: events that the bot has come at a time.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use botbox_tests::{Channel, Host, Line, Stage};
use serde_json::json;

/// What has the probe set a timer, in so many milliseconds.
fn run_in(milliseconds: u64, payload: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let at = now + Duration::from_millis(milliseconds);
    format!("run-at {} {payload}", at.as_millis())
}

const HOUR: u64 = 3_600_000;

/// `run-at` and `cancel`.
#[tokio::test]
async fn a_timer_comes_in_its_chat_unless_it_is_cancelled() {
    let stage = Stage::with("probe").await;
    let late = stage.ask(&run_in(HOUR, "late")).await;
    let id = stage.ask(&run_in(300, "tea")).await;
    let timer = format!("TimerEvent {{ id: \"{id}\", payload: \"tea\" }}");
    let line = stage.host.log.expect(&timer).await;
    // The event has the timer's id.
    assert_eq!(line["span"]["id"], *id);
    assert_eq!(stage.ask(&format!("cancel {id}")).await, "false");
    assert_eq!(stage.ask(&format!("cancel {late}")).await, "true");
    assert_eq!(stage.ask(&format!("cancel {late}")).await, "false");
    assert_eq!(stage.ask("cancel ../timers").await, "false");
    // Of the past: at once.
    stage.ask("run-at -1 past").await;
    stage.host.log.expect("payload: \"past\"").await;
    assert_eq!(stage.host.log.count("payload: \"tea\""), 1);
}

/// It has the source of the event that it comes from: the bot can push there.
#[tokio::test]
async fn a_timer_knows_its_chat() {
    let stage = Stage::with("probe").await;
    stage.ask("run-at 0 push").await;
    let pushed = stage.line.next(&stage.bot, &stage.user.id, 2).await;
    assert_eq!((pushed.text(), pushed.via.as_str()), ("it is time", "push"));
}

#[tokio::test]
async fn what_no_timer_can_be_is_refused() {
    let stage = Stage::with("probe").await;
    let invalid = "ErrorKind::Invalid";
    assert_eq!(stage.ask("run-at-with 4097").await, invalid);
    assert_ne!(stage.ask("run-at-with 4096").await, invalid);
    let (year, second_year) = (365 * 24 * HOUR, 2 * 365 * 24 * HOUR);
    assert_ne!(stage.ask(&run_in(year, "x")).await, invalid);
    assert_eq!(stage.ask(&run_in(second_year, "x")).await, invalid);

    let ungranted = |channel: Channel| channel.with("grants = [\"reply\"]");
    let stage = Stage::setting("probe", ungranted, |host| host).await;
    assert_eq!(stage.ask("run-at 0 x").await, "ErrorKind::Denied");
    assert_eq!(stage.ask("cancel x").await, "ErrorKind::Denied");
}

/// Its first attempt fails when it has set the timer.
#[tokio::test]
async fn an_event_that_runs_again_makes_no_second_timer() {
    let stage = Stage::with("probe").await;
    let id = stage.ask(&format!("again {}", run_in(HOUR, "once"))).await;
    stage
        .host
        .log
        .expect("the plugin asks to retry: again")
        .await;
    // The second attempt comes before what is said next.
    assert_eq!(stage.ask(&format!("cancel {id}")).await, "true");
    assert_eq!(stage.ask(&format!("cancel {id}")).await, "false");
    let stats = stage.host.admin("/v1/journal/stats").await;
    assert_eq!(stats["channels"][0]["scheduled"], 0, "{stats}");
}

#[tokio::test]
async fn timers_outlive_the_host() {
    let line = Line::start().await;
    let bot = line.bot("Bot").await;
    let data = tempfile::tempdir().unwrap();
    let host = async |data: &Path| {
        let host = Host::beside(&line).data(data);
        let channel = Channel::new("bot", &bot, "probe");
        host.channel(channel).start(&line).await
    };
    let user = line.user("Aiko").await;
    let mut first = host(data.path()).await;
    line.ask(&bot, &user, &run_in(5_000, "survivor")).await;
    first.signal("KILL");
    first.ended().await;
    assert_eq!(first.log.count("TimerEvent"), 0);
    let mut second = host(data.path()).await;
    second.log.expect("payload: \"survivor\"").await;
    // It came, and so it is gone.
    second.signal("TERM");
    second.ended().await;
    let third = host(data.path()).await;
    line.ask(&bot, &user, "hello").await;
    assert_eq!(third.log.count("TimerEvent"), 0);
}

/// As many events wait as may when it comes: it was promised before.
#[tokio::test]
async fn a_timer_comes_whatever_waits() {
    let full = |channel: Channel| {
        channel.with(
            "grants = [\"reply\", \"profile\", \"schedule\"]\nlimits = { backlog_events = 9 }",
        )
    };
    let stage = Stage::setting("probe", full, |host| host).await;
    let Stage {
        line,
        bot,
        host,
        user,
    } = &stage;
    line.fault("getProfile", 1, json!({"delay": 2000})).await;
    let text = format!("run-at-and-hold {}", user.id);
    let message = json!({"type": "text", "text": text});
    let mut events = vec![json!({"type": "message", "message": message})];
    events.resize(9, json!({"type": "hologram"}));
    let events = events.into_iter();
    let events = events.map(|event| json!({"as": user.id, "event": event}));
    assert_eq!(line.send(bot, events.collect()).await.status, Some(200));
    assert_eq!(line.say(bot, user, "one more").await.status, Some(503));
    host.log.expect("payload: \"held\"").await;
    assert_eq!(host.log.count("TimerEvent"), 1);
}

#[tokio::test]
async fn nothing_from_outside_passes_for_a_timer() {
    let stage = Stage::with("probe").await;
    let forged = json!({"type": "botbox.timer", "timer": {"payload": "forged"}});
    stage.line.act(&stage.bot, &stage.user, forged).await;
    stage.host.log.expect("EventKind::Unknown").await;
    assert_eq!(stage.host.log.count("TimerEvent"), 0);
}
