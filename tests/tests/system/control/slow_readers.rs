//! Who reads a stream too slowly holds up nobody, and is told how much it missed.

use std::time::Duration;

use botbox_tests::{ADMIN_TOKEN, Bot, PATIENCE, Sender, User, message};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

use super::api::Stage;
use super::streams::Stream;

/// How many events there are: three live events each, with reasons of 4 KiB in two of them. That is more than the
/// system's buffers and the ring have together.
const EVENTS: usize = 1_200;

/// How many there are in a webhook.
const WEBHOOK: usize = 100;

/// A stream of which nothing is read, as a client of HTTP/1.0: what comes is not in chunks.
async fn unread(stage: &Stage, path: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 << 10).unwrap();
    let address = stage.host.admin_url.strip_prefix("http://").unwrap();
    let mut stream = socket.connect(address.parse().unwrap()).await.unwrap();
    let request = format!("GET /v1/{path} HTTP/1.0\r\nauthorization: Bearer {ADMIN_TOKEN}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    // It follows from its first line on.
    let mut head = Vec::new();
    while !head.ends_with(b"\n\n") {
        let mut byte = [0];
        timeout(PATIENCE, stream.read_exact(&mut byte))
            .await
            .unwrap()
            .unwrap();
        head.extend(byte);
    }
    let head = String::from_utf8(head).unwrap();
    assert!(head.contains(" 200 OK"), "{head}");
    stream
}

/// Has so many events fail, each for a long reason.
async fn fail(stage: &Stage, bot: &Bot) {
    let url = stage.host.webhook("shop");
    for webhook in 0..EVENTS / WEBHOOK {
        let events: Vec<_> = (0..WEBHOOK)
            .map(|number| {
                let id = format!("01{:024}", webhook * WEBHOOK + number);
                let chat = User {
                    id: format!("U{number:032x}"),
                };
                message(&chat, &id, &id, "fail-with-a-novel")
            })
            .collect();
        let answer = Sender::new().send(&url, bot, &events).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

#[tokio::test]
async fn of_live_events() {
    let stage = Stage::new().await;
    let (bot, _) = stage.serving("shop").await;
    let hostile = stage.upload("hostile").await;
    let number = stage.deployment("shop", &hostile, "hostile").await;
    stage.activate("shop", number).await;
    let mut slow = unread(&stage, "events").await;
    let mut quick = Stream::open(&stage, ADMIN_TOKEN, "events", None)
        .await
        .unwrap();
    // Nobody waits for who does not read: the events end, and the other stream is told of the switch after them.
    let told = quick.until(|it| it.name == "switch");
    let happen = async {
        fail(&stage, &bot).await;
        let ended = timeout(PATIENCE, async {
            while stage.get("journal/stats").await.ok()["channels"][0]["dead"] != EVENTS {
                sleep(Duration::from_millis(50)).await;
            }
        });
        ended.await.unwrap();
        stage.activate("shop", 1).await;
    };
    tokio::join!(told, happen);
    // It reads on until the switch, which came last: what it has and what it missed are all.
    let mut text = String::new();
    let mut bytes = vec![0; 64 << 10];
    while !text.contains("event: switch") && !text.contains("event:switch") {
        let count = timeout(PATIENCE, slow.read(&mut bytes))
            .await
            .unwrap()
            .unwrap();
        assert!(count > 0, "the stream has ended");
        text.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
    let mut expected = None;
    let mut lagged = 0;
    for block in text.split("\n\n") {
        let field = |name: &str| {
            let mut lines = block.lines();
            lines
                .find_map(|it| it.strip_prefix(name))
                .unwrap_or_default()
                .trim()
        };
        if field("event:") == "lagged" {
            let told: Value = serde_json::from_str(field("data:")).unwrap();
            let count = told["missed"].as_u64().unwrap();
            lagged += count;
            expected = expected.map(|it: u64| it + count);
        } else if let Some((_, number)) = field("id:").split_once('-') {
            let number: u64 = number.parse().unwrap();
            assert_eq!(number, *expected.get_or_insert(number), "{block}");
            expected = Some(number + 1);
        }
    }
    assert!(lagged > 0, "it missed nothing in {} bytes", text.len());
}
