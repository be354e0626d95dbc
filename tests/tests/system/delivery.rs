//! The way of events through the journal: once each, in order, again if they fail, and no channel
//! at the cost of another.

use std::env;
use std::path::Path;
use std::time::{Duration, Instant};

use botbox_clock::Clock;
use botbox_store::{Backlog, EventQueue, NewEvent, Sqlite};
use botbox_tests::{
    Bot, Channel, Gate, Host, HostBuilder, Line, PATIENCE, Sender, Stage, User, message,
};
use futures_util::future::join_all;
use serde_json::{Value, json};

/// With what sends, and soon tries again.
const WITH: &str = "grants = [\"reply\", \"push\", \"keyvalue\"]\n\
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

async fn stage(with: &str) -> Stage {
    let stage = Stage::setting("probe", |it| it.with(with), |it| it).await;
    befriend(&stage.line, &stage.bot, &stage.user).await;
    stage
}

/// Only friends are pushed to. Their following is no event of these tests.
async fn befriend(line: &Line, bot: &Bot, user: &User) {
    let host = line.webhook(bot).await;
    line.set_webhook(bot, "http://127.0.0.1:1/").await;
    line.act(bot, user, json!({"type": "follow"})).await;
    if let Some(host) = host {
        line.set_webhook(bot, &host).await;
    }
}

/// Says something. Returns the event's id.
async fn say(stage: &Stage, user: &User, text: &str) -> String {
    let delivery = stage.line.say(&stage.bot, user, text).await;
    assert_eq!(delivery.status, Some(200), "{text}");
    let id = delivery.events[0]["webhookEventId"].as_str();
    id.unwrap().to_owned()
}

async fn texts(stage: &Stage, user: &User) -> Vec<String> {
    let sent = sent(&stage.line, &stage.bot, user).await;
    sent.into_iter().map(|(_, text)| text).collect()
}

