//! `botbox record` and `botbox replay`.

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

use botbox_tests::{ADMIN_TOKEN, Log, Stage, binary, plugin};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// Begins a recording of the stage's channel, and returns when it has begun.
async fn record(stage: &Stage, file: &Path, arguments: &[&str]) -> (Child, Log) {
    let mut command = Command::new(binary());
    command
        .args(["record", "bot", "--output"])
        .arg(file)
        .args(arguments);
    command.env("BOTBOX_ADMIN_URL", &stage.host.admin_url);
    command.env("BOTBOX_ADMIN_TOKEN", ADMIN_TOKEN);
    let mut recording = command
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let log = Log::follow(recording.stderr.take().unwrap());
    log.expect("recording bot").await;
    (recording, log)
}

/// Records what comes of two texts.
async fn recorded(stage: &Stage, arguments: &[&str]) -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("bot.recording");
    let arguments = [&["--events", "2"], arguments].concat();
    let (mut recording, log) = record(stage, &file, &arguments).await;
    assert_eq!(stage.ask("Good morning").await, "Good morning");
    stage.ask("push me").await;
    assert!(recording.wait().await.unwrap().success(), "{log:?}");
    let text = fs::read_to_string(file).unwrap();
    (folder, text)
}

async fn replay(folder: &TempDir, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(binary());
    command.current_dir(folder.path());
    command.args(["replay", "bot.recording"]).args(arguments);
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().await.unwrap();
    let said = [stdout, stderr].concat();
    (status.code(), String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn another_version_shows_what_it_does_otherwise() {
    let stage = Stage::with("echo").await;
    let (folder, text) = recorded(&stage, &[]).await;
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["event"]["message"]["text"], "Good morning");
    let call = &lines[0]["calls"][0];
    assert_eq!(
        (&call["method"], &call["succeeded"]),
        (&json!("POST"), &json!(true))
    );
    assert_eq!(call["body"]["messages"][0]["text"], "Good morning");
    assert_eq!(lines[0]["event"].get("replyToken"), None);

    let [echo, greeter] = ["echo", "greeter"].map(|name| plugin(name).display().to_string());
    let (code, said) = replay(&folder, &["--plugin", &echo]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2 events are answered as before"), "{said}");

    for against in [&[][..], &["--against", &echo]] {
        let (code, said) = replay(&folder, &[&["--plugin", &greeter], against].concat()).await;
        assert_eq!(code, Some(1), "{said}");
        for part in [
            "event 1: message Good morning\n  - POST /v2/bot/message/reply\n  -   - Good morning\n",
            "+   - \"Send me an image, or say: push me\"",
            "event 2: message push me",
            "  + POST /v2/bot/message/push\n  +   - Here I am again",
            "2 of 2 events are answered otherwise",
        ] {
            assert!(said.contains(part), "no {part:?} in: {said}");
        }
    }
}

#[tokio::test]
async fn nobody_is_in_a_scrubbed_recording() {
    let stage = Stage::with("echo").await;
    let (folder, text) = recorded(&stage, &["--scrub"]).await;
    for person in [stage.user.id.as_str(), "Good morning", "push me"] {
        assert!(!text.contains(person), "{person}: {text}");
    }
    // It can be played all the same.
    let echo = plugin("echo").display().to_string();
    let (code, said) = replay(&folder, &["--plugin", &echo]).await;
    assert_eq!(code, Some(0), "{said}");
}

#[tokio::test]
async fn who_only_looks_records_nothing() {
    let stage = Stage::with("echo").await;
    let admin = |path: &str| format!("{}/v1/{path}", stage.host.admin_url);
    let http = reqwest::Client::new();
    let new = http.post(admin("tokens")).bearer_auth(ADMIN_TOKEN);
    let new = new
        .json(&json!({"name": "reader", "role": "read"}))
        .send()
        .await
        .unwrap();
    let new: Value = new.json().await.unwrap();
    let token = new["token"].as_str().unwrap();
    let asked = http.get(admin("channels/bot/recording")).bearer_auth(token);
    assert_eq!(asked.send().await.unwrap().status(), 403);
    let asked = http
        .get(admin("channels/other/recording"))
        .bearer_auth(ADMIN_TOKEN);
    assert_eq!(asked.send().await.unwrap().status(), 404);

    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("bot.recording"), "{}\n").unwrap();
    let (code, said) = replay(&folder, &["--plugin", "x.wasm"]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("bot.recording: line 1 is no line of a recording"),
        "{said}"
    );
}
