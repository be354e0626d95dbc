//! Webhooks straight to a host, where a test must say exactly what arrives.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use botbox_line::signature::{self, sign};
use reqwest::Client;
use serde_json::{Value, json};

use crate::line::{Bot, User};

/// How long a host may take to answer: longer than LINE waits, because a test that asks for an
/// answer wants to know it.
const ANSWER_TIME: Duration = Duration::from_secs(20);

/// Sends signed webhooks.
#[derive(Clone)]
pub struct Sender {
    http: Client,
}

/// A host's answer to a webhook.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// What it says.
    pub text: String,
}

impl Sender {
    /// A sender of webhooks.
    #[must_use]
    pub fn new() -> Self {
        // Kept connections would be those to a host that was killed meanwhile.
        let http = Client::builder().pool_max_idle_per_host(0);
        let http = http.timeout(ANSWER_TIME).no_proxy().build();
        Self {
            http: http.unwrap(),
        }
    }

    /// Sends events to a webhook's address, signed as a bot's. `None`: there was no answer.
    pub async fn send(&self, url: &str, bot: &Bot, events: &[Value]) -> Option<Answer> {
        let body = json!({"destination": bot.id, "events": events}).to_string();
        let request = self.http.post(url);
        let request = request.header(signature::HEADER, sign(&bot.secret, body.as_bytes()));
        let answer = request.body(body).send().await.ok()?;
        let status = answer.status().as_u16();
        let text = answer.text().await.ok()?;
        Some(Answer { status, text })
    }
}

impl Default for Sender {
    fn default() -> Self {
        Self::new()
    }
}

/// The event that a user sends a text, with an id of its own and a reply token.
#[must_use]
pub fn message(user: &User, id: &str, token: &str, text: &str) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = u64::try_from(now.as_millis()).unwrap();
    json!({
        "type": "message",
        "webhookEventId": id,
        "timestamp": now,
        "mode": "active",
        "deliveryContext": {"isRedelivery": false},
        "source": {"type": "user", "userId": user.id},
        "replyToken": token,
        "message": {"type": "text", "id": format!("message of {id}"), "text": text},
    })
}
