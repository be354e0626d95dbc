//! Conversations with a bot that the real host runs.

use std::fs;
use std::path::Path;
use std::time::Duration;

use botbox_tests::{Line, PATIENCE, Stage, binary, plugin};
use serde_json::json;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use crate::chromium::Chromium;

/// What the composer is found by.
const COMPOSER: &str = ".writing textarea";

#[tokio::test]
async fn a_user_chats_with_a_bot_and_sees_what_happens() {
    let stage = Stage::with("echo").await;
    let page = Chromium::open(stage.line.url()).await;
    page.wait_for_text("Aiko").await;
    page.type_into(COMPOSER, "Hello, bot!\u{e007}").await;

    page.wait("document.querySelector('.row.bot .bubble')?.innerText === 'Hello, bot!'")
        .await;
    page.wait("document.querySelector('.row.own .bubble')?.innerText === 'Hello, bot!'")
        .await;

    // The inspector: the webhook, and the reply below it.
    page.wait("document.querySelectorAll('.exchange:last-child .entry').length === 2")
        .await;
    let statuses = "[...document.querySelectorAll('.exchange:last-child .status')].map((it) => it.innerText).join() === '200,200'";
    page.wait(statuses).await;
    page.click(".exchange:last-child .entry.webhook .entry-head")
        .await;
    page.wait("document.querySelector('.details .json')?.innerText.includes('webhookEventId')")
        .await;
    page.click(".details-tools button").await;
    page.wait_for_text("Redelivered: 200 OK").await;

    assert_eq!(page.violations().await, [""; 0]);
    page.close_silent().await;
}

#[tokio::test]
async fn who_comes_first_makes_a_bot_and_a_user() {
    let line = Line::start().await;
    let page = Chromium::open(line.url()).await;
    page.wait_for_text("Chat with your bot").await;
    assert_eq!(page.violations().await, [""; 0]);
    page.click(".welcome .primary").await;
    page.click(".dialog .primary").await;
    // The bot has what its host's configuration needs.
    page.wait_for_text("api_base = ").await;
    assert_eq!(page.violations().await, [""; 0]);
    page.click(".dialog .primary").await;

    page.wait_for_text("You are Aiko").await;
    page.type_into(COMPOSER, "Is anybody there?\u{e007}").await;
    // There is no host, and the message says so.
    page.wait("document.querySelector('.row.own .failed') !== null")
        .await;
    page.close_silent().await;
}

#[tokio::test]
async fn several_users_write_in_a_group() {
    let stage = Stage::with("echo").await;
    let ben = stage.line.user("Ben").await;
    let group = stage.line.group(&[&stage.user, &ben]).await;
    let url = format!("{}/#/{}/{group}", stage.line.url(), stage.bot.id);
    let page = Chromium::open(&url).await;
    let choose = "const choice = document.querySelector('.actor select'); \
                  choice.value = arguments[0]; \
                  choice.dispatchEvent(new Event('change', { bubbles: true }));";
    for (user, text) in [(&stage.user, "one"), (&ben, "two")] {
        page.wait("document.querySelector('.actor select') !== null")
            .await;
        page.run(choose, json!([user.id])).await;
        page.type_into(COMPOSER, &format!("{text}\u{e007}")).await;
        page.wait_for_text(text).await;
    }
    // Who acts is on the right, the others are on the left.
    page.wait("document.querySelector('.row.own .bubble')?.innerText === 'two'")
        .await;
    page.wait("document.querySelector('.row.user .bubble')?.innerText === 'one'")
        .await;
    page.close_silent().await;
}

