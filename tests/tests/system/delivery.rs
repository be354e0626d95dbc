//! The way of events through the journal: each is handled once.

use botbox_tests::{Bot, Channel, Host, Line, PATIENCE, Sender, Stage, User, message};
use futures_util::future::join_all;
use serde_json::{Value, json};

/// With what sends, and soon tries again.
pub(crate) const WITH: &str = "grants = [\"reply\", \"push\", \"keyvalue\"]\n\
                    retries = { attempts = 3, pause_ms = 50 }";

/// What a bot has sent to a user: how, and which text.
pub(crate) async fn sent(line: &Line, bot: &Bot, user: &User) -> Vec<(String, String)> {
    let mut chat = line.messages(bot, &user.id, 0, 0).await;
    chat.retain(|message| message["from"] == "bot");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    chat.iter()
        .map(|it| (text(&it["via"]), text(&it["message"]["text"])))
        .collect()
}

pub(crate) async fn stage(with: &str) -> Stage {
    let stage = Stage::setting("probe", |it| it.with(with), |it| it).await;
    befriend(&stage.line, &stage.bot, &stage.user).await;
    stage
}

/// Only friends are pushed to. Their following is no event of these tests.
pub(crate) async fn befriend(line: &Line, bot: &Bot, user: &User) {
    let host = line.webhook(bot).await;
    line.set_webhook(bot, "http://127.0.0.1:1/").await;
    line.act(bot, user, json!({"type": "follow"})).await;
    if let Some(host) = host {
        line.set_webhook(bot, &host).await;
    }
}

/// Says something. Returns the event's id.
pub(crate) async fn say(stage: &Stage, user: &User, text: &str) -> String {
    let delivery = stage.line.say(&stage.bot, user, text).await;
    assert_eq!(delivery.status, Some(200), "{text}");
    let id = delivery.events[0]["webhookEventId"].as_str();
    id.unwrap().to_owned()
}

pub(crate) async fn texts(stage: &Stage, user: &User) -> Vec<String> {
    let sent = sent(&stage.line, &stage.bot, user).await;
    sent.into_iter().map(|(_, text)| text).collect()
}

/// When an event ended, in milliseconds since the Unix epoch, if it has.
pub(crate) fn ended(event: &Value) -> Option<i64> {
    event["ended"].as_i64()
}

pub(crate) fn failures(event: &Value) -> Vec<&str> {
    let failures = event["failures"].as_array().unwrap().iter();
    failures.map(|it| it["error"].as_str().unwrap()).collect()
}

/// LINE may send an event again while it is being taken already.
#[tokio::test]
async fn an_event_that_comes_a_hundred_times_is_handled_once() {
    let line = Line::start().await;
    let bot = line.bot("Bot").await;
    let user = line.user("Aiko").await;
    let data = tempfile::tempdir().unwrap();
    let channel = Channel::new("bot", &bot, "probe").with(WITH);
    let host = Host::beside(&line).data(data.path()).channel(channel);
    let setup = host.set_up();
    let sender = Sender::new();
    line.issue_token(&bot, &user, "token").await;
    let storm = async |host: &Host| {
        let webhooks = (0..100).map(|number| {
            let command = "bucket storm increment runs 1";
            let mut event = message(&user, "the same", "token", command);
            event["deliveryContext"]["isRedelivery"] = (number > 0).into();
            // Alone, or behind another one.
            let mut events = vec![event];
            if number % 2 == 1 {
                let other = format!("{} in {number}", host.id());
                events.insert(0, json!({"type": "unknown", "webhookEventId": other}));
            }
            let (sender, bot, url) = (&sender, &bot, host.webhook("bot"));
            async move { sender.send(&url, bot, &events).await }
        });
        for answer in join_all(webhooks).await {
            assert_eq!(answer.unwrap().status, 200);
        }
        host.drained(PATIENCE).await;
        host.status().await["channels"][0]["events"].clone()
    };
    let host = setup.start().await;
    let counts = storm(&host).await;
    assert_eq!(counts["accepted"], 51, "{counts}");
    assert_eq!(counts["duplicates"], 99, "{counts}");
    assert_eq!(counts["handled"], 51, "{counts}");
    host.kill().await;

    let host = setup.start().await;
    let counts = storm(&host).await;
    assert_eq!(counts["accepted"], 50, "{counts}");
    assert_eq!(counts["duplicates"], 100, "{counts}");
    assert_eq!(counts["handled"], 50, "{counts}");
    // It would be 2, had the plugin run again.
    let replied = [(String::from("reply"), String::from("1"))];
    assert_eq!(sent(&line, &bot, &user).await, replied);
    line.set_webhook(&bot, &host.webhook("bot")).await;
    let runs = line.ask(&bot, &user, "bucket storm get runs").await;
    assert_eq!(runs, "Some(\"1\")");
}

#[tokio::test]
async fn a_data_folder_is_one_hosts() {
    let line = Line::start().await;
    let bot = line.bot("Bot").await;
    let data = tempfile::tempdir().unwrap();
    let setup = || {
        let host = Host::beside(&line).data(data.path());
        host.channel(Channel::new("bot", &bot, "echo")).set_up()
    };
    let (first, second) = (setup(), setup());
    let host = first.start().await;
    let said = second.spawn().refused().await;
    let expected = format!(
        "the data folder {} is used by another botbox: stop that one, or give this one a \
         folder of its own",
        data.path().display()
    );
    assert_eq!(said, expected);
    // Nor has the second one spoiled anything.
    line.set_webhook(&bot, &host.webhook("bot")).await;
    let user = line.user("Aiko").await;
    assert_eq!(line.ask(&bot, &user, "hello").await, "hello");
    host.kill().await;
    second.start().await;
}
