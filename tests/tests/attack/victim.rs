//! The victim's load: webhooks with one event each, sent when they are due.

use std::sync::Arc;
use std::time::{Duration, Instant};

use botbox_line::signature::{self, sign};
use botbox_tests::{Bot, User, message};
use reqwest::Client;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until};

use crate::figures::Figures;
use crate::line::Replies;

/// The time between two webhooks: 100 come in a second.
const INTERVAL: Duration = Duration::from_millis(10);

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// From so many users, each a chat of its own.
const USERS: u64 = 1_000;

/// Sends webhooks for `phase`, and waits for what must come of them.
pub(crate) async fn load(url: String, bot: Bot, replies: Replies, phase: Duration) -> Figures {
    let http = Client::builder()
        .no_proxy()
        .timeout(PATIENCE)
        .build()
        .unwrap();
    let start = Instant::now();
    let mut webhooks = JoinSet::new();
    let count = u32::try_from(phase.as_millis() / INTERVAL.as_millis()).unwrap();
    for number in 0..count {
        let due = start + INTERVAL * number;
        sleep_until(due.into()).await;
        let (http, url, bot, replies) =
            (http.clone(), url.clone(), bot.clone(), Arc::clone(&replies));
        webhooks.spawn(async move {
            let token = format!("token-{:032x}", fastrand::u128(..));
            let acknowledged = send(&http, &url, &bot, &token).await.then(|| due.elapsed());
            let replied = wait_for(&replies, &token, due).await;
            (acknowledged, replied)
        });
    }
    let mut figures = Figures {
        acknowledged: Vec::new(),
        replied: Vec::new(),
        failed: 0,
        unreplied: 0,
    };
    while let Some(webhook) = webhooks.join_next().await {
        let (acknowledged, replied) = webhook.unwrap();
        match acknowledged {
            Some(after) => figures.acknowledged.push(after),
            None => figures.failed += 1,
        }
        match replied {
            Some(after) => figures.replied.push(after),
            None => figures.unreplied += 1,
        }
    }
    figures.acknowledged.sort_unstable();
    figures.replied.sort_unstable();
    figures
}

/// Whether the webhook got its 200.
async fn send(http: &Client, url: &str, bot: &Bot, token: &str) -> bool {
    let user = User {
        id: format!("U{:032}", fastrand::u64(..USERS)),
    };
    let event = message(&user, token, token, "Is the table at seven still free?");
    let body = json!({"destination": bot.id, "events": [event]}).to_string();
    let request = http.post(url);
    let request = request.header(signature::HEADER, sign(&bot.secret, body.as_bytes()));
    let answer = request.body(body).send().await;
    answer.is_ok_and(|it| it.status() == 200)
}

/// How long after `due` the reply came.
async fn wait_for(replies: &Replies, token: &str, due: Instant) -> Option<Duration> {
    while due.elapsed() < PATIENCE {
        if let Some(at) = replies.lock().unwrap().remove(token) {
            return Some(at.saturating_duration_since(due));
        }
        sleep(Duration::from_millis(5)).await;
    }
    None
}
