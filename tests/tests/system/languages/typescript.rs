//! What is TypeScript's own: promises, timers and what browsers have, and the author's files and lines.

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::{get, post};
use botbox_tests::Stage;
use serde_json::{Value, json};

use super::failures::{fails, stage};
use super::needs;

const PROBE: &str = "probe-typescript";

/// What the probe answers.
async fn answer(stage: &Stage, text: &str) -> Value {
    serde_json::from_str(&stage.ask(text).await).unwrap()
}

#[tokio::test]
async fn what_goes_wrong_is_named() {
    needs!("typescript");
    let stage = stage(PROBE).await;
    let property = "TypeError: cannot read property 'property' of undefined";
    for (text, expected) in [
        (
            "throw",
            &[property, "doomed (doomed.ts:2", "at index.ts:19:"][..],
        ),
        (
            "reject later",
            &[property, "doomed.ts:2", "at index.ts:23:"],
        ),
        (
            "reject unawaited",
            &["`push` is not among the channel's grants at index.ts:26:"],
        ),
        ("throw in a timer", &[property, "doomed.ts:2"]),
        ("throw a string", &["rejects the event: thrown: a string"]),
        (
            "throw a cause",
            &[
                "Error: it went wrong, caused by TypeError",
                "at index.ts:36:",
            ],
        ),
        ("retry", &["asks to retry: not now at index.ts:40:"]),
        ("loop", &["used more than 500 ms of processor time"]),
        (
            "never",
            &[
                "the handler waits for ever: nothing is left that could settle the promise made at index.ts:46:",
            ],
        ),
        (
            "allocate",
            &["InternalError: out of memory at index.ts:50:"],
        ),
        (
            "recurse",
            &["its calls went deeper than its stack: look for endless recursion"],
        ),
        (
            "wrong type",
            &["messages[0].type: Must be one of", "at index.ts:56:"],
        ),
        (
            "wrong argument",
            &["the recipient of a push is a string, not the number 7 at index.ts:58:"],
        ),
        (
            "no message",
            &["one of LINE's message objects, not undefined at index.ts:59:"],
        ),
        (
            "denied",
            &["CallError: `push` is not among the channel's grants at index.ts:60:"],
        ),
        (
            "denied store",
            &["CallError: `keyvalue` is not among the channel's grants at index.ts:61:"],
        ),
        (
            "unavailable",
            &["asks to retry: CallError: LINE is away at index.ts:62:"],
        ),
        (
            "fetch https://example.com/",
            &["https://example.com is not in `http` among the channel's grants at index.ts:64:"],
        ),
    ] {
        fails(&stage, text, expected).await;
    }
}

#[tokio::test]
async fn promises_and_timers_run_to_their_end() {
    needs!("typescript");
    let stage = stage(PROBE).await;
    let order = json!(["now", "job", "promise", "10 ms", "30 ms"]);
    assert_eq!(answer(&stage, "order").await, order);
    let promises = json!([
        [1, 2],
        "quick",
        "any",
        ["rejected", "fulfilled"],
        "caught",
        1,
        "a thenable",
        [1, 2, 3]
    ]);
    assert_eq!(answer(&stage, "promises").await, promises);
    assert_eq!(answer(&stage, "interval").await, 3);
}

#[tokio::test]
async fn random_numbers_differ_in_each_event() {
    needs!("typescript");
    let stage = stage(PROBE).await;
    let (one, two) = (
        answer(&stage, "random").await,
        answer(&stage, "random").await,
    );
    // What is made while the bot is built is the same in all of them.
    assert_eq!(one[0], two[0]);
    for index in 1..=3 {
        assert_ne!(one[index], two[index], "{one} {two}");
    }
    let uuid = one[2].as_str().unwrap();
    assert_eq!((uuid.len(), &uuid[14..15]), (36, "4"), "{uuid}");
}

#[tokio::test]
async fn what_browsers_have_is_there() {
    needs!("typescript");
    let stage = stage(PROBE).await;
    let url = "https://example.com/b?x=1&y=%20#z";
    let clone = "Thu Jan 01 1970 00:00:00 GMT+0000,1";
    let web = json!([url, " ", "日本語 👋", ["key"], clone, "hi"]);
    assert_eq!(answer(&stage, "web").await, web);
    assert_eq!(stage.ask("console").await, "logged");
    let line = stage
        .host
        .log
        .expect("six is 6 { list: [ 1, [ 2 ] ] }")
        .await;
    assert_eq!(line["level"], "INFO");
    let warning = stage.host.log.expect("Error: only shown").await;
    assert_eq!(warning["level"], "WARN");
    assert!(warning.to_string().contains("index.ts:127:"), "{warning}");
}

#[tokio::test]
async fn fetch_goes_to_the_web() {
    needs!("typescript");
    let redirect = async || (StatusCode::SEE_OTHER, [("location", "/there")]);
    let routes = Router::new()
        .route(
            "/echo",
            post(async |body: Bytes| (StatusCode::CREATED, body)),
        )
        .route("/away", post(redirect))
        .route("/there", get(async || "there"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let grants = format!(r#"grants = ["reply", {{ http = ["{origin}"] }}]"#);
    let stage = Stage::setting(PROBE, |channel| channel.with(&grants), |host| host).await;
    let echoed = stage.ask(&format!("fetch {origin}/echo")).await;
    assert_eq!(echoed, "201 application/octet-stream to the web");
    let there = stage.ask(&format!("fetch {origin}/away")).await;
    assert_eq!(there, "200 text/plain; charset=utf-8 there");
}

/// The shop front remembers its carts, and sells nothing that it has not.
#[tokio::test]
async fn the_shop_front_sells() {
    needs!("typescript");
    let grants = r#"grants = ["reply", "keyvalue"]"#;
    let stage = Stage::setting("storefront", |channel| channel.with(grants), |host| host).await;
    let Stage {
        line, bot, user, ..
    } = &stage;
    line.say(bot, user, "shop").await;
    let shop = line.next(bot, &user.id, 1).await;
    let bubbles = &shop.message["contents"]["contents"];
    let cake = &bubbles[1]["footer"]["contents"][0]["action"];
    let mut last = shop.seq;
    for amount in [1, 2] {
        let postback = json!({"type": "postback", "postback": {"data": cake["data"]}});
        line.act(bot, user, postback).await;
        let cart = line.next(bot, &user.id, last).await;
        last = cart.seq;
        let lines = cart.message["contents"].to_string();
        assert!(
            lines.contains(&format!("{amount} × Strawberry cake")),
            "{lines}"
        );
    }
    let postback = json!({"type": "postback", "postback": {"data": "action=add&item=car"}});
    line.act(bot, user, postback).await;
    assert_eq!(
        line.next(bot, &user.id, last).await.text(),
        "We don't sell that any more."
    );
    line.say(bot, user, "buy").await;
    let receipt = line.next(bot, &user.id, last + 2).await;
    assert!(
        receipt.message["contents"].to_string().contains("¥1240"),
        "{:?}",
        receipt.message
    );
}
