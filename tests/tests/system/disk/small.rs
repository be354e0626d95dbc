//! A file system that really is full: what the kernel and SQLite do then is theirs.

use std::time::Duration;

use botbox_tests::{Channel, Host, Line, PATIENCE, Sender, SmallDisk};
use serde_json::json;
use tokio::time::{sleep, timeout};

/// How large it is: a host's databases and logs fit in, and it is full soon.
const BYTES: u64 = 64 << 20;

/// First what plugins keep is refused, then webhooks. All that was acknowledged is handled when there is
/// room again, without a new start.
#[tokio::test]
async fn a_small_disk_is_full_and_has_room_again() {
    let Some(disk) = SmallDisk::mount(BYTES) else {
        return;
    };
    let line = Line::start().await;
    let bot = line.bot("Bot").await;
    let user = line.user("Aiko").await;
    let channel = Channel::new("bot", &bot, "probe");
    let host = Host::beside(&line).data(&disk.path().join("data"));
    let host = host.channel(channel).start(&line).await;
    assert_eq!(
        line.ask(&bot, &user, "bucket tea set sort sencha").await,
        "()"
    );

    // Less than a tenth of it, which the host measures every 100 ms.
    disk.fill(4 << 20);
    sleep(Duration::from_millis(200)).await;
    let kept = line.ask(&bot, &user, "bucket tea set sort matcha").await;
    assert!(kept.contains("are for webhooks"), "{kept}");
    assert_eq!(
        line.ask(&bot, &user, "bucket tea get sort").await,
        "Some(\"sencha\")"
    );

    disk.fill(0);
    let sender = Sender::new();
    let mut acknowledged = Vec::new();
    let mut send = async |id: String| {
        let event = json!({
            "type": "unfollow",
            "webhookEventId": id,
            "timestamp": 0,
            "mode": "active",
            "deliveryContext": {"isRedelivery": false},
            "source": {"type": "user", "userId": user.id},
            "padding": "x".repeat(4_000),
        });
        let url = host.webhook("bot");
        let answer = sender.send(&url, &bot, &[event]).await.unwrap();
        if answer.status == 200 {
            acknowledged.push(id);
        }
        answer
    };
    let mut ids = (0..).map(|number| format!("01{number:024}"));
    let refused = loop {
        let answer = send(ids.next().unwrap()).await;
        if answer.status != 200 {
            break answer;
        }
    };
    assert_eq!(refused.status, 503, "{}", refused.text);
    let why = "the disk is full";
    assert!(refused.text.contains(why), "{}", refused.text);

    disk.make_room();
    let has_room = async {
        while send(ids.next().unwrap()).await.status != 200 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, has_room).await.unwrap();
    host.drained(PATIENCE).await;
    let kept = line.ask(&bot, &user, "bucket tea get sort").await;
    assert_eq!(kept, "Some(\"sencha\")");
    for id in acknowledged {
        host.expect("bot", &id, "handled").await;
    }
    host.kill().await;
}
