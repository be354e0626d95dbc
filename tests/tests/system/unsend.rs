//! A message that its sender takes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::routing::get;
use botbox_tests::{Channel, Stage};
use serde_json::json;
use tokio::sync::Notify;

/// Its content must not be used any more, so it does not even reach the plugin.
#[tokio::test]
async fn a_message_that_waits_is_purged_when_it_is_unsent() {
    let (arrived, open) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let seen = Arc::new(AtomicUsize::new(0));
    let routes = Router::new()
        .route("/gate", {
            let (arrived, open) = (Arc::clone(&arrived), Arc::clone(&open));
            get(async move || {
                arrived.notify_one();
                open.notified().await;
            })
        })
        .route("/seen", {
            let seen = Arc::clone(&seen);
            get(async move || seen.fetch_add(1, Ordering::Relaxed).to_string())
        });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });

    let lines = format!(
        "grants = [\"reply\", {{ http = [\"{server}\"] }}]\nlimits = {{ concurrency = 1 }}"
    );
    let channel = |channel: Channel| channel.with(&lines);
    let stage = Stage::setting("web-probe", channel, |host| host).await;
    let Stage {
        line, bot, user, ..
    } = &stage;

    // While one user's event has the channel's only turn, another writes, twice, and repents once.
    line.say(bot, user, &format!("get {server}/gate")).await;
    arrived.notified().await;
    let other = line.user("Ben").await;
    let unsent = line.say(bot, &other, &format!("get {server}/seen")).await;
    let id = &unsent.events[0]["messageId"];
    line.say(bot, &other, &format!("get {server}/seen?again"))
        .await;
    let unsend = json!({"type": "unsend", "unsend": {"messageId": id}});
    assert_eq!(line.act(bot, &other, unsend).await.status, Some(200));
    open.notify_one();

    let answer = line.next(bot, &other.id, 0).await;
    assert_eq!(
        answer.text(),
        "200 1 0",
        "the other message is the first that was seen"
    );
    assert_eq!(seen.load(Ordering::Relaxed), 1);
    let status = stage.host.status().await;
    assert_eq!(status["channels"][0]["events"]["unsent"], 1);
}
