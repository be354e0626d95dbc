//! Too many events: they are refused until those that wait are handled.

use botbox_tests::{Bot, Channel, Gate, Host, Line, PATIENCE, Sender, User, message};
use serde_json::json;

use crate::delivery::sent;

/// A channel whose LINE hangs, until the gate is opened.
struct Overload {
    line: Line,
    gate: Gate,
    bot: Bot,
    host: Host,
    user: User,
    sender: Sender,
}

impl Overload {
    async fn new(limits: &str) -> Self {
        let line = Line::start().await;
        let gate = Gate::before(&line).await;
        let bot = line.bot("Bot").await;
        let user = line.user("Aiko").await;
        let channel = Channel::new("bot", &bot, "probe").with(&format!(
            "grants = [\"reply\", \"push\"]\nlimits = {{ deadline_ms = 60000, {limits} }}"
        ));
        let host = Host::beside(&line).api(gate.url()).timeout_ms(60_000);
        let host = host.channel(channel).set_up().start().await;
        line.act(&bot, &user, json!({"type": "follow"})).await;
        gate.close();
        Self {
            line,
            gate,
            bot,
            host,
            user,
            sender: Sender::new(),
        }
    }

    /// Has a number pushed. Returns the host's answer to that.
    async fn push(&self, number: usize) -> (u16, String) {
        let text = format!("deliver push {number}");
        let event = message(&self.user, &number.to_string(), "none", &text);
        let url = self.host.webhook("bot");
        let answer = self.sender.send(&url, &self.bot, &[event]).await.unwrap();
        (answer.status, answer.text)
    }

    /// Opens the gate. All these numbers are then pushed, in order.
    async fn pass(&self, numbers: usize) {
        self.gate.open();
        self.host.drained(PATIENCE).await;
        let sent = sent(&self.line, &self.bot, &self.user).await;
        let push = |number: usize| (String::from("push"), number.to_string());
        assert_eq!(sent, (0..numbers).map(push).collect::<Vec<_>>());
        assert_eq!(self.push(numbers).await.0, 200);
        self.host.drained(PATIENCE).await;
    }
}

#[tokio::test]
async fn too_many_waiting_events_are_refused_until_they_are_handled() {
    let overload = Overload::new("backlog_events = 20").await;
    for number in 0..20 {
        assert_eq!(overload.push(number).await.0, 200);
    }
    for _ in 0..2 {
        let (status, why) = overload.push(20).await;
        assert_eq!(status, 503);
        assert!(why.contains("the limit is 20 events"), "{why}");
        // What waits already is welcome to come again.
        for number in [0, 7, 19] {
            assert_eq!(overload.push(number).await.0, 200);
        }
    }
    let webhooks = &overload.host.status().await["webhooks"];
    assert_eq!(webhooks["overloaded"], 2, "{webhooks}");
    overload.pass(20).await;
}

#[tokio::test]
async fn events_that_wait_for_too_long_keep_others_out_until_they_are_handled() {
    let overload = Overload::new("concurrency = 1, backlog_age_ms = 300").await;
    assert_eq!(overload.push(0).await.0, 200);
    // Another chat waits for its turn, which the first one has.
    let ben = overload.line.user("Ben").await;
    let event = message(&ben, "Ben's", "none", "deliver push 0 before reject 1");
    let (sender, url) = (&overload.sender, overload.host.webhook("bot"));
    let answer = sender.send(&url, &overload.bot, &[event]).await;
    assert_eq!(answer.unwrap().status, 200);
    let mut taken = 1;
    let why = loop {
        let (status, why) = overload.push(taken).await;
        if status == 503 {
            break why;
        }
        assert_eq!(status, 200);
        taken += 1;
        assert!(taken < 10_000, "it is never too long");
    };
    assert!(why.contains("have waited for their turn for"), "{why}");
    assert_eq!(overload.push(0).await.0, 200);
    assert_eq!(overload.push(taken - 1).await.0, 200);
    assert_eq!(overload.push(taken).await.0, 503);
    overload.pass(taken).await;
}
