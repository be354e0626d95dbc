//! `botbox simulator` from one start to the next.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use botbox_tests::{Line, PATIENCE, binary};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

async fn start(file: &Path) -> (Child, Line) {
    let mut simulator = Command::new(binary())
        .args(["simulator", "--listen", "127.0.0.1:0", "--keep"])
        .arg(file)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(simulator.stdout.take().unwrap()).lines();
    let line = timeout(PATIENCE, lines.next_line()).await.unwrap();
    let line = line.unwrap().unwrap();
    let url = line.strip_prefix("simulator listening on ").unwrap();
    (simulator, Line::at(url))
}

#[tokio::test]
async fn bots_and_users_are_kept() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("shop.json");
    let (mut first, line) = start(&file).await;
    let bot = line
        .bot_with(json!({"displayName": "Shop", "channelSecret": "a secret"}))
        .await;
    let user = line.user("Aiko").await;
    line.say(&bot, &user, "hi").await;
    let id = Pid::from_raw(i32::try_from(first.id().unwrap()).unwrap()).unwrap();
    kill_process(id, Signal::INT).unwrap();
    assert!(
        timeout(PATIENCE, first.wait())
            .await
            .unwrap()
            .unwrap()
            .success()
    );
    // There are credentials in it.
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let (_second, line) = start(&file).await;
    let kept = line.known_bot(&bot.id).await;
    assert_eq!(
        (kept.secret, kept.token),
        (bot.secret.clone(), bot.token.clone())
    );
    let said = line.messages(&bot, &user.id, 0, 0).await;
    assert_eq!(said[0]["message"]["text"], "hi");
}
