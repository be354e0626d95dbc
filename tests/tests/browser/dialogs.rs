//! The dialogs: their words, and how they are laid out.

use serde_json::{Value, json};

use crate::chromium::Chromium;
use crate::scene::Scene;

/// What opens each dialog.
const OPENERS: [&str; 8] = [
    "document.querySelector('.bot-bar .round')",
    "document.querySelectorAll('.chats-bar .round')[0]",
    "document.querySelectorAll('.chats-bar .round')[1]",
    "document.querySelector('.open-clock')",
    "document.querySelector('.open-faults')",
    "document.querySelectorAll('.happen button')[1]",
    "document.querySelectorAll('.happen button')[2]",
    "document.querySelectorAll('.happen button')[3]",
];

/// The words in Latin letters that are seen or read out, without what users, bots and code say, and
/// without those that are the same in Japanese: names, abbreviations and LINE's own words.
const ENGLISH: &str = "
    const known =
        /^(Aiko|Bot|botbox|LINE|Webhook|Reply|Push|enter|stay|banner|URL|ID|OK|ja|ms|toml)$/;
    const foreign = '.config pre, .json, code, .entry-title, input, textarea, option[value^=U], [lang=en], noscript';
    const said = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        if (!walk.currentNode.parentElement.closest(foreign)) said.push(walk.currentNode.data);
    }
    for (const name of ['aria-label', 'title', 'placeholder']) {
        for (const element of document.querySelectorAll(`[${name}]`)) said.push(element.getAttribute(name));
    }
    const words = said.flatMap((text) => text.match(/[A-Za-z]{2,}/g) ?? []);
    return [...new Set(words)].filter((it) => !known.test(it));";

#[tokio::test]
async fn nothing_is_english_in_japanese() {
    let scene = Scene::set().await;
    let page = &scene.page;
    page.click(".sidebar-foot .plain").await;
    page.wait("document.documentElement.lang === 'ja'").await;

    let mut english = vec![page.run(ENGLISH, json!([])).await];
    for opener in OPENERS {
        open(page, opener).await;
        english.push(page.run(ENGLISH, json!([])).await);
        page.click("dialog footer .plain").await;
        page.wait("document.querySelector('dialog[open]') === null")
            .await;
    }
    let none = vec![json!([]); OPENERS.len() + 1];
    assert_eq!(english, none, "of the page, and of each dialog");
    scene.page.close_silent().await;
}

#[tokio::test]
async fn a_button_among_fields_is_not_stretched() {
    let scene = Scene::set().await;
    let page = &scene.page;
    open(page, "document.querySelector('.open-faults')").await;
    let narrow = "
        const width = (selector) => document.querySelector(selector).getBoundingClientRect().width;
        return width('dialog .fields > .plain') < width('dialog .fields') / 2;";
    assert_eq!(page.run(narrow, json!([])).await, Value::Bool(true));
    scene.page.close_silent().await;
}

async fn open(page: &Chromium, opener: &str) {
    page.run(&format!("{opener}.click();"), json!([])).await;
    page.wait("document.querySelector('dialog[open]') !== null")
        .await;
}
