//! A host that is killed again and again loses nothing, and does nothing twice.

use std::env;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use botbox_tests::{Bot, Channel, Host, HostBuilder, Line, Load};
use fastrand::Rng;
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
