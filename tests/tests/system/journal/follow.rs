//! Events are followed while they happen.

use std::process::Stdio;
use std::time::Duration;

use botbox_tests::PATIENCE;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::time::timeout;

use super::stage::Stage;

#[tokio::test]
async fn events_are_followed() {
    let mut stage = Stage::new().await;
    let mut follow = stage
        .command()
        .args(["journal", "follow", "--channel", "bot"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut news = BufReader::new(follow.stdout.take().unwrap()).lines();
    let mut remarks = BufReader::new(follow.stderr.take().unwrap()).lines();
    // Nobody knows from when on it follows.
    loop {
        stage.say("hello").await;
        let first = timeout(Duration::from_millis(500), news.next_line());
        if first.await.is_ok() {
            break;
        }
    }
    let mut until = async |text: &str| {
        let found = async {
            loop {
                let line = news.next_line().await.unwrap().unwrap();
                assert!(line.contains("  bot  "), "{line}");
                if line.contains(text) {
                    return line;
                }
            }
        };
        let found = timeout(PATIENCE, found).await;
        found.unwrap_or_else(|_| panic!("no news of {text}"))
    };
    stage.say_to(&stage.other, "hello").await;
    let id = stage.say("panic").await;
    for (what, error) in [
        ("accepted", ""),
        ("retry (attempt 1)", ": the plugin trapped"),
        ("dead (attempt 2)", ": the plugin trapped"),
    ] {
        let line = until(&format!("{id}  {what}")).await;
        assert!(line.contains(error), "{line}");
    }

    // It follows the host over a new start.
    let stopped = tokio::time::Instant::now();
    stage.host.signal("TERM");
    assert!(stage.host.ended().await.success());
    assert!(stopped.elapsed() < Duration::from_secs(5));
    let remark = timeout(PATIENCE, remarks.next_line()).await.unwrap();
    let remark = remark.unwrap().unwrap();
    assert!(remark.contains("waiting for it"), "{remark}");
}

#[tokio::test]
async fn the_api_tells_news_as_lines() {
    let stage = Stage::new().await;
    let path = format!("journal/follow?chat={}", stage.user.id);
    let mut answer = stage.get(&path).await;
    assert_eq!(answer.headers()["content-type"], "application/x-ndjson");
    let stranger = stage.line.user("Ben").await;
    stage.line.ask(&stage.bot, &stranger, "hello").await;
    let id = stage.say("hello").await;
    let mut text = String::new();
    while !text.contains("handled") {
        let piece = timeout(PATIENCE, answer.chunk()).await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(&piece.unwrap()).unwrap());
    }
    let lines = text.lines().filter(|line| !line.is_empty());
    let lines: Vec<Value> = lines.map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(lines[0]["what"], "accepted");
    assert_eq!(lines[1]["what"], "handled");
    assert_eq!(lines[1]["attempt"], 1);
    for line in &lines {
        assert_eq!(line["id"], *id, "{text}");
        assert_eq!(line["chat"], *stage.user.id);
    }

    // Some follow, others can still get in.
    let mut followers = vec![answer];
    let refused = loop {
        let answer = stage.get("journal/follow").await;
        if answer.status() != 200 {
            break answer;
        }
        followers.push(answer);
    };
    assert_eq!(refused.status(), 503);
    assert!(
        refused
            .text()
            .await
            .unwrap()
            .contains("follow already, the limit")
    );
    assert_eq!(followers.len(), 8);
    assert_eq!(stage.get("journal/stats").await.status(), 200);
}
