//! A host that can't start says why, in its log's own format: the file, the line, the key, the remedy
//! and an example, of all that is wrong. `botbox check` says the same without a start.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use botbox_tests::{Channel, Host, Line, Stage, binary, plugin};
use serde_json::{Value, json};

/// The errors that `botbox serve` logs before it gives up.
fn refusal(folder: &Path, config: &str) -> Vec<Value> {
    let file = folder.join("botbox.toml");
    fs::write(&file, config).unwrap();
    let output = botbox("serve", &file);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let lines = said.lines().map(|line| serde_json::from_str(line).unwrap());
    lines
        .filter(|line: &Value| line["level"] == "ERROR")
        .collect()
}

fn botbox(command: &str, config: &Path) -> Output {
    Command::new(binary())
        .args([command, "--config"])
        .arg(config)
        .env("SET", "a-secret")
        .output()
        .unwrap()
}

fn channel(plugin: &Path) -> String {
    format!(
        "[server]\nlisten = \"127.0.0.1:0\"\n[[channels]]\nid = \"a\"\nprovider = \"p\"\n\
         secret = {{ env = \"SET\" }}\naccess_token = {{ env = \"SET\" }}\nplugin = \"{}\"\n",
        plugin.display()
    )
}

#[test]
fn configurations_that_are_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let echo = channel(&plugin("echo"));
    let listening = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listening.local_addr().unwrap().to_string();
    for (config, line, key, what) in [
        (
            echo.replace("listen", "listne"),
            2,
            "server.listne",
            "unknown key; did you mean `listen`?",
        ),
        (
            format!(
                "{echo}{}",
                echo.replace("[server]\nlisten = \"127.0.0.1:0\"\n", "")
            ),
            10,
            "channels[1].id",
            "another channel has the id `a` already",
        ),
        (
            echo.replace("127.0.0.1:0", &taken),
            2,
            "server.listen",
            "cannot listen on",
        ),
        (String::from("[server\n"), 1, "", "it is not valid TOML"),
        (String::new(), 1, "channels", "there is no channel; add one"),
    ] {
        let said = refusal(folder.path(), &config);
        let [said] = said.as_slice() else {
            panic!("not one problem: {said:?}");
        };
        assert!(said["what"].as_str().unwrap().contains(what), "{said}");
        assert_eq!((&said["line"], &said["key"]), (&json!(line), &json!(key)));
        assert!(said["file"].as_str().unwrap().ends_with("botbox.toml"));
    }
}

/// What is written is told at once, with examples; and so is what it refers to.
#[test]
fn all_that_is_wrong_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("garbage.wasm"), "garbage").unwrap();
    let wrong = channel(Path::new("garbage.wasm")).replace("provider", "weight = 0\nprovder")
        + &channel(&plugin("probe"))
            .replace("[server]\nlisten = \"127.0.0.1:0\"\n", "")
            .replace("\"a\"", "\"b\"")
            .replace("\"SET\" }\nplugin", "\"NOT_SET\" }\nplugin");
    let said = refusal(folder.path(), &wrong);
    let keys: Vec<_> = said.iter().map(|it| it["key"].as_str().unwrap()).collect();
    let expected = [
        "channels[0].provider",
        "channels[0].weight",
        "channels[0].provder",
        "channels[1].access_token",
    ];
    assert_eq!(keys, expected, "{said:?}");
    assert_eq!(said[1]["channel"], "a");
    assert_eq!(said[1]["example"], "weight = 1");

    // The same without a start, and the plugins of those that can be used, too.
    let file = folder.path().join("botbox.toml");
    let right = channel(Path::new("garbage.wasm"))
        + &channel(&plugin("probe"))
            .replace(
                "[server]\nlisten = \"127.0.0.1:0\"\n",
                "grants = [\"reply\"]\n",
            )
            .replace("\"a\"", "\"b\"")
            .replace(
                "grants = [\"reply\"]\n[[channels]]",
                "[[channels]]\ngrants = [\"reply\"]",
            );
    let mut all = expected.to_vec();
    all.push("channels[0].plugin");
    for (config, problems) in [
        (wrong, all.as_slice()),
        (right.clone(), &["channels[0].plugin (channel \"a\"): "]),
        (
            right.replace("garbage.wasm", &plugin("echo").display().to_string()),
            &[],
        ),
    ] {
        fs::write(&file, config).unwrap();
        let output = botbox("check", &file);
        let said = String::from_utf8(output.stdout).unwrap();
        let found = said
            .lines()
            .filter(|it| it.starts_with("problem: "))
            .count();
        assert_eq!(found, problems.len(), "{said}");
        for problem in problems {
            assert!(said.contains(problem), "{said}");
        }
        let is_right = problems.is_empty();
        assert_eq!(output.status.code(), Some(i32::from(!is_right)), "{said}");
        if is_right {
            assert!(said.contains("channel \"a\": "), "{said}");
            let warned = said.lines().find(|it| it.starts_with("warning: ")).unwrap();
            assert!(
                warned.contains("channel \"b\"") && warned.contains("push"),
                "{warned}"
            );
        }
    }
}

/// The host does without a channel whose secret is not there, and tells LINE so.
#[tokio::test]
async fn a_channel_without_its_secret_does_not_stop_the_others() {
    let line = Line::start().await;
    let (good, bad) = (line.bot("Good").await, line.bot("Bad").await);
    let host = Host::beside(&line)
        .channel(Channel::new("good", &good, "echo"))
        .channel(Channel::new("bad", &bad, "echo").access_token("{ env = \"NOT_SET\" }"))
        .start(&line)
        .await;
    let user = line.user("Aiko").await;
    assert_eq!(line.ask(&good, &user, "hello").await, "hello");
    let status = host.channel("bad", "failed").await;
    let why = status["why"].as_str().unwrap();
    assert!(
        why.contains("the environment variable NOT_SET is not set"),
        "{why}"
    );
    assert_eq!(line.say(&bad, &user, "hello").await.status, Some(503));
}

#[tokio::test]
async fn a_closed_terminal_does_not_end_the_host() {
    let stage = Stage::with("echo").await;
    stage.host.signal("HUP");
    stage
        .host
        .log
        .expect("nothing has changed of the channels")
        .await;
    assert_eq!(stage.ask("hello").await, "hello");
}

#[test]
fn a_missing_configuration_file() {
    let output = botbox("serve", Path::new("/nowhere/botbox.toml"));
    let said: Value = serde_json::from_slice(&output.stderr).unwrap();
    let expected = "cannot read the configuration file /nowhere/botbox.toml: No such file";
    assert!(
        said["message"].as_str().unwrap().starts_with(expected),
        "{said}"
    );
}

/// A word that is no level would silence the log.
#[test]
fn a_log_level_that_is_not_understood() {
    let output = Command::new(binary())
        .args(["serve", "--config", "/nowhere/botbox.toml"])
        .env("BOTBOX_LOG", "loud")
        .output()
        .unwrap();
    // A program reads stderr here, so this too is a line of the log.
    let said: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(said["level"], "ERROR", "{said}");
    let expected = "BOTBOX_LOG=loud is not understood: give a level (error, warn,";
    assert!(
        said["message"].as_str().unwrap().starts_with(expected),
        "{said}"
    );
}
