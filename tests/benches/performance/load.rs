//! The load on an echo bot: signed webhooks over connections that are kept alive, as LINE's are.
//!
//! In the closed loop the bot sets the pace, which shows how much it does. In the open loop a clock does, and
//! latencies count from when an event was due, not from when it could be sent: so a bot that stalls hides
//! none of the events that would have come meanwhile (no coordinated omission).

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::bot::Bot;
use crate::client::Connection;
use crate::figures::milliseconds;
use crate::line::Replies;
use crate::stage::PATIENCE;
use crate::webhook;

/// How many events are sent and not replied to yet, for each connection: enough to keep a bot busy, and far
/// from the 1,000 waiting events that botbox takes for one channel.
const IN_FLIGHT: u32 = 4;

/// How often it is looked which events are due: each 50 µs, a fraction of what the quickest answer takes.
const TURN: Duration = Duration::from_micros(50);

/// What a bot did in a while.
pub(crate) struct Done {
    pub(crate) events: u64,
    pub(crate) time: Duration,
}

/// Milliseconds of each event, from when it was due.
#[derive(Default)]
pub(crate) struct Latencies {
    /// To the answer of its webhook.
    pub(crate) acknowledged: Vec<f64>,
    /// To its reply.
    pub(crate) replied: Vec<f64>,
}

/// Keeps a bot busy for `time`, then waits until it has replied to everything.
pub(crate) async fn closed(
    bot: &Bot,
    replies: &Arc<Replies>,
    connections: u32,
    time: Duration,
) -> anyhow::Result<Done> {
    let started = Instant::now();
    let in_flight = IN_FLIGHT * connections;
    // As if so many replies had come.
    replies.uncounted.add_permits(in_flight as usize);
    let mut senders = JoinSet::new();
    for _ in 0..connections {
        let to = (bot.address, bot.channels);
        senders.spawn(send_while(to, Arc::clone(replies), started + time));
    }
    let mut sent = 0;
    while let Some(sender) = senders.join_next().await {
        sent += sender??;
    }
    count(replies, in_flight).await?;
    let time = started.elapsed();
    let events = replies.take().len() as u64;
    ensure!(events == sent, "{sent} events had {events} replies");
    Ok(Done { events, time })
}

/// Posts webhooks over one connection until `end`, each once another event has its reply. Returns how many.
async fn send_while(
    (bot, channels): (SocketAddr, u64),
    replies: Arc<Replies>,
    end: Instant,
) -> anyhow::Result<u64> {
    let mut connection = Connection::open(bot).await?;
    let mut sent = 0;
    while Instant::now() < end {
        count(&replies, 1).await?;
        let (_, body) = webhook::message();
        connection.send(&webhook::request(&body, channels)).await?;
        sent += 1;
    }
    Ok(sent)
}

/// Sends `rate` events a second to a bot, evenly, for `time`, whatever it does.
pub(crate) async fn open(
    bot: &Bot,
    replies: &Arc<Replies>,
    connections: u32,
    rate: f64,
    time: Duration,
) -> anyhow::Result<Latencies> {
    let pace = Arc::new(Pace::new(rate, time));
    let mut senders = JoinSet::new();
    for _ in 0..connections {
        senders.spawn(send_due((bot.address, bot.channels), Arc::clone(&pace)));
    }
    // A thread of its own: a timer of tokio is a millisecond late.
    let clock = thread::spawn(move || pace.keep());
    let mut latencies = Latencies::default();
    let mut due = HashMap::new();
    while let Some(sender) = senders.join_next().await {
        for sent in sender?? {
            let latency = sent.answered.saturating_duration_since(sent.due);
            latencies.acknowledged.push(milliseconds(latency));
            due.insert(sent.number, sent.due);
        }
    }
    // It has ended, for all was sent.
    drop(clock.join());
    count(replies, due.len().try_into()?).await?;
    for (number, arrived) in replies.take() {
        let due = due.get(&number).context("a reply to no event")?;
        let latency = arrived.saturating_duration_since(*due);
        latencies.replied.push(milliseconds(latency));
    }
    Ok(latencies)
}

/// When events are due.
struct Pace {
    started: Instant,
    interval: Duration,
    events: u32,
    /// How many are a sender's.
    taken: AtomicU32,
    /// A permit for each that is due.
    due: Semaphore,
}

/// An event that was sent in its time.
struct Sent {
    number: u64,
    due: Instant,
    answered: Instant,
}

impl Pace {
    fn new(rate: f64, time: Duration) -> Self {
        Self {
            started: Instant::now(),
            interval: Duration::from_secs_f64(1.0 / rate),
            events: (rate * time.as_secs_f64()) as u32,
            taken: AtomicU32::new(0),
            due: Semaphore::new(0),
        }
    }

    /// Waits until the next event is due, and returns when that was.
    async fn next(&self) -> Option<Instant> {
        let event = self.taken.fetch_add(1, Ordering::Relaxed);
        if event >= self.events {
            return None;
        }
        self.due.acquire().await.ok()?.forget();
        Some(self.started + self.interval * event)
    }

    /// Lets events be sent as they become due. Blocks the thread.
    fn keep(&self) {
        let mut due = 0;
        while due < self.events {
            thread::sleep(TURN);
            let passed = self.started.elapsed().div_duration_f64(self.interval);
            let now = (passed as u32).min(self.events);
            self.due.add_permits((now - due) as usize);
            due = now;
        }
    }
}

/// Posts webhooks over one connection as they become due.
async fn send_due(
    (bot, channels): (SocketAddr, u64),
    pace: Arc<Pace>,
) -> anyhow::Result<Vec<Sent>> {
    let mut connection = Connection::open(bot).await?;
    let mut sent = Vec::new();
    while let Some(due) = pace.next().await {
        let (number, body) = webhook::message();
        connection.send(&webhook::request(&body, channels)).await?;
        let answered = Instant::now();
        sent.push(Sent {
            number,
            due,
            answered,
        });
    }
    Ok(sent)
}

/// Counts so many replies, once they are there.
async fn count(replies: &Replies, count: u32) -> anyhow::Result<()> {
    let counted = timeout(PATIENCE, replies.uncounted.acquire_many(count)).await;
    counted
        .context("events were lost: their replies do not come")??
        .forget();
    Ok(())
}
