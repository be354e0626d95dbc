//! A host that is killed again and again loses nothing, and does nothing twice.

use std::env;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use botbox_tests::{Bot, Channel, Host, HostBuilder, Line, Load, Sender, message};
use fastrand::Rng;
use serde_json::json;
use tokio::time::sleep;

/// How often the host is killed, unless `BOTBOX_CRASHES` says otherwise.
const ROUNDS: u32 = 10;

/// Chats of each channel.
const CHATS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::print_stdout, reason = "`cargo xtask crash` shows it")]
async fn a_host_that_is_killed_loses_nothing_and_does_nothing_twice() {
    let rounds = env::var("BOTBOX_CRASHES").map_or(ROUNDS, |it| it.parse().unwrap());
    let seed = seed();
    let mut random = Rng::with_seed(seed);
    let line = Arc::new(Line::start().await);
    let (one, two) = (line.bot("One").await, line.bot("Two").await);
    let data = tempfile::tempdir().unwrap();
    let host = crashing(&line, &one, &two, data.path());
    let address = free_address();
    let setup = host.listen(&address).set_up();
    let url = format!("http://{address}");
    let channels = [("one", &one), ("two", &two)];
    let mut load = Load::start(&line, &url, &channels, CHATS, seed).await;
    for _ in 0..rounds {
        let starting = setup.spawn();
        if random.u32(..5) == 0 {
            // Before it listens, if the machine is slow or the moment early.
            sleep(Duration::from_millis(random.u64(..300))).await;
            starting.kill().await;
        } else {
            let host = starting.ready().await;
            sleep(Duration::from_millis(random.u64(..600))).await;
            host.kill().await;
        }
        load.check();
    }
    let host = setup.start().await;
    let summary = load.settle(&host).await;
    println!("{rounds} rounds: {summary}");
    summary.check();
    assert!(summary.handled > 0, "{summary}");
}

/// A seed for what happens at random. A test that fails shows it; `BOTBOX_SEED` gives it back.
#[allow(clippy::print_stdout, reason = "shown when the test fails")]
pub(crate) fn seed() -> u64 {
    let seed = env::var("BOTBOX_SEED").map_or_else(|_| fastrand::u64(..), |it| it.parse().unwrap());
    println!("BOTBOX_SEED={seed}");
    seed
}

/// A host with two channels, `one` and `two`, that tries again soon.
pub(crate) fn crashing(line: &Line, one: &Bot, two: &Bot, data: &Path) -> HostBuilder {
    let with = "grants = [\"reply\", \"push\", \"schedule\"]\nretries = { pause_ms = 20 }";
    Host::beside(line)
        .data(data)
        .channel(Channel::new("one", one, "probe").with(with))
        .channel(Channel::new("two", two, "probe").with(with))
}

/// An address that stays free while no host listens: not one of those that the system gives to
/// whoever asks for any.
pub(crate) fn free_address() -> String {
    let ports = std::iter::repeat_with(|| fastrand::u16(10_000..32_000));
    let free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    let port = ports.take(100).find(free);
    format!("127.0.0.1:{}", port.expect("a port is free"))
}

/// An event during which the host ends each time is given up after its attempts, and takes no other
/// with it.
#[tokio::test]
async fn an_event_that_ends_the_host_becomes_a_dead_letter() {
    let line = Line::start().await;
    let bot = line.bot("Bot").await;
    let (bad, good) = (line.user("Bad").await, line.user("Good").await);
    for user in [&bad, &good] {
        line.act(&bot, user, json!({"type": "follow"})).await;
    }
    let with = "grants = [\"reply\", \"push\", \"profile\"]\nretries = { attempts = 3 }\n\
                limits = { deadline_ms = 60000 }";
    let host = Host::beside(&line).timeout_ms(60_000);
    let setup = host.channel(Channel::new("bot", &bot, "probe").with(with));
    let setup = setup.set_up();
    // What ends the host while it runs: it is killed when LINE has been asked.
    line.fault("getProfile", 100, json!({"hang": true})).await;
    let sender = Sender::new();
    let mut said = Vec::new();
    for round in 1..=4 {
        let host = setup.start().await;
        let mut events = Vec::new();
        if round == 1 {
            let ask = format!("profile {}", bad.id);
            events.push(message(&bad, "bad", "token", &ask));
            events.push(message(&bad, "behind", "token", "deliver push behind"));
        }
        let text = format!("{round}");
        let push = format!("deliver push {round}");
        events.push(message(&good, &text, "token", &push));
        let answer = sender.send(&host.webhook("bot"), &bot, &events).await;
        assert_eq!(answer.expect("the host answers").status, 200);
        said.push(text.clone());
        if round < 4 {
            line.expect_calls(&bot, "/profile/", round).await;
        }
        if round < 3 {
            host.expect("bot", &text, "handled").await;
        }
        if round == 3 {
            // Whoever was cut off twice runs alone.
            let waits = &host.events("bot").await[0];
            assert_eq!(
                (&waits["id"], &waits["state"]),
                (&json!("3"), &json!("waiting"))
            );
        }
        if round < 4 {
            host.kill().await;
            continue;
        }
        let given_up = host.expect("bot", "bad", "dead").await;
        assert_eq!(given_up["error"], "the host ended while it ran");
        assert_eq!(given_up["attempts"], 3, "{given_up}");
        assert_eq!(given_up["failures"].as_array().unwrap().len(), 3);
        host.drained(botbox_tests::PATIENCE).await;
        assert_eq!(line.calls(&bot, "/profile/").await.len(), 3);
        assert_eq!(line.next(&bot, &bad.id, 0).await.text(), "behind");
    }
    let pushed = line.messages(&bot, &good.id, 0, 0).await;
    let pushed: Vec<_> = pushed
        .iter()
        .map(|it| it["message"]["text"].as_str().unwrap())
        .collect();
    assert_eq!(pushed, said);
}

/// What a stop in order cuts off is not what ended the host.
#[tokio::test]
async fn a_stop_does_not_count_as_an_attempt() {
    let line = Line::start().await;
    let bot = line.bot("Bot").await;
    let user = line.user("Aiko").await;
    let with = "grants = [\"reply\", \"profile\"]\nlimits = { deadline_ms = 60000 }";
    let host = Host::beside(&line).timeout_ms(60_000);
    let setup = host.channel(Channel::new("bot", &bot, "probe").with(with));
    let setup = setup.set_up();
    line.act(&bot, &user, json!({"type": "follow"})).await;
    line.issue_token(&bot, &user, "token").await;
    line.fault("getProfile", 1, json!({"hang": true})).await;
    let mut host = setup.start().await;
    let ask = message(&user, "slow", "token", &format!("profile {}", user.id));
    let answer = Sender::new().send(&host.webhook("bot"), &bot, &[ask]).await;
    assert_eq!(answer.expect("the host answers").status, 200);
    line.expect_calls(&bot, "/profile/", 1).await;
    host.signal("TERM");
    host.log.expect("a second signal stops at once").await;
    host.signal("TERM");
    assert_eq!(host.ended().await.code(), Some(1));

    let host = setup.start().await;
    let handled = host.expect("bot", "slow", "handled").await;
    assert_eq!(handled["attempts"], 0, "{handled}");
    assert_eq!(host.log.count("ended without a stop"), 0);
}
