//! Commands at a terminal: `script` gives them one.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Instant;

use botbox_tests::{ADMIN_TOKEN, Host, Line, PATIENCE, binary, plugin};

/// What a terminal shows of a command, and of what is typed when it shows a prompt; and whether the command
/// succeeds.
fn at_terminal(host: &Host, arguments: &str, prompt: &str, typed: &str) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let shown = folder.path().join("shown");
    let mut script = Command::new("script")
        .args(["--quiet", "--return", "--flush", "--command"])
        .arg(format!("{} {arguments}", binary().display()))
        .arg(&shown)
        .env("BOTBOX_ADMIN_URL", &host.admin_url)
        .env("BOTBOX_ADMIN_TOKEN", ADMIN_TOKEN)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut keyboard = script.stdin.take().unwrap();
    let begun = Instant::now();
    let text = || std::fs::read_to_string(&shown).unwrap_or_default();
    while !text().contains(prompt) {
        assert!(begun.elapsed() < PATIENCE, "no prompt: {}", text());
        std::thread::yield_now();
    }
    keyboard.write_all(typed.as_bytes()).unwrap();
    let status = script.wait().unwrap();
    drop(keyboard);
    (status.success(), text())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_terminal_shows_progress_and_no_secret() {
    if !std::path::Path::new("/usr/bin/script").exists() {
        return;
    }
    let line = Line::start().await;
    let bot = line.bot("Bot").await;
    let host = Host::beside(&line).start(&line).await;
    let at_terminal = |arguments: &str, prompt: &str, typed: &str| {
        tokio::task::block_in_place(|| at_terminal(&host, arguments, prompt, typed))
    };
    let botbox = |arguments: &str, prompt: &str, typed: &str| {
        let (success, shown) = at_terminal(arguments, prompt, typed);
        assert!(success, "{shown}");
        shown
    };
    botbox("provider add acme", "made", "");
    botbox("channel add shop --provider acme", "made", "");
    let set = "secret set shop channel-secret";
    // Ctrl-C sets nothing, and the terminal is as it was.
    let (success, shown) = at_terminal(set, "not shown:", "half of \x03");
    assert!(!success && !shown.contains("half of"), "{shown}");
    assert!(shown.contains("cannot read the secret"), "{shown}");
    let shown = botbox(set, "not shown:", &format!("{}\n", bot.secret));
    assert!(
        shown.contains("set channel-secret of the channel shop"),
        "{shown}"
    );
    assert!(!shown.contains(&bot.secret), "{shown}");
    let shown = botbox("secret list shop", "channel-secret", "");
    assert!(shown.contains("SECRET"), "{shown}");

    let upload = format!("plugin upload {}", plugin("shop").display());
    let shown = botbox(&upload, "compiling", "");
    assert!(shown.contains("uploading: "), "{shown}");
    // What was said of the progress is wiped before the digest.
    let last = shown.rsplit("\x1b[K").next().unwrap();
    assert!(
        last.trim().len() >= 64 && !last.contains("compiling"),
        "{shown}"
    );
}
