//! Events are followed while they happen.

use std::process::Stdio;
use std::time::Duration;

use botbox_tests::PATIENCE;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::time::timeout;

use super::stage::Stage;

#[tokio::test]
async fn events_are_followed() {
    let mut stage = Stage::new().await;
    let mut follow = stage
        .command()
        .args(["events", "--channel", "bot"])
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
        ("arrived", ""),
        ("retry (attempt 1, deployment 1, ", ": the plugin trapped"),
        ("dead (attempt 2, deployment 1, ", ": the plugin trapped"),
        ("dead letter after 2 attempts", ": the plugin trapped"),
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
