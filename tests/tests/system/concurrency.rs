//! Order within a chat, and independence of chats and channels.

use botbox_tests::{Channel, Host, Line, PATIENCE, Sender};
use serde_json::json;

#[tokio::test]
async fn a_chat_is_answered_in_order() {
    let line = Line::start().await;
    let bot = line.bot("Echo").await;
    let _host = Host::with(&line, &bot, "echo").await;
    let mut users = Vec::new();
    for number in 0..10 {
        users.push(line.user(&format!("User {number}")).await);
    }
    // Each webhook has one event of each user, so that chats alternate.
    for round in 0..20 {
        let events = users.iter().map(|user| {
            let message = json!({"type": "text", "text": round.to_string()});
            json!({"as": user.id, "event": {"type": "message", "message": message}})
        });
        assert_eq!(line.send(&bot, events.collect()).await.status, Some(200));
    }
    for user in &users {
        let mut last = 0;
        for round in 0..20 {
            let sent = line.next(&bot, &user.id, last).await;
            assert_eq!(sent.text(), round.to_string());
            last = sent.seq;
        }
    }
}

#[tokio::test]
async fn a_slow_chat_holds_up_itself_only() {
    let line = Line::start().await;
    let bot = line.bot("Probe").await;
    let _host = Host::with(&line, &bot, "probe").await;
    let slow = line.user("Slow").await;
    let quick = line.user("Quick").await;
    line.fault("getProfile", 1, json!({"delay": 5000})).await;
    line.say(&bot, &slow, &format!("profile {}", slow.id)).await;
    line.say(&bot, &slow, "second").await;
    assert_eq!(line.ask(&bot, &quick, "quick").await, "quick");
    let chat = line.messages(&bot, &slow.id, 0, 0).await;
    assert!(chat.iter().all(|it| it["from"] == "user"), "{chat:?}");
    let first = line.next(&bot, &slow.id, 0).await;
    assert_eq!(first.text(), "Slow");
    let second = line.next(&bot, &slow.id, first.seq).await;
    assert_eq!(second.text(), "second");
}

/// More events than the pool has slots: they wait, and none fails.
#[tokio::test]
async fn a_full_pool_is_waited_for() {
    let line = Line::start().await;
    let bot = line.bot("Echo").await;
    let host = Host::beside(&line)
        .tables("[runtime]\nslots = 2\n")
        .channel(Channel::new("bot", &bot, "echo"))
        .start(&line)
        .await;
    line.fault("replyMessage", 20, json!({"delay": 50})).await;
    let mut users = Vec::new();
    for number in 0..20 {
        let user = line.user(&format!("User {number}")).await;
        line.say(&bot, &user, "hello").await;
        users.push(user);
    }
    for user in &users {
        assert_eq!(line.next(&bot, &user.id, 0).await.text(), "hello");
    }
    let status = host.status().await;
    let failed = &status["channels"][0]["events"]["failed"];
    assert_eq!(failed, 0, "{:?}", host.log);
}

/// A slot comes free when its instance is gone, and not a moment before: the next event may have it at once.
#[tokio::test]
async fn a_slot_is_given_with_room_for_an_instance() {
    let line = Line::start().await;
    let bot = line.bot("Echo").await;
    let host = Host::beside(&line)
        .tables("[runtime]\nslots = 2\n")
        .channel(Channel::new("bot", &bot, "echo"))
        .start(&line)
        .await;
    // What echo ignores. So nothing but instances takes time.
    let event = |number: usize| {
        json!({
            "type": "unfollow",
            "webhookEventId": format!("01{number:024}"),
            "timestamp": 0,
            "mode": "active",
            "deliveryContext": {"isRedelivery": false},
            "source": {"type": "user", "userId": format!("U{number:032}")},
        })
    };
    let events: Vec<_> = (0..4_000).map(event).collect();
    let (sender, url) = (Sender::new(), host.webhook("bot"));
    let answer = sender.send(&url, &bot, &events).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text);
    host.drained(PATIENCE).await;
    let status = host.status().await;
    let events = &status["channels"][0]["events"];
    assert_eq!(
        (&events["handled"], &events["failed"]),
        (&json!(4_000), &json!(0))
    );
}

/// All of one channel's turns are taken; another channel has its own.
#[tokio::test]
async fn a_busy_channel_does_not_delay_another() {
    let line = Line::start().await;
    let busy = line.bot("Busy").await;
    let calm = line.bot("Calm").await;
    let _host = Host::beside(&line)
        .channel(
            Channel::new("busy", &busy, "probe")
                .with("grants = [\"reply\", \"profile\"]\nlimits = { concurrency = 2 }"),
        )
        .channel(Channel::new("calm", &calm, "echo"))
        .start(&line)
        .await;
    let user = line.user("Aiko").await;
    line.fault("getProfile", 1_000, json!({"hang": true})).await;
    for number in 0..50 {
        let user = line.user(&format!("User {number}")).await;
        line.say(&busy, &user, &format!("profile {}", user.id))
            .await;
    }
    line.expect_calls(&busy, "/profile", 2).await;
    assert_eq!(line.ask(&calm, &user, "calm?").await, "calm?");
}
