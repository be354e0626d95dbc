//! Live events: each sees its own, nobody has too many, and they end with the token.

use botbox_tests::ADMIN_TOKEN;
use serde_json::{Value, json};

use super::access::token;
use super::api::Stage;
use super::streams::Stream;

#[tokio::test]
async fn what_happens_is_told() {
    let stage = Stage::new().await;
    let (bot, probe) = stage.serving("shop").await;
    let mut stream = Stream::open(&stage, ADMIN_TOKEN, "events", None)
        .await
        .unwrap();
    stage.line.ask(&bot, &stage.user, "which").await;
    let arrived = stream.next().await.unwrap();
    assert_eq!(arrived.name, "arrived");
    assert_eq!(arrived.data["channel"], "shop");
    assert_eq!(arrived.data["provider"], "shop-owner");
    assert_eq!(arrived.data["chat"], *stage.user.id);
    let attempt = stream.next().await.unwrap().data;
    assert_eq!(attempt["what"], "attempt");
    assert_eq!(attempt["id"], arrived.data["id"]);
    assert_eq!(
        (
            &attempt["outcome"],
            &attempt["attempt"],
            &attempt["deployment"],
            &attempt["sends"]
        ),
        (&json!("handled"), &json!(1), &json!(1), &json!(1)),
        "{attempt}"
    );
    assert!(attempt["took_ms"].is_f64(), "{attempt}");

    stage.line.say(&bot, &stage.user, "reject").await;
    let dead = stream.until(|it| it.name == "dead_letter").await.data;
    assert_eq!(dead["attempts"], 1);
    let error = dead["error"].as_str().unwrap();
    assert!(error.contains("rejects the event: as told"), "{error}");

    let two = stage.deployment("shop", &probe, "two").await;
    let canary =
        json!({"stable": 1, "canary": {"deployment": two, "percent": 20}, "reason": "new"});
    stage.put("channels/shop/traffic", canary).await.ok();
    let switch = stream.until(|it| it.name == "switch").await.data;
    assert_eq!(
        (
            &switch["stable"],
            &switch["canary"],
            &switch["percent"],
            &switch["reason"]
        ),
        (&json!(1), &json!(2), &json!(20), &json!("new")),
        "{switch}"
    );
    assert_eq!(switch["by"], "admin");
}

#[tokio::test]
async fn who_comes_back_misses_nothing() {
    let stage = Stage::new().await;
    let (bot, _) = stage.serving("shop").await;
    let mut stream = Stream::open(&stage, ADMIN_TOKEN, "events", None)
        .await
        .unwrap();
    stage.line.ask(&bot, &stage.user, "which").await;
    let first = stream.until(|it| it.name == "attempt").await;
    drop(stream);
    stage.line.say(&bot, &stage.user, "reject").await;
    let path = "channels/shop/events";
    let mut stream = Stream::open(&stage, ADMIN_TOKEN, path, Some(&first.id))
        .await
        .unwrap();
    let dead = stream.until(|it| it.name == "dead_letter").await;
    assert_ne!(dead.data["id"], first.data["id"]);
    // What another start gave an id.
    let mut stream = Stream::open(&stage, ADMIN_TOKEN, path, Some("1-7"))
        .await
        .unwrap();
    let lagged = stream.next().await.unwrap();
    assert_eq!(lagged.data, json!({"what": "lagged"}));
}

#[tokio::test]
async fn each_sees_its_own() {
    let stage = Stage::new().await;
    let (bot, _) = stage.serving("shop").await;
    let (other, _) = stage.serving("flowers").await;
    let own = token(&stage, "own", Some("flowers-owner"), "read").await;
    for path in [
        "events?channel=shop",
        "channels/shop/events",
        "channels/shop/logs/follow",
    ] {
        let refused = Stream::open(&stage, &own, path, None).await.err().unwrap();
        assert_eq!(refused, 404, "{path}");
    }
    let mut stream = Stream::open(&stage, &own, "events", None).await.unwrap();
    let chat = stage.line.user("Ben").await;
    let path = format!("channels/shop/events?chat={}", chat.id);
    let mut of_chat = Stream::open(&stage, ADMIN_TOKEN, &path, None)
        .await
        .unwrap();
    stage.line.ask(&bot, &stage.user, "which").await;
    stage.line.ask(&bot, &chat, "which").await;
    stage.line.ask(&other, &stage.user, "which").await;
    assert_eq!(of_chat.next().await.unwrap().data["chat"], *chat.id);
    for _ in 0..2 {
        let told = stream.next().await.unwrap().data;
        assert_eq!(told["channel"], "flowers", "{told}");
    }
}

#[tokio::test]
async fn a_stream_ends_with_its_token() {
    let stage = Stage::new().await;
    stage.serving("shop").await;
    let own = token(&stage, "own", Some("shop-owner"), "read").await;
    let mut events = Stream::open(&stage, &own, "events", None).await.unwrap();
    let path = "channels/shop/logs/follow";
    let mut log = Stream::open(&stage, &own, path, None).await.unwrap();
    stage.delete("tokens/own").await.ok();
    assert!(events.next().await.is_none());
    assert!(log.next().await.is_none());
    // On a busy machine, a stream is opened too late for a short one.
    let mut lifetime = 500;
    let (short, expires, mut events) = loop {
        let expires = stage.now_ms() + lifetime;
        let name = format!("short-{lifetime}");
        let new =
            json!({"name": name, "provider": "shop-owner", "role": "read", "expires": expires});
        let short: Value = stage.post("tokens", new).await.ok();
        let short = short["token"].as_str().unwrap().to_owned();
        match Stream::open(&stage, &short, "events", None).await {
            Ok(events) => break (short, expires, events),
            Err(status) => assert_eq!(status, 401),
        }
        lifetime *= 2;
        assert!(
            lifetime < 60_000,
            "no stream is opened within {lifetime} ms"
        );
    };
    assert!(events.next().await.is_none());
    assert!(stage.now_ms() >= expires);
    assert!(Stream::open(&stage, &short, "events", None).await.is_err());
}

#[tokio::test]
async fn nobody_takes_the_streams_of_others() {
    let stage = Stage::new().await;
    stage.serving("shop").await;
    stage.serving("flowers").await;
    let shop = token(&stage, "shop", Some("shop-owner"), "read").await;
    let flowers = token(&stage, "flowers", Some("flowers-owner"), "read").await;
    let mut open = Vec::new();
    let refused = loop {
        match Stream::open(&stage, &shop, "events", None).await {
            Ok(stream) => open.push(stream),
            Err(status) => break status,
        }
    };
    assert_eq!((open.len(), refused.as_u16()), (4, 503));
    open.push(
        Stream::open(&stage, &flowers, "events", None)
            .await
            .unwrap(),
    );
    for _ in 0..8 {
        open.push(
            Stream::open(&stage, ADMIN_TOKEN, "events", None)
                .await
                .unwrap(),
        );
    }
    let refused = stage.get("events").await;
    refused.refused(503, "the host's tokens have 8 streams already, the limit");
    stage.get("status").await.ok();
}
