//! The operator's commands on a host that does not run.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use botbox_tests::{Channel, Host, Line, binary, plugin};
use serde_json::Value;

/// Without any secret of the host's.
fn botbox(command: &[&str], config: &Path) -> Output {
    let mut botbox = Command::new(binary());
    let botbox = botbox.args(command).arg("--config").arg(config);
    botbox.env_clear().output().unwrap()
}

fn out(command: &[&str], config: &Path) -> String {
    let output = botbox(command, config);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn dead_letters_of_a_stopped_host_are_listed_and_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bot.wasm");
    fs::copy(plugin("probe"), &file).unwrap();
    let line = Line::start().await;
    let bot = line.bot("Bot").await;
    let setup = Host::beside(&line)
        .channel(Channel::new("bot", &bot, "probe").plugin(&file))
        .set_up();
    let mut host = setup.start().await;
    setup.point(&line, &host).await;
    let user = line.user("Aiko").await;
    let delivery = line.say(&bot, &user, "reject").await;
    let id = delivery.events[0]["webhookEventId"].as_str().unwrap();
    host.expect("bot", id, "dead").await;

    // The one that runs is to be asked itself.
    let config = setup.config();
    let refused = botbox(&["dead-letters", "list"], &config);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("a host runs with the data folder"), "{said}");
    assert!(!refused.status.success());
    host.signal("TERM");
    assert!(host.ended().await.success());

    assert!(out(&["dead-letters", "list"], &config).contains(id));
    assert!(out(&["dead-letters", "show", "bot", id], &config).contains("rejects the event"));
    assert!(out(&["journal", "list"], &config).contains("dead"));
    let stats: Value =
        serde_json::from_str(&out(&["journal", "stats", "--json"], &config)).unwrap();
    assert_eq!(stats["channels"][0]["dead"], 1, "{stats}");
    assert!(out(&["deployment", "list", "bot"], &config).contains("stable"));

    // Replayed for a plugin that takes it.
    fs::copy(plugin("echo"), &file).unwrap();
    let replay = ["dead-letters", "replay", "--channel", "bot"];
    let replayed = out(
        &[&replay[..], &["--deployment", "current"]].concat(),
        &config,
    );
    assert_eq!(replayed, "replayed 1 dead letter\n");
    let host = setup.start().await;
    host.expect("bot", id, "handled").await;
    assert_eq!(line.next(&bot, &user.id, 1).await.text(), "reject");
}

/// A wrong path must not make a data folder, which would look like one without events.
#[test]
fn a_host_that_never_ran_has_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("botbox.toml");
    fs::write(&config, "").unwrap();
    let output = botbox(&["journal", "list"], &config);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("no host has run with this configuration"),
        "{said}"
    );
    assert!(!folder.path().join("botbox-data").exists());
}
