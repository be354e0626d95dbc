//! The stand-in for LINE: takes every call at once, and remembers the replies. On threads of its own, for
//! nothing that attacks may hold it up.
//!
//! It has what attackers ask for, too: a user whose profile never comes, and a web page without an end.

use std::collections::HashMap;
use std::future::pending;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use futures_util::{StreamExt, stream};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::time::sleep;

/// The time between two pieces of the page without an end.
const DRIP: Duration = Duration::from_millis(20);

/// A reply that came.
pub(crate) struct Reply {
    pub(crate) at: Instant,
    /// The text of its first message.
    pub(crate) text: String,
}

/// The replies, by their tokens.
pub(crate) type Replies = Arc<Mutex<HashMap<String, Vec<Reply>>>>;

/// Starts it on the runtime that calls. Returns its URL.
pub(crate) async fn start(replies: Replies) -> String {
    let routes = Router::new()
        .route("/v2/bot/message/reply", post(reply))
        .route("/v2/bot/message/push", post(taken))
        .route("/v2/bot/profile/Uhangs", get(pending::<()>))
        .route("/", get(drip).post(swallow))
        .fallback(async || json("{}"))
        .with_state(replies);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    url
}

async fn reply(State(replies): State<Replies>, body: String) -> impl IntoResponse {
    let at = Instant::now();
    let body: Value = serde_json::from_str(&body).unwrap();
    let token = body["replyToken"].as_str().unwrap().to_owned();
    let text = body["messages"][0]["text"].as_str().unwrap_or_default();
    let reply = Reply {
        at,
        text: text.to_owned(),
    };
    replies
        .lock()
        .unwrap()
        .entry(token)
        .or_default()
        .push(reply);
    taken().await
}

async fn taken() -> impl IntoResponse {
    json(r#"{"sentMessages":[]}"#)
}

fn json(text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text)
}

async fn drip() -> Body {
    let piece = |()| async {
        sleep(DRIP).await;
        Some((Ok::<_, io::Error>("x"), ()))
    };
    Body::from_stream(stream::unfold((), piece))
}

async fn swallow(body: Body) {
    // Whatever it is, it is not kept.
    let mut body = body.into_data_stream();
    while let Some(Ok(_)) = body.next().await {}
}