/// The page saves a chat, and `botbox test` plays what it saved with the same bot.
#[tokio::test]
async fn a_chat_is_saved_as_a_test_that_passes() {
    let stage = Stage::with("echo").await;
    let page = Chromium::open(stage.line.url()).await;
    page.wait_for_text("Aiko").await;
    for text in ["Hello, bot!", "日本: 語"] {
        page.type_into(COMPOSER, &format!("{text}\u{e007}")).await;
        let answered = format!(
            "[...document.querySelectorAll('.row.bot .bubble')].at(-1)?.innerText === '{text}'"
        );
        page.wait(&answered).await;
    }
    let downloads = TempDir::new().unwrap();
    page.save_into(downloads.path()).await;
    page.click("a.save").await;
    let saved = downloads.path().join("chat.yaml");
    let script = timeout(PATIENCE, async {
        loop {
            match fs::read_to_string(&saved) {
                Ok(script) if script.ends_with('\n') => return script,
                _ => sleep(Duration::from_millis(20)).await,
            }
        }
    });
    let script = script.await.unwrap();
    assert!(script.contains("- me: [\"Hello, bot!\"]"), "{script}");
    page.close_silent().await;

    play(&saved, &script, "› a chat").await;
}

/// `botbox test` plays a script with the bot that echoes.
async fn play(file: &Path, script: &str, name: &str) {
    let plugin = format!("plugin: {}\n", plugin("echo").display());
    fs::write(file, format!("{plugin}{script}")).unwrap();
    let mut test = Command::new(binary());
    let played = test.arg("test").arg(file).output().await.unwrap();
    let said = String::from_utf8_lossy(&played.stdout);
    assert!(played.status.success(), "{said}\n{script}");
    assert!(said.contains(name), "{said}");
}

/// So does what the inspector copies of one webhook.
#[tokio::test]
async fn a_webhook_is_copied_as_a_test_that_passes() {
    let stage = Stage::with("echo").await;
    let page = Chromium::open(stage.line.url()).await;
    page.wait_for_text("Aiko").await;
    for text in ["one", "two"] {
        page.type_into(COMPOSER, &format!("{text}\u{e007}")).await;
        let answered = format!(
            "[...document.querySelectorAll('.row.bot .bubble')].at(-1)?.innerText === '{text}'"
        );
        page.wait(&answered).await;
    }
    page.wait("document.querySelectorAll('.exchange:last-child .entry').length === 2")
        .await;
    page.click(".exchange:last-child .entry.webhook .entry-head")
        .await;
    // From here on the page may use the clipboard.
    page.clipboard().await;
    page.click(".copy-test").await;
    page.wait_for_text("Copied").await;
    let script = page.clipboard().await;
    assert!(script.contains("- me: [two]"), "{script}");
    assert!(!script.contains("one"), "{script}");
    page.close_silent().await;
    let folder = TempDir::new().unwrap();
    play(&folder.path().join("two.yaml"), &script, "› an event").await;
}

/// What a host tells stands with the webhook that it is about.
#[tokio::test]
async fn the_inspector_shows_why_a_bot_failed() {
    let stage = Stage::with("echo").await;
    let page = Chromium::open(stage.line.url()).await;
    page.wait_for_text("Aiko").await;
    page.type_into(COMPOSER, "hi\u{e007}").await;
    page.wait("document.querySelectorAll('.exchange:last-child .entry').length === 2")
        .await;
    let event = "JSON.parse((await (await fetch(`/simulator/bots/${arguments[0]}/log`)).json()).entries.find((it) => it.type === 'webhook').body).events[0].webhookEventId";
    let script = format!("return (async () => {event})();");
    let event = page.run(&script, json!([stage.bot.id])).await;
    let note =
        json!({"kind": "failure", "text": "no tea\n  at src/lib.rs:7", "webhookEventId": event});
    stage
        .line
        .post(&format!("/bots/{}/notes", stage.bot.id), &note)
        .await;
    let build = json!({"kind": "build", "text": "error: expected one of `)`\n --> src/lib.rs:9:3"});
    stage
        .line
        .post(&format!("/bots/{}/notes", stage.bot.id), &build)
        .await;
    page.wait("document.querySelector('.exchange .webhook ~ .note pre')?.innerText.includes('src/lib.rs:7')")
        .await;
    page.wait("document.querySelector('.exchange:last-child .note pre')?.innerText.includes('src/lib.rs:9:3')")
        .await;
    assert_eq!(page.violations().await, [""; 0]);
    page.close_silent().await;
}
