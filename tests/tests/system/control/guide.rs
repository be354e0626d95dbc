//! `docs/operations/deploying.md`: its commands, as they stand there.

use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use botbox_tests::{Line, PATIENCE, binary, plugin};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

const PAGE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../docs/operations/deploying.md"
);

/// What the script says when a block is done.
const DONE: &str = "-- block ";

/// After this one, the page has the reader send a message.
const DEPLOY: &str = "botbox deploy my_bot.wasm --channel shop --grant";

/// The commands of the page, block by block.
fn blocks(page: &str) -> Vec<&str> {
    let starts = page.split("```sh\n").skip(1);
    starts.map(|it| it.split("```").next().unwrap()).collect()
}

/// A shell script that does what the page says, and stops where it fails.
fn script(blocks: &[&str]) -> String {
    let mut script = String::from("set -euo pipefail\ntrap 'kill $(jobs -p)' EXIT\n");
    for (number, block) in blocks.iter().enumerate() {
        script.push_str(block);
        if block.contains("botbox serve") {
            script.push_str("until botbox provider list; do sleep 0.1; done\n");
        }
        // And waits until the test has done what is not a command.
        writeln!(script, "echo '{DONE}{number}'; read -r _").unwrap();
    }
    script
}

/// A port that nobody listens on.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Where the page's commands find `botbox`.
fn path_with_botbox(folder: &Path) -> String {
    let tools = folder.join("tools");
    fs::create_dir(&tools).unwrap();
    std::os::unix::fs::symlink(binary(), tools.join("botbox")).unwrap();
    format!("{}:{}", tools.display(), std::env::var("PATH").unwrap())
}

#[tokio::test]
async fn the_page_leads_to_a_first_answer_and_on() {
    let line = Line::start().await;
    let bot = line.bot("Shop").await;
    let user = line.user("Aiko").await;
    let folder = tempfile::tempdir().unwrap();
    let in_folder = |name: &str| folder.path().join(name);
    fs::write(in_folder("channel-secret"), &bot.secret).unwrap();
    fs::write(in_folder("access-token"), format!("{}\n", bot.token)).unwrap();
    fs::copy(plugin("echo"), in_folder("my_bot.wasm")).unwrap();
    let (port, admin) = (free_port(), free_port());
    line.set_webhook(&bot, &format!("http://127.0.0.1:{port}/webhook/shop"))
        .await;

    let page = fs::read_to_string(PAGE).unwrap();
    let blocks = blocks(&page);
    assert!(blocks.len() > 10, "the page has commands");
    fs::write(in_folder("page.sh"), script(&blocks)).unwrap();
    let mut shell = Command::new("bash")
        .arg("page.sh")
        .current_dir(folder.path())
        .env("PATH", path_with_botbox(folder.path()))
        // LINE is the simulator, and the ports may be taken.
        .env("BOTBOX__LINE__API_BASE", line.url())
        .env("BOTBOX__LINE__DATA_API_BASE", line.url())
        .env("BOTBOX__RUNTIME__SLOTS", "8")
        .env("BOTBOX__SERVER__LISTEN", format!("127.0.0.1:{port}"))
        .env("BOTBOX__ADMIN__LISTEN", format!("127.0.0.1:{admin}"))
        .env("BOTBOX_ADMIN_URL", format!("http://127.0.0.1:{admin}"))
        // When the test fails, it ends, and the script with it, which ends the host.
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(shell.stdout.take().unwrap()).lines();
    let mut stdin = shell.stdin.take().unwrap();
    let mut told = String::new();
    let mut answers = 0;
    for (number, block) in blocks.iter().enumerate() {
        loop {
            let next = timeout(PATIENCE, said.next_line()).await;
            let next = next.unwrap_or_else(|_| panic!("{block} takes too long:\n{told}"));
            let next = next.unwrap();
            let next = next.unwrap_or_else(|| panic!("{block} failed:\n{told}"));
            if next == format!("{DONE}{number}") {
                break;
            }
            writeln!(told, "{next}").unwrap();
        }
        if block.starts_with(DEPLOY) || block.contains("--unpin") {
            answers += 1;
            assert_eq!(line.ask(&bot, &user, "hello").await, "hello", "{told}");
        }
        stdin.write_all(b"\n").await.unwrap();
    }
    let ended = timeout(PATIENCE, shell.wait()).await.unwrap().unwrap();
    assert!(ended.success(), "{told}");
    assert_eq!(answers, 2, "{told}");
    for expected in [
        "grants      +profile +reply",
        "deployment 1 serves all chats",
        "checked     it could be deployed; nothing has changed",
        "deployment 2 serves all chats; mornings",
        "deployment 3 serves 10 % of the chats, deployment 2 the others",
        "deployment 3 serves 50 % of the chats",
        "deployment 3 serves all chats; as good as before",
        "deployment 2 serves all chats; pinned; answers twice",
        "deployment 4 serves all chats; answers once",
        "revoked the token pipeline",
        "deleted the channel shop",
        "deleted the provider acme",
    ] {
        assert!(told.contains(expected), "{told}\nexpected {expected}");
    }
}
