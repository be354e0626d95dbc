//! Events are listed, shown and counted.

use serde_json::{Value, json};

use super::stage::Stage;

#[tokio::test]
async fn events_are_listed() {
    let stage = Stage::new().await;
    let good = stage.say_until("handled", "hello").await;
    let bad = stage.say_until("dead", "reject").await;
    let elsewhere = stage.say_to(&stage.other, "reject").await;
    stage.expect("other", &elsewhere, "dead").await;

    let list = stage.botbox(&["journal", "list"]).await;
    let lines: Vec<_> = list.lines().collect();
    assert_eq!(lines.len(), 4, "{list}");
    assert!(lines[0].starts_with("RECEIVED"), "{list}");
    for (line, id, channel, state) in [
        (lines[1], &elsewhere, "other", "dead"),
        (lines[2], &bad, "bot", "dead"),
        (lines[3], &good, "bot", "handled"),
    ] {
        let cells: Vec<_> = line.split_whitespace().collect();
        assert_eq!(cells[1], channel, "{list}");
        assert_eq!(cells[3..5], [id, state], "{list}");
        assert!(cells[2].len() < stage.user.id.len(), "{list}");
    }
    assert!(lines[2].ends_with("the plugin rejects the event: as told"));
    // Columns are aligned.
    let at = lines[0].find("STATE").unwrap();
    for line in &lines[1..3] {
        let state: String = line.chars().skip(at).take(4).collect();
        assert_eq!(state, "dead", "{list}");
    }

    let list = async |arguments: &[&str]| {
        let list = ["journal", "list"];
        stage.ids(&[&list, arguments].concat()).await
    };
    let all = [&elsewhere, &bad, &good].map(String::clone);
    assert_eq!(list(&[]).await, all);
    assert_eq!(list(&["--channel", "bot"]).await, all[1..]);
    assert_eq!(list(&["--state", "dead"]).await, all[..2]);
    assert_eq!(list(&["--id", &good]).await, all[2..]);
    assert_eq!(list(&["--chat", &stage.user.id]).await, all);
    assert_eq!(list(&["--chat", "U1"]).await, [""; 0]);
    assert_eq!(list(&["--error", "as told"]).await, all[..2]);
    assert_eq!(list(&["--since", "1h"]).await, all);
    assert_eq!(list(&["--until", "1h"]).await, [""; 0]);
    assert_eq!(
        list(&["--since", "2020-01-01T00:00:00+09:00", "--limit", "2"]).await,
        all[..2]
    );
    let cut = stage.try_botbox(&["journal", "list", "--limit", "1"]).await;
    assert!(cut.err.contains("there may be more"), "{}", cut.err);
    let none = stage.try_botbox(&["journal", "list", "--chat", "U1"]).await;
    assert_eq!((none.code, none.out.as_str()), (Some(0), ""));

    // Page by page.
    let first: Value = stage
        .get("journal/events?limit=2")
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(first["events"].as_array().unwrap().len(), 2);
    let next = format!("journal/events?limit=2&before={}", first["next"]);
    let second: Value = stage.get(&next).await.json().await.unwrap();
    assert_eq!(second["events"][0]["id"], *good);
    assert_eq!(second["next"], Value::Null);
}

/// A list that is longer than a page of the host's.
#[tokio::test]
async fn long_lists_are_put_together() {
    let stage = Stage::new().await;
    let event = json!({"as": stage.user.id, "event": {"type": "follow"}});
    for _ in 0..11 {
        let delivery = stage.line.send(&stage.bot, vec![event.clone(); 100]).await;
        assert_eq!(delivery.status, Some(200));
    }
    let list = ["journal", "list", "--limit", "1050"];
    let mut ids = stage.ids(&list).await;
    assert_eq!(ids.len(), 1050);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 1050);
}

