//! The stand-in for LINE: takes every call at once, and remembers when each reply came. On threads
//! of its own, for nothing that attacks may hold it up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;

/// When replies came, by their tokens.
pub(crate) type Replies = Arc<Mutex<HashMap<String, Instant>>>;

/// Starts it on the runtime that calls. Returns its URL.
pub(crate) async fn start(replies: Replies) -> String {
    let routes = Router::new()
        .route("/v2/bot/message/reply", post(reply))
        .fallback(|| async { ([(header::CONTENT_TYPE, "application/json")], "{}") })
        .with_state(replies);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    url
}

async fn reply(State(replies): State<Replies>, body: String) -> impl IntoResponse {
    let now = Instant::now();
    let body: Value = serde_json::from_str(&body).unwrap();
    let token = body["replyToken"].as_str().unwrap().to_owned();
    replies.lock().unwrap().insert(token, now);
    (
        [(header::CONTENT_TYPE, "application/json")],
        r#"{"sentMessages":[]}"#,
    )
}
