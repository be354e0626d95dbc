//! SIGTERM and Ctrl-C: what was taken is finished.

use botbox_tests::Stage;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

#[tokio::test]
async fn sigterm_lets_events_finish() {
    events_in_flight_and_in_line_finish("TERM").await;
}

#[tokio::test]
async fn ctrl_c_lets_events_finish() {
    events_in_flight_and_in_line_finish("INT").await;
}

async fn events_in_flight_and_in_line_finish(signal: &str) {
    let Stage {
        line,
        bot,
        mut host,
        user,
    } = Stage::with("probe").await;
    line.fault("getProfile", 1, json!({"delay": 1000})).await;
    let slow = format!("profile {}", user.id);
    for text in [slow.as_str(), "second", "third"] {
        assert_eq!(line.say(&bot, &user, text).await.status, Some(200));
    }
    host.signal(signal);
    assert!(host.ended().await.success());

    let mut last = 0;
    for text in ["Aiko", "second", "third"] {
        let sent = line.next(&bot, &user.id, last).await;
        assert_eq!(sent.text(), text);
        last = sent.seq;
    }
    assert_eq!(line.say(&bot, &user, "too late").await.status, None);
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
    assert_eq!(stopping["waiting"], 1);
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