#[tokio::test]
async fn an_event_is_shown_without_its_credentials() {
    let stage = Stage::new().await;
    let id = stage.say_until("dead", "panic").await;
    let shown = stage.botbox(&["journal", "show", "bot", &id]).await;
    for expected in [
        &format!("chat      {}", stage.user.id),
        "state     dead",
        "failed    2 times",
        "    \"text\": \"panic\"",
        "failed attempt 1: ",
        "failed attempt 2: ",
        "  error: the plugin trapped: panicked at tests/guests/probe/src/lib.rs:",
        ": as told (it reached code that must not be reached",
    ] {
        assert!(shown.contains(expected), "{shown}\nexpected {expected}");
    }
    assert!(!shown.contains("replyToken"), "{shown}");
    assert_eq!(
        stage.botbox(&["dead-letters", "show", "bot", &id]).await,
        shown
    );

    let shown = stage.json(&["journal", "show", "bot", &id]).await.remove(0);
    assert_eq!(shown["event"]["webhookEventId"], *id);
    assert_eq!(shown["event"]["replyToken"], Value::Null);
    assert_eq!(shown["failures"][1]["plugin"].as_str().unwrap().len(), 64);
    assert!(
        shown["failures"][0]["log"]
            .as_str()
            .unwrap()
            .contains("as told")
    );

    let gone = stage
        .try_botbox(&["journal", "show", "bot", "01NONE"])
        .await;
    assert_eq!(gone.code, Some(3));
    assert!(
        gone.err.contains("the journal has no event \"01NONE\""),
        "{}",
        gone.err
    );
}

/// What users and plugins write stays text.
#[tokio::test]
async fn nobody_writes_to_the_operators_terminal() {
    let stage = Stage::new().await;
    let id = stage
        .say_until("handled", "\u{1b}[2J \u{9b}31m \u{202e}")
        .await;
    let novel = stage.say_until("dead", "novel").await;
    let mut said = stage.botbox(&["journal", "show", "bot", &id]).await;
    said += &stage
        .botbox(&["journal", "show", "bot", &id, "--json"])
        .await;
    said += &stage.botbox(&["journal", "show", "bot", &novel]).await;
    let list = stage.botbox(&["journal", "list"]).await;
    assert_eq!(list.lines().count(), 3, "{list}");
    said += &list;
    let is_active = |it: char| it.is_control() && it != '\n' || it == '\u{202e}';
    assert_eq!(said.find(is_active), None, "{said:?}");
    let shown = stage.json(&["journal", "show", "bot", &id]).await.remove(0);
    assert_eq!(
        shown["event"]["message"]["text"],
        "\u{1b}[2J \u{9b}31m \u{202e}"
    );
}

#[tokio::test]
async fn channels_are_counted() {
    let stage = Stage::new().await;
    stage.say_until("dead", "reject").await;
    let stats = stage.botbox(&["journal", "stats"]).await;
    let lines: Vec<Vec<_>> = stats
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(
        lines[0].join(" "),
        "CHANNEL WAITING BYTES OLDEST DEAD KEPT SCHEDULED"
    );
    assert_eq!(lines[1][..5], ["bot", "0", "0", "-", "1"]);
    assert!(lines[1][5].parse::<u64>().unwrap() > 100, "{stats}");
    assert_eq!(lines[2], ["other", "0", "0", "-", "0", "0", "0"]);
    let stats = stage.json(&["journal", "stats"]).await.remove(0);
    assert_eq!(stats["channels"][0]["dead"], 1);

    let delay = json!({"delay": 2_000});
    stage.line.fault("getProfile", 1, delay).await;
    stage.say(&format!("profile {}", stage.user.id)).await;
    let stats = stage.json(&["journal", "stats"]).await.remove(0);
    let bot = &stats["channels"][0];
    assert_eq!(bot["waiting"], 1, "{stats}");
    assert!(bot["waiting_bytes"].as_u64().unwrap() > 100, "{stats}");
    assert!(bot["oldest"].as_i64().is_some(), "{stats}");
}
