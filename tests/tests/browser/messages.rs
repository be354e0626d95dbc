//! What a bot can send, drawn and tapped. The bot is the test itself.

use reqwest::Method;
use serde_json::{Value, json};

use crate::scene::Scene;

#[tokio::test]
async fn every_type_is_drawn_for_everybody() {
    let scene = Scene::set().await;
    let postback =
        json!({ "type": "postback", "label": "Buy", "data": "buy=1", "displayText": "I buy" });
    let flex = json!({
        "type": "bubble", "size": "giga",
        "body": {
            "type": "box", "layout": "vertical", "spacing": "md",
            "action": { "type": "message", "label": "Card", "text": "card" },
            "contents": [
                { "type": "text", "text": "Title", "weight": "bold", "size": "xl" },
                { "type": "separator" },
                { "type": "button", "style": "primary", "action": postback },
            ],
        },
    });
    let place = json!({
        "type": "location", "title": "Tokyo Station", "address": "Marunouchi",
        "latitude": 35.68, "longitude": 139.76,
    });
    let template = json!({
        "type": "buttons", "title": "What next?", "text": "Choose.",
        "actions": [
            { "type": "message", "label": "Hello", "text": "hello" },
            { "type": "datetimepicker", "label": "Day", "data": "day", "mode": "date", "initial": "2026-12-24" },
        ],
    });
    scene
        .push(json!([
            { "type": "text", "text": "مرحبا สวัสดี 你好 こんにちは 👋" },
            { "type": "sticker", "packageId": "446", "stickerId": "1988" },
            place,
            { "type": "flex", "altText": "A card", "contents": flex },
            { "type": "template", "altText": "A template", "template": template },
        ]))
        .await;
    let replies = json!({ "items": [{ "type": "action", "action": { "type": "message", "label": "Yes", "text": "yes" } }] });
    let substitution = json!({ "e": { "type": "emoji", "productId": "5ac1bfd5040ab15980c9b435", "emojiId": "001" } });
    scene
        .push(json!([
            { "type": "textV2", "text": "Well {e}", "substitution": substitution, "quickReply": replies },
        ]))
        .await;
    let page = &scene.page;
    page.wait("document.querySelector('.quick-replies button') !== null")
        .await;

    for (scheme, width) in [
        ("light", 1360),
        ("dark", 1360),
        ("light", 390),
        ("dark", 390),
    ] {
        page.prefer(scheme).await;
        page.resize(width, 860).await;
        let violations = page.violations().await;
        assert_eq!(violations, [""; 0], "{scheme}, {width} pixels");
        let fits = "document.documentElement.scrollWidth <= innerWidth";
        page.wait(fits).await;
    }
    page.resize(1360, 860).await;

    page.click(".flex-button").await;
    page.wait_for_text("I buy").await;
    assert_eq!(
        scene.last_event().await["postback"],
        json!({ "data": "buy=1" })
    );

    page.click(".card-button:last-child").await;
    page.click(".dialog .primary").await;
    page.wait_for_text("day · 2026-12-24").await;
    let picked = json!({ "data": "day", "params": { "date": "2026-12-24" } });
    assert_eq!(scene.last_event().await["postback"], picked);
    scene.page.close_silent().await;
}

#[tokio::test]
async fn a_bots_words_are_never_markup() {
    let scene = Scene::set().await;
    let evil =
        "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";
    let body = json!({
        "type": "box", "layout": "vertical",
        "contents": [{ "type": "text", "text": evil }, { "type": "button", "action": { "type": "message", "label": "ok", "text": evil } }],
    });
    scene
        .push(json!([
            { "type": "text", "text": evil },
            { "type": "flex", "altText": evil, "contents": { "type": "bubble", "body": body } },
        ]))
        .await;
    let page = &scene.page;
    page.wait("document.querySelector('.flex-text') !== null")
        .await;
    page.click(".flex-button").await;
    page.wait("document.querySelector('.row.own .bubble')?.innerText.startsWith('<img')")
        .await;
    page.wait("document.title === 'botbox simulator'").await;
    page.wait("document.querySelector('.log img, .log script') === null")
        .await;
    scene.page.close_silent().await;
}

#[tokio::test]
async fn ten_thousand_messages_are_a_window() {
    let scene = Scene::set().await;
    for hundred in 0..100 {
        let says = |n: u32| {
            let message = json!({ "type": "text", "text": format!("message {n}") });
            json!({ "as": scene.user.id, "event": { "type": "message", "message": message } })
        };
        let events = (hundred * 100..(hundred + 1) * 100).map(says).collect();
        scene.line.send(&scene.bot, events).await;
    }
    let page = &scene.page;
    let drawn = "[...document.querySelectorAll('.row .bubble')].some((it) => it.innerText === arguments[0])"
        .replace("arguments[0]", "'message 9999'");
    page.wait(&drawn).await;
    page.wait("document.querySelectorAll('.log article').length < 400")
        .await;

    page.run("document.querySelector('.log').scrollTop = 0;", json!([]))
        .await;
    page.wait("document.querySelector('.row .bubble')?.innerText === 'message 0'")
        .await;
    page.wait("document.querySelectorAll('.log article').length < 400")
        .await;
    scene.page.close_silent().await;
}

