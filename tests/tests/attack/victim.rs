//! The victim's load: webhooks with one event each, sent when they are due, from users in turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use botbox_line::signature::{self, sign};
use botbox_tests::{Bot, User, message};
use reqwest::Client;
use serde_json::json;
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, sleep_until};

use crate::line::Replies;

/// The time between two webhooks: 100 come in a second.
const INTERVAL: Duration = Duration::from_millis(10);

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// From so many users, each a chat of its own, one after the other.
const USERS: usize = 100;

/// Load that goes on until it is stopped.
pub(crate) struct Load {
    is_stopped: Arc<AtomicBool>,
    sent: JoinHandle<Vec<Sent>>,
    replies: Replies,
}

/// A webhook, and what came of it.
pub(crate) struct Sample {
    pub(crate) user: usize,
    pub(crate) due: Instant,
    /// When it got its 200.
    pub(crate) acknowledged: Option<Instant>,
    /// When LINE got a reply, one or more.
    pub(crate) replied: Vec<Instant>,
}

/// A webhook that was sent.
struct Sent {
    user: usize,
    token: String,
    due: Instant,
    acknowledged: Option<Instant>,
}

impl Load {
    /// Begins, on the thread of a runtime that is not the tests'.
    pub(crate) fn start(apart: &Handle, url: String, bot: Bot, replies: Replies) -> Self {
        let is_stopped = Arc::new(AtomicBool::new(false));
        let sent = apart.spawn(send_all(url, bot, Arc::clone(&is_stopped)));
        Self {
            is_stopped,
            sent,
            replies,
        }
    }

    /// Ends, and waits for what must come of all that was sent. They are in the order in which they were due.
    pub(crate) async fn stop(self) -> Vec<Sample> {
        self.is_stopped.store(true, Ordering::Relaxed);
        let sent = self.sent.await.unwrap();
        let stopped = Instant::now();
        let is_missing = || {
            let replies = self.replies.lock().unwrap();
            let mut taken = sent.iter().filter(|it| it.acknowledged.is_some());
            taken.any(|it| !replies.contains_key(&it.token))
        };
        while is_missing() && stopped.elapsed() < PATIENCE {
            sleep(Duration::from_millis(5)).await;
        }
        let mut replies = self.replies.lock().unwrap();
        let sample = |it: Sent| Sample {
            user: it.user,
            due: it.due,
            acknowledged: it.acknowledged,
            replied: replies
                .remove(&it.token)
                .unwrap_or_default()
                .into_iter()
                .map(|reply| reply.at)
                .collect(),
        };
        sent.into_iter().map(sample).collect()
    }
}

async fn send_all(url: String, bot: Bot, is_stopped: Arc<AtomicBool>) -> Vec<Sent> {
    let http = Client::builder().no_proxy().timeout(PATIENCE);
    let http = http.build().unwrap();
    let start = Instant::now();
    let mut webhooks = JoinSet::new();
    for number in 0.. {
        let due = start + INTERVAL * number;
        sleep_until(due.into()).await;
        if is_stopped.load(Ordering::Relaxed) {
            break;
        }
        let (http, url, bot) = (http.clone(), url.clone(), bot.clone());
        webhooks.spawn(async move {
            let user = number as usize % USERS;
            let token = format!("token-{:032x}", fastrand::u128(..));
            let is_taken = send(&http, &url, &bot, user, &token).await;
            Sent {
                user,
                token,
                due,
                acknowledged: is_taken.then(Instant::now),
            }
        });
    }
    let mut sent = webhooks.join_all().await;
    sent.sort_unstable_by_key(|it| it.due);
    sent
}

/// Whether the webhook got its 200.
async fn send(http: &Client, url: &str, bot: &Bot, user: usize, token: &str) -> bool {
    let user = User {
        id: format!("U{user:032}"),
    };
    let event = message(&user, token, token, "Is the table at seven still free?");
    let body = json!({"destination": bot.id, "events": [event]}).to_string();
    let request = http.post(url);
    let request = request.header(signature::HEADER, sign(&bot.secret, body.as_bytes()));
    let answer = request.body(body).send().await;
    answer.is_ok_and(|it| it.status() == 200)
}
