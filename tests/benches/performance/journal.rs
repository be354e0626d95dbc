//! The journal, from the webhook to its acknowledgement, beside the bare disk: an event is on disk
//! before LINE has its 200, and a sync that many share makes that cheap.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio::task::{self, JoinSet};
use tokio::time::sleep;

use crate::admin::Admin;
use crate::bot::Bot;
use crate::client::Connection;
use crate::disk::{self, Syncs};
use crate::figures::{milliseconds, percentile};
use crate::line::Line;
use crate::stage::{FOLDER, PATIENCE};
use crate::webhook;

/// One alone has a sync for each event; the more there are, the more share one.
const CONNECTIONS: [usize; 3] = [1, 64, 256];

const ROUND: Duration = Duration::from_secs(5);
const WARM_UP: Duration = Duration::from_secs(1);

/// How often it is looked whether events wait: seldom enough to disturb nothing.
const LOOK: Duration = Duration::from_millis(20);

/// What a round showed.
struct Round {
    connections: usize,
    /// Of the disk, just before: other machines may use it, too, and what it does changes.
    syncs: Syncs,
    acknowledged: Acknowledged,
    rest: Rest,
}

/// The webhooks that had their 200, each with one new event.
struct Acknowledged {
    time: Duration,
    /// Milliseconds of each, from the first byte written to the answer.
    latencies: Vec<f64>,
}

/// The events that were acknowledged and not yet handled when the last webhook had its answer.
struct Rest {
    events: u64,
    /// How long it took to handle them.
    time: Duration,
}

/// Measures the journal with each number of connections, and prints how it did.
pub(crate) async fn run() -> anyhow::Result<()> {
    // Nothing is asked of it.
    let line = Line::start().await?;
    let (bot, admin) = Bot::boundless(&line.url).await?;
    let mut acknowledged = 0;
    let mut rounds = Vec::new();
    for connections in CONNECTIONS {
        let syncs = task::spawn_blocking(|| disk::measure(Path::new(FOLDER))).await??;
        let warm_up = acknowledge(bot.address, connections, WARM_UP).await?;
        let measured = acknowledge(bot.address, connections, ROUND).await?;
        acknowledged += warm_up.events() + measured.events();
        // So that each round begins with nothing waiting.
        let rest = drain(&admin).await?;
        rounds.push(Round {
            connections,
            syncs,
            acknowledged: measured,
            rest,
        });
    }
    let handled = admin.handled().await?;
    ensure!(
        handled == acknowledged,
        "{acknowledged} events were acknowledged, {handled} were handled"
    );
    print(&rounds, handled);
    Ok(())
}

/// Keeps `connections` busy for `time`.
async fn acknowledge(
    bot: SocketAddr,
    connections: usize,
    time: Duration,
) -> anyhow::Result<Acknowledged> {
    let started = Instant::now();
    let mut senders = JoinSet::new();
    for _ in 0..connections {
        senders.spawn(send(bot, started + time));
    }
    let mut latencies = Vec::new();
    while let Some(sender) = senders.join_next().await {
        latencies.append(&mut sender??);
    }
    Ok(Acknowledged {
        time: started.elapsed(),
        latencies,
    })
}

/// Posts webhooks over one connection until `end`, each when the last has its answer. Returns the
/// milliseconds that each took.
async fn send(bot: SocketAddr, end: Instant) -> anyhow::Result<Vec<f64>> {
    let mut connection = Connection::open(bot).await?;
    let mut latencies = Vec::new();
    while Instant::now() < end {
        let request = webhook::request(&webhook::unfollow(), webhook::CHANNELS);
        let started = Instant::now();
        connection.send(&request).await?;
        latencies.push(milliseconds(started.elapsed()));
    }
    Ok(latencies)
}

/// Waits until no event waits.
async fn drain(admin: &Admin) -> anyhow::Result<Rest> {
    let started = Instant::now();
    let events = admin.waiting().await?;
    let mut left = events;
    let mut progress = Instant::now();
    while left > 0 {
        ensure!(progress.elapsed() < PATIENCE, "{left} events stay waiting");
        sleep(LOOK).await;
        let waiting = admin.waiting().await?;
        if waiting < left {
            progress = Instant::now();
        }
        left = waiting;
    }
    Ok(Rest {
        events,
        time: started.elapsed(),
    })
}

impl Acknowledged {
    fn events(&self) -> u64 {
        self.latencies.len() as u64
    }

    fn rate(&self) -> f64 {
        self.events() as f64 / self.time.as_secs_f64()
    }
}

fn print(rounds: &[Round], handled: u64) {
    println!();
    println!(
        "The journal, webhook to 200: one new event each, of {} users, {} s for each row",
        webhook::USERS,
        ROUND.as_secs()
    );
    println!("beside bare syncs of the same file system: 4 KiB written over, and fdatasync");
    println!(
        "  {:>11}  {:>9} {:>8} {:>8}  {:>9} {:>8} {:>8}  {:>9}",
        "", "acked", "p50", "p99", "bare", "p50", "p99", "events/s"
    );
    println!(
        "  {:>11}  {:>9} {:>8} {:>8}  {:>9} {:>8} {:>8}  {:>9}",
        "connections", "events/s", "ms", "ms", "syncs/s", "ms", "ms", "/ syncs/s"
    );
    for round in rounds {
        let Round {
            connections,
            syncs,
            acknowledged,
            ..
        } = round;
        println!(
            "  {connections:>11}  {:>9.0} {:>8.2} {:>8.2}  {:>9.0} {:>8.2} {:>8.2}  {:>9.2}",
            acknowledged.rate(),
            percentile(&acknowledged.latencies, 50.0),
            percentile(&acknowledged.latencies, 99.0),
            syncs.rate,
            percentile(&syncs.times, 50.0),
            percentile(&syncs.times, 99.0),
            acknowledged.rate() / syncs.rate,
        );
    }
    for Round {
        connections, rest, ..
    } in rounds
    {
        println!(
            "  after {connections:>3} connections: {} events left, handled in {:.2} s",
            rest.events,
            rest.time.as_secs_f64()
        );
    }
    println!("  all {handled} acknowledged events were handled");
}
