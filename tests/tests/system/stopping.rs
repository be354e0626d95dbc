//! SIGTERM and Ctrl-C: what was taken is finished.

use botbox_tests::{Host, Line};
use serde_json::json;

#[tokio::test]
async fn events_in_flight_and_in_line_finish() {
    let line = Line::start().await;
    let bot = line.bot("Probe").await;
    let mut host = Host::with(&line, &bot, "probe").await;
    let user = line.user("Aiko").await;
    line.fault("getProfile", 1, json!({"delay": 1000})).await;
    let slow = format!("profile {}", user.id);
    for text in [slow.as_str(), "second", "third"] {
        assert_eq!(line.say(&bot, &user, text).await.status, Some(200));
    }
    host.terminate();
    assert!(host.ended().await.success());

    let mut last = 0;
    for text in ["Aiko", "second", "third"] {
        let sent = line.next(&bot, &user.id, last).await;
        assert_eq!(sent.text(), text);
        last = sent.seq;
    }
    assert_eq!(line.say(&bot, &user, "too late").await.status, None);
}

#[tokio::test]
async fn an_idle_host_stops_at_once() {
    let line = Line::start().await;
    let bot = line.bot("Echo").await;
    let mut host = Host::with(&line, &bot, "echo").await;
    let user = line.user("Aiko").await;
    assert_eq!(line.ask(&bot, &user, "hello").await, "hello");
    host.terminate();
    assert!(host.ended().await.success());
}
