//! Conversations with a bot that the real host runs.

use botbox_tests::{Line, Stage};
use serde_json::json;

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
