//! A bot on a disk that fails.

use botbox_tests::{Answer, Bot, Channel, Gate, Host, Line, Sender, Setup, User, message};
use reqwest::Client;
use serde_json::json;

use super::faulty::FaultyDisk;

/// A bot whose events run one at a time, on such a disk, behind a gate.
pub(super) struct Stage {
    pub(super) line: Line,
    pub(super) gate: Gate,
    pub(super) bot: Bot,
    pub(super) disk: FaultyDisk,
    pub(super) setup: Setup,
    sender: Sender,
}

impl Stage {
    pub(super) async fn new() -> Self {
        let line = Line::start().await;
        let gate = Gate::before(&line).await;
        let bot = line.bot("Bot").await;
        let disk = FaultyDisk::new();
        let channel = Channel::new("bot", &bot, "probe").with(
            "grants = [\"reply\", \"push\"]\nlimits = { concurrency = 1, deadline_ms = 60000 }\n\
             retries = { pause_ms = 20 }",
        );
        let host = Host::beside(&line).api(gate.url()).timeout_ms(60_000);
        let host = host.data(&disk.path("data"));
        let setup = disk.below(host.channel(channel)).set_up();
        Self {
            line,
            gate,
            bot,
            disk,
            setup,
            sender: Sender::new(),
        }
    }

    pub(super) async fn friend(&self, name: &str) -> User {
        let user = self.line.user(name).await;
        (self.line)
            .act(&self.bot, &user, json!({"type": "follow"}))
            .await;
        user
    }

    /// Sends what a user says to a host. What is said is the event's id, too.
    async fn say(&self, host: &Host, user: &User, text: &str) -> Answer {
        let token = format!("token of {text}");
        self.line.issue_token(&self.bot, user, &token).await;
        let event = message(user, text, &token, text);
        let answer = self
            .sender
            .send(&host.webhook("bot"), &self.bot, &[event])
            .await;
        answer.expect("the host answers")
    }

    pub(super) async fn acknowledged(&self, host: &Host, user: &User, text: &str) {
        let answer = self.say(host, user, text).await;
        assert_eq!(answer.status, 200, "{text}: {}", answer.text);
    }

    /// The host refuses an event, and says why.
    pub(super) async fn refused(&self, host: &Host, user: &User, text: &str, why: &str) {
        let answer = self.say(host, user, text).await;
        assert_eq!(answer.status, 503, "{}", answer.text);
        assert!(answer.text.contains(why), "{}", answer.text);
    }
}

pub(super) async fn health(host: &Host) -> (u16, String) {
    let health = Client::new().get(format!("{}/healthz", host.url));
    let health = health.send().await.unwrap();
    (health.status().as_u16(), health.text().await.unwrap())
}

pub(super) fn texts(sent: &[(String, String)]) -> Vec<(&str, &str)> {
    sent.iter()
        .map(|(via, text)| (via.as_str(), text.as_str()))
        .collect()
}
