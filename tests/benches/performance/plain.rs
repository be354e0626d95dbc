//! The bot to compare with: what an echo bot without botbox does, and nothing more.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::routing::post;
use botbox_line::signature;
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpListener;

use crate::bot::TOKEN;
use crate::webhook::SECRET;

#[derive(Deserialize)]
struct Callback {
    events: Vec<Event>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    reply_token: String,
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    text: String,
}

struct Bot {
    http: reqwest::Client,
    reply_url: String,
}

/// Serves until it is killed, with LINE at `line`.
pub(crate) async fn serve(line: &str) -> anyhow::Result<()> {
    // It fails when a provider is installed already, which is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    let bot = Bot {
        http: reqwest::Client::new(),
        reply_url: format!("{line}/v2/bot/message/reply"),
    };
    let routes = Router::new()
        .route("/webhook/{channel}", post(webhook))
        .with_state(Arc::new(bot));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, routes).await?;
    Ok(())
}

async fn webhook(State(bot): State<Arc<Bot>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers
        .get(signature::HEADER)
        .map_or(&b""[..], HeaderValue::as_bytes);
    if !signature::verify(SECRET, &body, signature) {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(callback) = serde_json::from_slice::<Callback>(&body) else {
        return StatusCode::BAD_REQUEST;
    };
    for event in callback.events {
        let bot = Arc::clone(&bot);
        // LINE waits for the answer to the webhook; the user waits longer.
        tokio::spawn(async move { bot.echo(event).await });
    }
    StatusCode::OK
}

impl Bot {
    async fn echo(&self, event: Event) {
        let body = json!({
            "replyToken": event.reply_token,
            "messages": [{"type": "text", "text": event.message.text}],
        });
        let request = self.http.post(&self.reply_url).bearer_auth(TOKEN);
        let answer = async {
            request
                .json(&body)
                .send()
                .await?
                .error_for_status()?
                .bytes()
                .await
        };
        if let Err(error) = answer.await {
            eprintln!("the reply failed: {error}");
        }
    }
}