fn failures(event: &Value) -> Vec<&str> {
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

#[tokio::test]
async fn what_asks_for_a_retry_is_tried_again_and_its_chat_waits() {
    let stage = stage(WITH).await;
    let user = &stage.user;
    let first = say(&stage, user, "deliver push 1 before retry 2").await;
    let mut last = String::new();
    for number in 2..6 {
        last = say(&stage, user, &format!("deliver push {number}")).await;
    }
    stage.host.expect("bot", &last, "handled").await;
    let event = stage.host.expect("bot", &first, "handled").await;
    let expected = [1, 2].map(|it| format!("the plugin asks to retry: as told, at attempt {it}"));
    assert_eq!(failures(&event), expected);
    assert_eq!(texts(&stage, user).await, ["1", "2", "3", "4", "5"]);
    let counts = &stage.host.status().await["channels"][0]["events"];
    assert_eq!(
        (&counts["handled"], &counts["failed"]),
        (&json!(5), &json!(2))
    );
}

#[tokio::test]
async fn what_is_rejected_is_a_dead_letter_at_once() {
    let stage = stage(WITH).await;
    let first = say(&stage, &stage.user, "deliver push 1 before reject 9").await;
    let second = say(&stage, &stage.user, "deliver push 2").await;
    stage.host.expect("bot", &second, "handled").await;
    let event = stage.host.expect("bot", &first, "dead").await;
    let why = "the plugin rejects the event: as told, at attempt 1";
    assert_eq!(failures(&event), [why]);
    assert_eq!(texts(&stage, &stage.user).await, ["2"]);
}

/// A mistake on one text does not mute its chat: two attempts, with no pause between them, and the next
/// event. With the pauses of the default, six attempts take half a minute at least.
#[tokio::test]
async fn what_always_traps_is_a_dead_letter_after_one_more_attempt_at_once() {
    let stage = stage("grants = [\"reply\", \"push\"]").await;
    let first = say(&stage, &stage.user, "panic").await;
    let second = say(&stage, &stage.user, "deliver push 2").await;
    let third = say(&stage, &stage.user, "deliver push 3 before panic 1").await;
    let event = stage.host.expect("bot", &first, "dead").await;
    let received = event["received"].as_i64().unwrap();
    let failures = failures(&event);
    assert_eq!(failures.len(), 2, "{event}");
    let traps = failures.iter().all(|it| it.contains("the plugin trapped"));
    assert!(traps, "{event}");
    let event = stage.host.expect("bot", &second, "handled").await;
    let waited = ended(&event).unwrap() - received;
    assert!(waited < 15_000, "the next event waited for {waited} ms");
    let event = stage.host.expect("bot", &third, "handled").await;
    assert_eq!(self::failures(&event).len(), 1, "{event}");
    assert_eq!(texts(&stage, &stage.user).await, ["2", "3"]);
}

#[tokio::test]
async fn how_often_a_trap_is_tried_again_is_the_operators_choice() {
    let stage = stage("grants = [\"push\"]\nretries = { trap_attempts = 4 }").await;
    let first = say(&stage, &stage.user, "panic").await;
    let event = stage.host.expect("bot", &first, "dead").await;
    assert_eq!(failures(&event).len(), 4, "{event}");
}

/// Before it trapped, it failed for another reason: that is not held against it.
#[tokio::test]
async fn traps_are_counted_by_themselves() {
    let stage = stage("grants = [\"push\"]\nretries = { attempts = 5, pause_ms = 50 }").await;
    let id = say(&stage, &stage.user, "fail retry retry panic retry panic").await;
    let event = stage.host.expect("bot", &id, "dead").await;
    assert_eq!(failures(&event).len(), 5, "{event}");
}

#[tokio::test]
async fn what_holds_its_chat_up_for_too_long_is_a_dead_letter() {
    let retries = "retries = { attempts = 1000000, pause_ms = 50, hold_ms = 500 }";
    let stage = stage(&format!("grants = [\"push\"]\n{retries}")).await;
    let first = say(&stage, &stage.user, "retry").await;
    let second = say(&stage, &stage.user, "deliver push 2").await;
    let event = stage.host.expect("bot", &first, "dead").await;
    // With pauses that double, no more fit into the time.
    assert!((2..=5).contains(&failures(&event).len()), "{event}");
    stage.host.expect("bot", &second, "handled").await;
    assert_eq!(texts(&stage, &stage.user).await, ["2"]);
}

#[tokio::test]
async fn a_chat_that_waits_for_a_retry_holds_up_itself_only() {
    let retries = "retries = { pause_ms = 600000 }";
    let stage = stage(&format!("grants = [\"reply\", \"push\"]\n{retries}")).await;
    let first = say(&stage, &stage.user, "deliver push 1 before retry 1").await;
    let second = say(&stage, &stage.user, "deliver push 2").await;
    stage.host.log.expect("as told, at attempt 1").await;
    let ben = stage.line.user("Ben").await;
    for text in ["hello", "and again"] {
        assert_eq!(stage.line.ask(&stage.bot, &ben, text).await, text);
    }
    stage.host.expect("bot", &first, "waiting").await;
    stage.host.expect("bot", &second, "waiting").await;
    assert_eq!(texts(&stage, &stage.user).await, [""; 0]);
}

/// The token is used, so there is nothing to send: the plugin gets what the first attempt got.
#[tokio::test]
async fn a_reply_of_an_attempt_that_failed_is_the_reply_of_the_next_one() {
    let stage = stage(WITH).await;
    for (number, failure) in [(1, "panic"), (2, "retry")] {
        for how in ["reply", "reply-or-push"] {
            let user = stage.line.user("Somebody").await;
            let command = format!("deliver {how} {number} after {failure} {number}");
            let id = say(&stage, &user, &command).await;
            let event = stage.host.expect("bot", &id, "handled").await;
            assert_eq!(failures(&event).len(), number, "{event}");
            let sent = sent(&stage.line, &stage.bot, &user).await;
            let reply = [(String::from("reply"), number.to_string())];
            assert_eq!(sent, reply, "{command}");
        }
    }
    let calls = stage.line.calls(&stage.bot, "/message/reply").await;
    assert_eq!(calls.len(), 4, "{calls:?}");
}

/// The reply has arrived, but the host can't know: it asks LINE with the same token.
#[tokio::test]
async fn a_reply_whose_answer_was_lost_is_not_sent_again() {
    let stage = stage(WITH).await;
    for how in ["reply", "reply-or-push"] {
        for answer in [json!({"status": 500}), json!({"truncate": true})] {
            let user = stage.line.user("Somebody").await;
            befriend(&stage.line, &stage.bot, &user).await;
            stage.line.lost_answer("replyMessage", 1, answer).await;
            let id = say(&stage, &user, &format!("deliver {how} once")).await;
            let event = stage.host.expect("bot", &id, "handled").await;
            let failures = failures(&event);
            assert_eq!(failures.len(), 1, "{event}");
            assert!(failures[0].contains("asks to retry"), "{event}");
            let sent = sent(&stage.line, &stage.bot, &user).await;
            let reply = [(String::from("reply"), String::from("once"))];
            assert_eq!(sent, reply);
        }
    }
}

/// It never arrived, though nobody could know.
#[tokio::test]
async fn a_reply_that_line_never_took_is_sent_by_the_next_attempt() {
    let stage = stage(WITH).await;
    let fault = json!({"status": 500});
    stage.line.fault("replyMessage", 1, fault).await;
    let id = say(&stage, &stage.user, "deliver reply-or-push late").await;
    stage.host.expect("bot", &id, "handled").await;
    let sent = sent(&stage.line, &stage.bot, &stage.user).await;
    assert_eq!(sent, [(String::from("reply"), String::from("late"))]);
}

#[tokio::test]
async fn what_can_not_be_replied_any_more_is_pushed() {
    let stage = stage(WITH).await;
    let sender = Sender::new();
    for (id, command) in [
        ("first", "deliver reply-or-push 1"),
        // Pushed once, though the first attempt did that already.
        ("second", "deliver reply-or-push 2 after panic 1"),
    ] {
        // LINE does not know the token any more.
        let event = message(&stage.user, id, "expired", command);
        let url = stage.host.webhook("bot");
        let answer = sender.send(&url, &stage.bot, &[event]).await;
        assert_eq!(answer.unwrap().status, 200);
        stage.host.expect("bot", id, "handled").await;
    }
    let sent = sent(&stage.line, &stage.bot, &stage.user).await;
    let push = |text: &str| (String::from("push"), text.to_owned());
    assert_eq!(sent, [push("1"), push("2")]);
}

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

/// Puts events that no plugin does anything about into a journal that no host has. Each is made
/// larger by so many bytes.
async fn fill(data: &Path, channel: &str, chats: usize, events: usize, padding: usize) {
    let store = Sqlite::open(data, Clock::system()).unwrap();
    let room = Backlog {
        events: u64::MAX,
        bytes: u64::MAX,
        age: Duration::MAX,
        kept: u64::MAX,
    };
    let event = |number: usize| {
        let (id, chat) = (
            format!("{channel}-{number}"),
            format!("U{:032x}", number % chats),
        );
        let body = json!({
            "type": "unfollow",
            "webhookEventId": id,
            "timestamp": 1,
            "mode": "active",
            "deliveryContext": {"isRedelivery": false},
            "source": {"type": "user", "userId": chat},
            "padding": "x".repeat(padding),
        });
        NewEvent {
            id,
            chat,
            message: None,
            is_unsend: false,
            is_hosts: false,
            body: body.to_string().into(),
        }
    };
    let numbers: Vec<_> = (0..events).collect();
    for numbers in numbers.chunks(250) {
        let batch = numbers.iter().copied().map(event).collect();
        store.append(channel, batch, room).await.unwrap();
    }
}

/// A host with two channels of the echo, which ignores what [`fill`] makes.
fn two_channels(line: &Line, first: &Bot, second: &Bot, weight: u32, data: &Path) -> HostBuilder {
    let with = |weight| format!("grants = [\"reply\"]\nweight = {weight}");
    Host::beside(line)
        .data(data)
        .channel(Channel::new("first", first, "echo").with(&with(weight)))
        .channel(Channel::new("second", second, "echo").with(&with(1)))
}

fn ended(event: &Value) -> Option<i64> {
    event["ended"].as_i64()
}

#[tokio::test]
async fn thousands_of_waiting_events_do_not_delay_another_channels_single_one() {
    let line = Line::start().await;
    let (busy, calm) = (line.bot("Busy").await, line.bot("Calm").await);
    let data = tempfile::tempdir().unwrap();
    fill(data.path(), "first", 500, 5_000, 0).await;
    let host = two_channels(&line, &busy, &calm, 1, data.path());
    let host = host.tables("[runtime]\nslots = 2\n").start(&line).await;
    let user = line.user("Aiko").await;
    let delivery = line.say(&calm, &user, "calm?").await;
    let id = delivery.events[0]["webhookEventId"].as_str().unwrap();
    let event = host.expect("second", id, "handled").await;
    let (received, handled) = (event["received"].as_i64().unwrap(), ended(&event).unwrap());
    let events = host.events("first").await;
    let count = |is_counted: &dyn Fn(Option<i64>) -> bool| {
        events
            .iter()
            .filter(|event| is_counted(ended(event)))
            .count()
    };
    let later = count(&|at| at.is_none_or(|at| at > handled));
    assert!(later > 1_000, "the busy channel had {later} left");
    let meanwhile = count(&|at| at.is_some_and(|at| (received..=handled).contains(&at)));
    assert!(meanwhile < 200, "{meanwhile} events were handled before it");
}

#[tokio::test]
async fn channels_get_slots_by_their_weight() {
    let line = Line::start().await;
    let (heavy, light) = (line.bot("Heavy").await, line.bot("Light").await);
    let data = tempfile::tempdir().unwrap();
    let host = two_channels(&line, &heavy, &light, 4, data.path());
    let setup = host.tables("[runtime]\nslots = 1\n").set_up();
    // The plugin is compiled before the contest: both begin at once then.
    let mut host = setup.start().await;
    host.loaded().await;
    host.signal("TERM");
    host.ended().await;
    for channel in ["first", "second"] {
        fill(data.path(), channel, 100, 1_000, 0).await;
    }
    let host = setup.start().await;
    host.drained(2 * PATIENCE).await;
    let heavy = host.events("first").await;
    let last = heavy.iter().filter_map(ended).max().unwrap();
    let light = host.events("second").await;
    let light = light.iter().filter_map(ended).filter(|at| *at <= last);
    // A quarter of the thousand.
    let light = light.count();
    assert!((150..400).contains(&light), "{light} beside 1000");
}

/// `cargo xtask backlog` does it with a million.
#[tokio::test]
#[allow(clippy::print_stdout, reason = "`cargo xtask backlog` shows it")]
async fn a_large_backlog_is_handled_in_little_memory() {
    let number = |name: &str, default| env::var(name).map_or(default, |it| it.parse().unwrap());
    let events = number("BOTBOX_BACKLOG", 20_000);
    let chats = number("BOTBOX_BACKLOG_CHATS", 1_000);
    let line = Line::start().await;
    let bot = line.bot("Bot").await;
    let data = tempfile::tempdir().unwrap();
    fill(data.path(), "bot", chats, events, BACKLOG / events).await;
    let host = Host::beside(&line)
        .data(data.path())
        .channel(Channel::new("bot", &bot, "echo"))
        .start(&line)
        .await;
    let start = Instant::now();
    // At least 200 events in a second, on whatever machine.
    let patience = PATIENCE + Duration::from_secs(events as u64 / 200);
    host.drained(patience).await;
    let seconds = start.elapsed().as_secs_f64();
    let peak = peak_memory(host.id());
    println!(
        "{events} events of {chats} chats in {seconds:.1} s: {:.0} a second; peak memory {peak} \
         MiB, bound {PEAK_MEMORY} MiB",
        events as f64 / seconds
    );
    assert!(peak < PEAK_MEMORY, "{peak} MiB");
    let status = host.status().await;
    let handled = &status["channels"][0]["events"]["handled"];
    assert_eq!(*handled, events, "{status}");
}

/// The most memory that a host may have used, in MiB, however many events wait: it has half of this
/// when none does.
const PEAK_MEMORY: u64 = 96;

/// How many bytes wait, at least: more than the host may have in memory.
const BACKLOG: usize = 128 << 20;

/// The most memory that a process has had at a time, in MiB.
fn peak_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let peak = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
    let kibibytes: u64 = peak.unwrap().trim_end_matches("kB").trim().parse().unwrap();
    kibibytes >> 10
}
