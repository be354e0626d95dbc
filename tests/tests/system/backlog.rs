//! Large backlogs: they delay no other channel, and take little memory.

use std::env;
use std::path::Path;
use std::time::{Duration, Instant};

use botbox_clock::Clock;
use botbox_store::{Backlog, EventQueue, NewEvent, Sqlite};
use botbox_tests::{Bot, Channel, Host, HostBuilder, Line, PATIENCE};
use serde_json::json;

use crate::delivery::ended;

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
            is_from_host: false,
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

/// Another weight counts while the channel is open, from when the file is read again.
#[tokio::test]
async fn another_weight_counts_at_once() {
    let line = Line::start().await;
    let (heavy, light) = (line.bot("Heavy").await, line.bot("Light").await);
    let data = tempfile::tempdir().unwrap();
    let host = two_channels(&line, &heavy, &light, 1, data.path());
    let setup = host.tables("[runtime]\nslots = 1\n").set_up();
    let mut host = setup.start().await;
    host.loaded().await;
    host.signal("TERM");
    host.ended().await;
    for channel in ["first", "second"] {
        fill(data.path(), channel, 100, 3_000, 0).await;
    }
    let host = setup.start().await;
    let config = std::fs::read_to_string(setup.config()).unwrap();
    let config = config.replacen("weight = 1", "weight = 9", 1);
    std::fs::write(setup.config(), config).unwrap();
    host.signal("HUP");
    host.log
        .expect("channel \"first\": its settings are changed")
        .await;
    let changed = Clock::system().now().as_millisecond();
    host.drained(4 * PATIENCE).await;
    let after = |events: &[serde_json::Value], until: i64| {
        let ended = events.iter().filter_map(ended);
        ended.filter(|at| (changed..=until).contains(at)).count()
    };
    let heavy = host.events("first").await;
    let last = heavy.iter().filter_map(ended).max().unwrap();
    let heavy = after(&heavy, last);
    assert!(
        heavy > 500,
        "only {heavy} were left when the weight was changed"
    );
    let light = after(&host.events("second").await, last);
    // A ninth of them, and a half of them with the weights of before.
    assert!(light * 4 < heavy, "{light} beside {heavy}");
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
