//! A bot that asks a language model, which a server of the test stands in for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Json;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use botbox_tests::Stage;
use serde_json::{Value, json};

use super::changed_stage;
use crate::events::expect_silence_in_standby;

/// The URL of the model's service in the example's `channel.toml`.
const ORIGIN: &str = "http://127.0.0.1:11434";

/// A user in a chat with the example, and how often its model was asked. The model is busy at first, and then
/// answers how many turns it got to see.
async fn stage() -> (Stage, Arc<AtomicUsize>) {
    let asked = Arc::<AtomicUsize>::default();
    let count = Arc::clone(&asked);
    let answer = async move |Json(request): Json<Value>| -> Response {
        if count.fetch_add(1, Ordering::SeqCst) == 0 {
            return (StatusCode::TOO_MANY_REQUESTS, "slow down").into_response();
        }
        assert_eq!(request["model"], "llama3.2");
        let turns = request["messages"].as_array().unwrap().len();
        let said = json!({"role": "assistant", "content": format!("{turns} turns ☕")});
        Json(json!({"choices": [{"message": said}]})).into_response()
    };
    let routes = Router::new().route("/v1/chat/completions", post(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let stage = changed_stage("llm", |needs| needs.replace(ORIGIN, &origin)).await;
    (stage, asked)
}

#[tokio::test]
async fn the_model_answers_and_sees_what_was_said() {
    let (stage, asked) = stage().await;
    // Busy once, so the event came again.
    assert_eq!(stage.ask("Hello").await, "2 turns ☕");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    stage
        .line
        .expect_calls(&stage.bot, "/v2/bot/chat/loading/start", 2)
        .await;
    assert_eq!(stage.ask("And now?").await, "4 turns ☕");
    assert_eq!(stage.ask("forget").await, "I have forgotten what we said.");
    assert_eq!(stage.ask("Hello").await, "2 turns ☕");
    expect_silence_in_standby(&stage).await;
}

#[tokio::test]
async fn without_the_grant_the_failure_names_it_and_its_place() {
    let denied = format!("{{ http = [\"{ORIGIN}\"] }}");
    let stage = changed_stage("llm", |needs| needs.replace(&format!(", {denied}"), "")).await;
    let delivery = stage.line.say(&stage.bot, &stage.user, "Hello").await;
    let id = delivery.events[0]["webhookEventId"].as_str().unwrap();
    let event = stage.host.expect("bot", id, "dead").await;
    let why = event["failures"].to_string();
    for text in [ORIGIN, "is not among the channel's grants", "src/model.rs:"] {
        assert!(why.contains(text), "{why}");
    }
}