#[tokio::test]
async fn keys_go_from_message_to_message() {
    let scene = Scene::set().await;
    let page = &scene.page;
    // What comes before the page has read the chat is no news to it.
    for text in ["one", "two", "three"] {
        scene.push(json!([{ "type": "text", "text": text }])).await;
        page.wait_for_text(text).await;
    }
    let up = "\u{e013}";
    page.type_into(".log", up).await;
    page.wait("document.activeElement.innerText.includes('three')")
        .await;
    page.type_into("[data-message]:focus", up).await;
    page.wait("document.activeElement.innerText.includes('two')")
        .await;
    // Screen readers hear what is new.
    page.wait("document.querySelector('[aria-live=polite]').innerText.includes('three')")
        .await;
    scene.page.close_silent().await;
}

#[tokio::test]
async fn a_message_is_quoted_and_unsent() {
    let scene = Scene::set().await;
    let page = &scene.page;
    page.type_into(".writing textarea", "first\u{e007}").await;
    page.wait("document.querySelector('.row.own') !== null")
        .await;
    // The tools are shown to who points at a message.
    let quote = "document.querySelector('.row.own [aria-label=Quote]').click();";
    page.run(quote, json!([])).await;
    page.type_into(".writing textarea", "second\u{e007}").await;
    page.wait("document.querySelector('.quote')?.innerText.includes('first')")
        .await;
    assert!(scene.last_event().await["message"]["quotedMessageId"].is_string());

    let unsend = "document.querySelector('.row.own [aria-label=Unsend]').click();";
    page.run(unsend, json!([])).await;
    page.wait_for_text("This message was unsent.").await;
    assert_eq!(scene.last_event().await["type"], "unsend");
    scene.page.close_silent().await;
}

#[tokio::test]
async fn a_rich_menu_is_tapped_and_switched() {
    let scene = Scene::set().await;
    let first = scene.rich_menu("first", "second").await;
    scene.rich_menu("second", "first").await;
    let default = format!("/v2/bot/user/all/richmenu/{first}");
    scene.call(&default, |call| call.json(&json!({}))).await;

    let page = &scene.page;
    page.click(".rich-menu-areas button:nth-of-type(1)").await;
    page.wait("document.querySelector('.row.own .bubble')?.innerText === 'first'")
        .await;
    page.click(".rich-menu-areas button:nth-of-type(2)").await;
    page.wait("document.querySelector('.rich-menu-bar').innerText === 'second'")
        .await;
    let params = json!({ "newRichMenuAliasId": "second", "status": "SUCCESS" });
    let postback = json!({ "data": "tab", "params": params });
    assert_eq!(scene.last_event().await["postback"], postback);
    page.click(".rich-menu-bar").await;
    page.wait("document.querySelector('.rich-menu-areas') === null")
        .await;
    scene.page.close_silent().await;
}

#[tokio::test]
async fn each_bot_has_its_own_chat() {
    let scene = Scene::set().await;
    scene
        .push(json!([{ "type": "text", "text": "from the first" }]))
        .await;
    let page = &scene.page;
    page.wait_for_text("from the first").await;

    let other = scene.line.bot("Other").await;
    let choose = "const choice = document.querySelector('.sidebar select'); \
                  choice.value = arguments[0]; \
                  choice.dispatchEvent(new Event('change', { bubbles: true }));";
    page.wait(
        "[...document.querySelectorAll('.sidebar option')].some((it) => it.innerText === 'Other')",
    )
    .await;
    page.run(choose, json!([other.id])).await;
    page.wait(&format!(
        "location.hash === '#/{}/{}'",
        other.id, scene.user.id
    ))
    .await;
    page.wait("document.querySelector('.row .bubble') === null")
        .await;
    page.type_into(".writing textarea", "to the other\u{e007}")
        .await;
    page.wait("document.querySelector('.row.own .bubble')?.innerText === 'to the other'")
        .await;

    page.run(choose, json!([scene.bot.id])).await;
    page.wait("document.querySelector('.row .bubble')?.innerText === 'from the first'")
        .await;
    scene.page.close_silent().await;
}

#[tokio::test]
async fn what_begins_again_is_shown_from_its_start() {
    let scene = Scene::set().await;
    let state = scene.control(Method::GET, "/state", &Value::Null).await;
    for text in ["one", "two"] {
        scene.push(json!([{ "type": "text", "text": text }])).await;
    }
    let page = &scene.page;
    let shows = async |text: &str| {
        let rows =
            "[...document.querySelectorAll('.row .bubble')].map((it) => it.innerText).join()";
        page.wait(&format!("{rows} === '{text}'")).await;
    };
    shows("one,two").await;

    let chat = format!("/bots/{}/chats/{}", scene.bot.id, scene.user.id);
    scene.control(Method::DELETE, &chat, &Value::Null).await;
    shows("").await;
    scene
        .push(json!([{ "type": "text", "text": "three" }]))
        .await;
    shows("three").await;

    scene.control(Method::PUT, "/state", &state).await;
    shows("").await;
    scene
        .push(json!([{ "type": "text", "text": "four" }]))
        .await;
    shows("four").await;
    page.wait("document.querySelectorAll('.exchange').length === 1")
        .await;
    scene.page.close_silent().await;
}
