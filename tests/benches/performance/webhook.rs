//! Webhooks with one event: a new one each time, as LINE repeats no event id.

use std::sync::atomic::{AtomicU64, Ordering};

use botbox_line::signature;

/// Signs them.
pub(crate) const SECRET: &str = "8c570fa6dd201bb328f1c1eac23a96d8";

/// From so many users that no two events in flight are of one chat: those would wait for one
/// another.
pub(crate) const USERS: u64 = 100_000;

/// How many channels the events are of, unless a part of the benchmark says otherwise. One takes no more than
/// 2,000 replies in a second, for that is LINE's rate.
pub(crate) const CHANNELS: u64 = 16;

/// A text, which echo replies to, and the event's number.
pub(crate) fn message() -> (u64, String) {
    let number = next();
    let about = about(number);
    let body = format!(
        r#"{{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[{{"type":"message","message":{{"type":"text","id":"{number:018}","quoteToken":"yHAz4Ua2wx7{number:024}","text":"Is the table at seven still free?"}},"replyToken":"{number:032}",{about}}}]}}"#
    );
    (number, body)
}

/// The number of the event that a reply is to.
pub(crate) fn replied_to(reply: &[u8]) -> Option<u64> {
    let reply = std::str::from_utf8(reply).ok()?;
    let (_, token) = reply.split_once(r#""replyToken":""#)?;
    token.split('"').next()?.parse().ok()
}

/// What echo ignores. So it calls nothing.
pub(crate) fn unfollow() -> String {
    unfollows(1)
}

/// A webhook of so many such events.
pub(crate) fn unfollows(events: u64) -> String {
    let events = (0..events).map(|_| format!(r#"{{"type":"unfollow",{}}}"#, about(next())));
    let events: Vec<_> = events.collect();
    let events = events.join(",");
    format!(r#"{{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[{events}]}}"#)
}

/// The request that brings a webhook to the next of so many channels, signed.
pub(crate) fn request(body: &str, channels: u64) -> Vec<u8> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let channel = NEXT.fetch_add(1, Ordering::Relaxed) % channels;
    request_to(&format!("echo-{channel}"), body)
}

/// The request that brings a webhook to a channel, signed.
pub(crate) fn request_to(channel: &str, body: &str) -> Vec<u8> {
    let signature = signature::sign(SECRET, body.as_bytes());
    let length = body.len();
    format!(
        "POST /webhook/{channel} HTTP/1.1\r\nhost: bots.example.com\r\nuser-agent: LineBotWebhook/2.0\r\n\
         content-type: application/json; charset=utf-8\r\ncontent-length: {length}\r\n\
         x-line-signature: {signature}\r\n\r\n{body}"
    )
    .into_bytes()
}

fn next() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// What all events have.
fn about(number: u64) -> String {
    let user = number % USERS;
    format!(
        r#""webhookEventId":"01{number:024}","deliveryContext":{{"isRedelivery":false}},"timestamp":1753000000000,"source":{{"type":"user","userId":"U{user:032}"}},"mode":"active""#
    )
}
