//! SIGTERM and Ctrl-C: what runs is finished, and what waits is there at the next start.

use botbox_tests::{Channel, Gate, Host, Line, Stage};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

#[tokio::test]
async fn sigterm_lets_events_finish() {
    what_runs_is_finished_and_the_rest_is_kept("TERM").await;
}

#[tokio::test]
async fn ctrl_c_lets_events_finish() {
    what_runs_is_finished_and_the_rest_is_kept("INT").await;
}

async fn what_runs_is_finished_and_the_rest_is_kept(signal: &str) {
    let line = Line::start().await;
    let bot = line.bot("Probe").await;
    let gate = Gate::before(&line).await;
    let data = tempfile::tempdir().unwrap();
    let start = async || {
        let channel = Channel::new("bot", &bot, "probe");
        Host::beside(&line)
            .api(gate.url())
            .data(data.path())
            .channel(channel)
            .start(&line)
            .await
    };
    let mut host = start().await;
    let user = line.user("Aiko").await;
    // The first event's reply does not get through yet.
    gate.close();
    line.act(&bot, &user, json!({"type": "follow"})).await;
    host.log.expect("EventKind::Follow").await;
    for text in ["second", "third"] {
        assert_eq!(line.say(&bot, &user, text).await.status, Some(200));
    }
    host.signal(signal);
    let stopping = host.log.expect("stopping when these events").await;
    assert_eq!(stopping["running"], 1);
    // Webhooks are taken while it runs.
    assert_eq!(line.say(&bot, &user, "last").await.status, Some(200));
    gate.open();
    assert!(host.ended().await.success());
    let first = line.next(&bot, &user.id, 0).await;
    assert!(first.text().starts_with("EventKind::Follow"));
    assert_eq!(line.say(&bot, &user, "too late").await.status, None);
    let sent = line.messages(&bot, &user.id, first.seq, 0).await;
    assert!(sent.iter().all(|it| it["from"] == "user"), "{sent:?}");

    let _host = start().await;
    let mut last = first.seq;
    for text in ["second", "third", "last"] {
        let sent = line.next(&bot, &user.id, last).await;
        assert_eq!(sent.text(), text);
        last = sent.seq;
    }
}

/// Nobody can keep a host from stopping by not finishing a request.
#[tokio::test]
async fn a_half_request_does_not_keep_the_host() {
    let mut stage = Stage::with("echo").await;
    let address = stage.host.url.trim_start_matches("http://").to_owned();
    let mut half = TcpStream::connect(address).await.unwrap();
    half.write_all(b"POST /webhook/bot HTTP/1.1\r\nhost:")
        .await
        .unwrap();
    assert_eq!(stage.ask("hello").await, "hello");
    stage.host.signal("TERM");
    assert!(stage.host.ended().await.success());
    assert_eq!(stage.host.log.count("did not finish"), 0);
}

#[tokio::test]
async fn a_second_signal_stops_at_once() {
    let mut stage = Stage::with("probe").await;
    stage
        .line
        .fault("getProfile", 1, json!({"hang": true}))
        .await;
    let slow = format!("profile {}", stage.user.id);
    stage.line.say(&stage.bot, &stage.user, &slow).await;
    stage.line.expect_calls(&stage.bot, "/profile", 1).await;
    stage.host.signal("TERM");
    let stopping = stage
        .host
        .log
        .expect("stopping when these events are handled")
        .await;
    assert_eq!(stopping["running"], 1);
    stage.host.signal("INT");
    assert_eq!(stage.host.ended().await.code(), Some(1));
}

#[tokio::test]
async fn an_idle_host_stops_at_once() {
    let mut stage = Stage::with("echo").await;
    assert_eq!(stage.ask("hello").await, "hello");
    stage.host.signal("TERM");
    assert!(stage.host.ended().await.success());
}
