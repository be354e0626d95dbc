//! Dead letters are replayed and discarded.

use serde_json::{Value, json};

use super::stage::Stage;

#[tokio::test]
async fn a_mended_plugin_gets_its_dead_letters_again() {
    let mut stage = Stage::new().await;
    let id = stage.say_until("dead", "reject").await;
    let second = stage.say_until("dead", "reject").await;
    let probe = stage.json(&["deployment", "list", "bot"]).await.remove(0);
    let probe = probe["plugin"].as_str().unwrap().to_owned();

    stage.restart("echo").await;
    let deployments = stage.botbox(&["deployment", "list", "bot"]).await;
    let lines: Vec<_> = deployments.lines().collect();
    assert_eq!(lines.len(), 3, "{deployments}");
    assert!(
        lines[1].starts_with('2') && lines[1].ends_with("stable"),
        "{deployments}"
    );
    assert!(
        lines[2].starts_with('1') && lines[2].contains(&probe),
        "{deployments}"
    );

    // By the deployment that it began with, it fails again.
    let replay = ["dead-letters", "replay", "--channel", "bot", "--id", &id];
    assert_eq!(stage.botbox(&replay).await, "replayed 1 dead letter\n");
    let event = stage
        .eventually(&format!("journal/events/bot/{id}"), |event| {
            event["state"] == "dead" && event["failures"][1].is_object()
        })
        .await;
    assert_eq!(event["attempts"], 1, "{event}");
    assert_eq!(event["failures"][1]["plugin"], *probe, "{event}");
    assert_eq!(event["failures"][1]["deployment"], 1, "{event}");

    // By the current one, it does not.
    let current = [&replay[..], &["--deployment", "current"]].concat();
    assert_eq!(stage.json(&current).await, [json!({"replayed": 1})]);
    stage.expect("bot", &id, "handled").await;
    let answer = stage.line.next(&stage.bot, &stage.user.id, 0).await;
    assert_eq!(answer.text(), "reject");
    stage.expect("bot", &second, "dead").await;
    let none = stage.botbox(&replay).await;
    assert_eq!(none, "replayed 0 dead letters\n");
}

#[tokio::test]
async fn dead_letters_are_chosen() {
    let mut stage = Stage::new().await;
    let rejected = stage.say_until("dead", "reject").await;
    let trapped = stage.say_until("dead", "panic").await;
    let third = stage.say_until("dead", "error").await;
    let elsewhere = stage.say_to(&stage.other, "reject").await;
    stage.expect("other", &elsewhere, "dead").await;
    let dead = ["dead-letters", "list"];
    let all = [&elsewhere, &third, &trapped, &rejected].map(String::clone);
    assert_eq!(stage.ids(&dead).await, all);
    stage.restart("echo").await;

    // Nothing is meant by leaving something out.
    for command in ["replay", "discard"] {
        let said = stage.try_botbox(&["dead-letters", command]).await;
        assert_eq!(said.code, Some(2), "{}", said.err);
        assert!(said.err.contains("--all"), "{}", said.err);
        let both = ["dead-letters", command, "--all", "--channel", "bot"];
        assert_eq!(stage.try_botbox(&both).await.code, Some(2));
    }
    let which = ["dead-letters", "replay", "--all", "--deployment", "new"];
    assert_eq!(stage.try_botbox(&which).await.code, Some(2));

    // The panic's own words find it.
    let current = ["--deployment", "current"];
    let replay = ["dead-letters", "replay", "--error", "as told (it reached"];
    let replay = [&replay[..], &current].concat();
    assert_eq!(stage.botbox(&replay).await, "replayed 1 dead letter\n");
    stage.expect("bot", &trapped, "handled").await;
    let discard = [
        "dead-letters",
        "discard",
        "--channel",
        "bot",
        "--id",
        &third,
    ];
    assert_eq!(stage.botbox(&discard).await, "discarded 1 dead letter\n");
    let shown = stage.botbox(&["journal", "show", "bot", &third]).await;
    assert!(shown.contains("state     discarded"), "{shown}");
    assert!(shown.contains("not kept any more"), "{shown}");
    let replay = ["dead-letters", "replay", "--all", "--deployment", "current"];
    assert_eq!(stage.botbox(&replay).await, "replayed 2 dead letters\n");
    stage.expect("bot", &rejected, "handled").await;
    stage.expect("other", &elsewhere, "handled").await;
    assert_eq!(stage.ids(&dead).await, [""; 0]);
}

/// So many steps of the journal that the first ones have failed again before the last.
#[tokio::test]
async fn each_dead_letter_is_replayed_once_and_discarded_once() {
    let stage = Stage::new().await;
    let message = json!({"type": "text", "text": "reject"});
    let event = json!({"type": "message", "message": message});
    let mut events = Vec::new();
    for number in 0..50 {
        let user = stage.line.user(&format!("User {number}")).await;
        events.push(json!({"as": user.id, "event": event}));
    }
    for _ in 0..30 {
        assert_eq!(
            stage.line.send(&stage.bot, events.clone()).await.status,
            Some(200)
        );
    }
    let dead = |stats: &Value| stats["channels"][0]["dead"] == 1500;
    stage.eventually("journal/stats", dead).await;
    let replay = ["dead-letters", "replay", "--channel", "bot"];
    assert_eq!(stage.botbox(&replay).await, "replayed 1500 dead letters\n");
    stage.eventually("journal/stats", dead).await;
    let failed = stage.host.status().await["channels"][0]["events"]["failed"].clone();
    assert_eq!(failed, 3000);
    // Discarded by as many steps, each behind the last.
    let discard = ["dead-letters", "discard", "--channel", "bot"];
    assert_eq!(
        stage.botbox(&discard).await,
        "discarded 1500 dead letters\n"
    );
    assert_eq!(stage.botbox(&discard).await, "discarded 0 dead letters\n");
}
