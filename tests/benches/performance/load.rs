//! The load on an echo bot: signed webhooks, as fast as the bot replies.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::PATIENCE;
use crate::client::Connection;
use crate::line::{IN_FLIGHT, Traffic};
use crate::webhook;

/// LINE keeps connections alive; how many it has is not documented.
pub(crate) const CONNECTIONS: usize = 32;

/// What a bot did in a while.
pub(crate) struct Done {
    pub(crate) events: u64,
    pub(crate) time: Duration,
}

/// Keeps a bot busy for `time`, then waits until it has replied to everything.
pub(crate) async fn run(
    bot: SocketAddr,
    traffic: &Arc<Traffic>,
    time: Duration,
) -> anyhow::Result<Done> {
    let started = Instant::now();
    let before = traffic.replies();
    let mut senders = JoinSet::new();
    for _ in 0..CONNECTIONS {
        senders.spawn(send(bot, Arc::clone(traffic), started + time));
    }
    let mut sent = 0;
    while let Some(sender) = senders.join_next().await {
        sent += sender??;
    }
    let replied = timeout(PATIENCE, traffic.room.acquire_many(IN_FLIGHT)).await;
    drop(replied.context("events were lost: the last replies do not come")??);
    let time = started.elapsed();
    let events = traffic.replies() - before;
    ensure!(events == sent, "{sent} events had {events} replies");
    Ok(Done { events, time })
}

/// Posts webhooks over one connection until `end`, and returns how many.
async fn send(bot: SocketAddr, traffic: Arc<Traffic>, end: Instant) -> anyhow::Result<u64> {
    let mut connection = Connection::open(bot).await?;
    let mut sent = 0;
    while Instant::now() < end {
        let room = timeout(PATIENCE, traffic.room.acquire()).await;
        // The reply gives it back.
        room.context("the replies do not come")??.forget();
        let request = webhook::request(&webhook::message());
        connection.send(&request).await?;
        sent += 1;
    }
    Ok(sent)
}
