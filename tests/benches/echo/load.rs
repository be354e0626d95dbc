//! The load generator: posts signed webhooks, as fast as the bot replies.
//!
//! It shares the processors with the bots, so it speaks just as much HTTP as it needs.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use botbox_line::signature;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::PATIENCE;
use crate::bot::SECRET;
use crate::line::{IN_FLIGHT, Traffic};

/// LINE keeps connections alive; how many it has is not documented.
pub(crate) const CONNECTIONS: usize = 32;

/// From so many users that no two events in flight are of one chat: those would wait for one
/// another.
const USERS: u64 = 100_000;

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
    let mut connection = TcpStream::connect(bot).await?;
    connection.set_nodelay(true)?;
    let mut sent = 0;
    while Instant::now() < end {
        let room = timeout(PATIENCE, traffic.room.acquire()).await;
        // The reply gives it back.
        room.context("the replies do not come")??.forget();
        post(&mut connection, &request()).await?;
        sent += 1;
    }
    Ok(sent)
}

async fn post(connection: &mut TcpStream, request: &[u8]) -> anyhow::Result<()> {
    connection.write_all(request).await?;
    let mut answer = [0; 1024];
    let mut length = 0;
    // A success has no body: it ends with its head.
    while !answer[..length].ends_with(b"\r\n\r\n") {
        let read = timeout(PATIENCE, connection.read(&mut answer[length..])).await??;
        ensure!(read > 0, "the bot closed the connection");
        length += read;
        let text = String::from_utf8_lossy(&answer[..length]);
        ensure!(text.starts_with("HTTP/1.1 200"), "the bot answered {text}");
    }
    Ok(())
}

/// A webhook with one text event: a new one each time, as LINE repeats no event id.
fn request() -> Vec<u8> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let user = number % USERS;
    let body = format!(
        r#"{{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[{{"type":"message","message":{{"type":"text","id":"{number:018}","quoteToken":"yHAz4Ua2wx7{number:024}","text":"Is the table at seven still free?"}},"webhookEventId":"01{number:024}","deliveryContext":{{"isRedelivery":false}},"timestamp":1753000000000,"source":{{"type":"user","userId":"U{user:032}"}},"replyToken":"{number:032}","mode":"active"}}]}}"#
    );
    let signature = signature::sign(SECRET, body.as_bytes());
    let length = body.len();
    format!(
        "POST /webhook/echo HTTP/1.1\r\nhost: bots.example.com\r\nuser-agent: LineBotWebhook/2.0\r\n\
         content-type: application/json; charset=utf-8\r\ncontent-length: {length}\r\n\
         x-line-signature: {signature}\r\n\r\n{body}"
    )
    .into_bytes()
}
