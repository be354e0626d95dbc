//! Webhooks: which are taken, and which refused how.

use std::time::Duration;

use botbox_line::signature::sign;
use botbox_tests::{Channel, Host, Line, PATIENCE, Stage};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn post(stage: &Stage, channel: &str, signatures: &[&str], body: &[u8]) -> (u16, String) {
    let request = Client::new().post(stage.host.webhook(channel));
    let mut request = request.body(body.to_vec());
    for signature in signatures {
        request = request.header("X-Line-Signature", *signature);
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.text().await.unwrap())
}

async fn post_signed(stage: &Stage, body: &[u8]) -> (u16, String) {
    let signature = sign(&stage.bot.secret, body);
    post(stage, "bot", &[&signature], body).await
}

/// The host goes on serving, whatever came before.
async fn still_serves(stage: &Stage) {
    assert_eq!(stage.ask("well?").await, "well?");
}

const EMPTY: &[u8] = br#"{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}"#;

/// The vector of LINE's documentation, "Verify webhook signature".
#[tokio::test]
async fn the_published_signature_is_taken_and_one_bit_off_refused() {
    let line = Line::start().await;
    let secret = "8c570fa6dd201bb328f1c1eac23a96d8";
    let bot = json!({"displayName": "Vector", "channelSecret": secret});
    let bot = line.bot_with(bot).await;
    let host = Host::with(&line, &bot, "echo").await;
    let post = async |body: Vec<u8>| {
        let request = Client::new().post(host.webhook("bot")).body(body);
        let signature = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=";
        let request = request.header("x-line-signature", signature);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(post(EMPTY.to_vec()).await, 200);
    for bit in [0, 100, EMPTY.len() * 8 - 1] {
        let mut body = EMPTY.to_vec();
        body[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(post(body).await, 401, "bit {bit}");
    }
}

#[tokio::test]
async fn bad_signatures_are_refused() {
    let stage = Stage::with("echo").await;
    let body = json!({"destination": stage.bot.id, "events": [
        {"type": "message", "source": {"type": "user", "userId": stage.user.id},
         "replyToken": "x", "message": {"id": "1", "type": "text", "text": "let me in"}},
    ]});
    let body = body.to_string();
    let right = sign(&stage.bot.secret, body.as_bytes());
    let of_another = sign("another secret", body.as_bytes());
    for (signatures, why) in [
        (vec![], "is missing"),
        (vec![of_another.as_str()], "is not the body's"),
        (vec!["no base64 at all!"], "is not the body's"),
        (vec![""], "is not the body's"),
        (vec![&right[..10]], "is not the body's"),
        (vec![right.as_str(), right.as_str()], "more than one"),
        (vec![of_another.as_str(), right.as_str()], "more than one"),
    ] {
        let (status, answer) = post(&stage, "bot", &signatures, body.as_bytes()).await;
        assert_eq!(status, 401, "{signatures:?}");
        assert!(answer.contains(why), "{signatures:?}: {answer}");
    }
    assert_eq!(
        post(&stage, "no-bot", &[&right], body.as_bytes()).await.0,
        404
    );
    still_serves(&stage).await;
    let calls = stage.line.calls(&stage.bot, "/message/reply").await;
    assert_eq!(calls.len(), 1, "no refused event reached the plugin");
}

#[tokio::test]
async fn bodies_that_are_no_webhooks_are_refused() {
    let stage = Stage::with("echo").await;
    for body in [
        "",
        "{",
        "[]",
        "\"events\"",
        "{}",
        r#"{"events":{}}"#,
        r#"{"events":[7]}"#,
        r#"{"destination":"U","events":[{"type":"follow"},[]]}"#,
        "\u{0}\u{1}",
    ] {
        let (status, answer) = post_signed(&stage, body.as_bytes()).await;
        assert_eq!(status, 400, "{body:?}");
        assert!(
            answer.contains("not a webhook request"),
            "{body:?}: {answer}"
        );
    }
    let large = vec![b' '; 2 << 20];
    let (status, answer) = post_signed(&stage, &large).await;
    assert_eq!(
        (status, answer.as_str()),
        (413, "the body is larger than 1048576 bytes\n")
    );
    still_serves(&stage).await;
}

#[tokio::test]
async fn a_connectivity_check_is_answered() {
    let stage = Stage::with("echo").await;
    assert_eq!(
        stage.line.send(&stage.bot, Vec::new()).await.status,
        Some(200)
    );
    assert_eq!(post_signed(&stage, EMPTY).await.0, 200);
    let health = Client::new().get(format!("{}/healthz", stage.host.url));
    assert_eq!(health.send().await.unwrap().status(), 200);
}

/// Not answering in time, and breaking off.
#[tokio::test]
async fn slow_and_broken_bodies_do_not_hold_the_host() {
    let stage = Stage::with("echo").await;
    let address = stage.host.url.trim_start_matches("http://");
    let head =
        "POST /webhook/bot HTTP/1.1\r\nhost: x\r\nx-line-signature: x\r\ncontent-length: 9\r\n\r\n";

    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(head.as_bytes()).await.unwrap();
    slow.write_all(b"{").await.unwrap();
    let mut broken = TcpStream::connect(address).await.unwrap();
    broken.write_all(head.as_bytes()).await.unwrap();
    drop(broken);

    still_serves(&stage).await;
    let mut answer = String::new();
    let read = slow.read_to_string(&mut answer);
    tokio::time::timeout(PATIENCE, read).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("did not come within"), "{answer}");
}

/// Its events may be in the journal when it goes: they are handled, though nothing else comes.
#[tokio::test]
async fn a_sender_that_goes_away_leaves_nothing_undone() {
    let stage = Stage::with("echo").await;
    let handled = async {
        // On a busy machine the host may see none before it is gone.
        for round in 0.. {
            send_and_go_away(&stage, round).await;
            for _ in 0..100 {
                let status = stage.host.status().await;
                let channel = &status["channels"][0];
                if channel["waiting"] == 0 && channel["events"]["handled"] != 0 {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    };
    tokio::time::timeout(PATIENCE, handled).await.unwrap();
}

/// Sends webhooks without waiting for their answers.
async fn send_and_go_away(stage: &Stage, round: usize) {
    let address = stage.host.url.trim_start_matches("http://");
    for number in 0..50 {
        let user = &stage.user.id;
        let event = json!({
            "type": "unfollow", "mode": "active", "timestamp": 1,
            "source": {"type": "user", "userId": user},
            "webhookEventId": format!("gone-{round}-{number}"),
        });
        let body = json!({"destination": "U0", "events": [event]}).to_string();
        let signature = sign(&stage.bot.secret, body.as_bytes());
        let length = body.len();
        let request = format!(
            "POST /webhook/bot HTTP/1.1\r\nhost: bots.test\r\ncontent-length: {length}\r\n\
             x-line-signature: {signature}\r\n\r\n{body}"
        );
        let mut sender = TcpStream::connect(address).await.unwrap();
        sender.write_all(request.as_bytes()).await.unwrap();
        drop(sender);
    }
}

/// A full channel answers 503, and takes webhooks again when there is room. Other channels do not
/// notice.
#[tokio::test]
async fn overload_is_refused_and_passes() {
    let line = Line::start().await;
    let busy = line.bot("Busy").await;
    let calm = line.bot("Calm").await;
    let busy_channel = Channel::new("busy", &busy, "probe")
        .with("grants = [\"reply\"]\nlimits = { concurrency = 2, backlog_events = 100 }");
    let _host = Host::beside(&line)
        .channel(busy_channel)
        .channel(Channel::new("calm", &calm, "echo"))
        .start(&line)
        .await;
    let user = line.user("Aiko").await;
    let text = |text: String| {
        let message = json!({"type": "text", "text": text});
        json!({"as": user.id, "event": {"type": "message", "message": message}})
    };
    // The first event's reply keeps its chat waiting: all others of the chat stay in line.
    line.fault("replyMessage", 1, json!({"delay": 3000})).await;
    let batch = |from: usize, to: usize| -> Vec<Value> {
        (from..to).map(|number| text(number.to_string())).collect()
    };
    assert_eq!(line.send(&busy, batch(0, 100)).await.status, Some(200));
    assert_eq!(line.send(&busy, batch(0, 1)).await.status, Some(503));
    let other = line.user("Ben").await;
    assert_eq!(line.ask(&calm, &other, "calm?").await, "calm?");

    let mut last = 0;
    for number in 0..100 {
        let sent = line.next(&busy, &user.id, last).await;
        assert_eq!(sent.text(), number.to_string());
        last = sent.seq;
    }
    assert_eq!(line.ask(&busy, &other, "room again").await, "room again");
}

/// A typing mistake in the webhook's URL is told from the other side, too.
#[tokio::test]
async fn near_misses_are_told_what_was_expected() {
    let stage = Stage::with("echo").await;
    let http = Client::new();
    let url = &stage.host.url;
    for (request, status) in [
        (http.post(format!("{url}/webhook/bot/")), 404),
        (http.post(format!("{url}/webhook/bot/line")), 404),
        (http.post(format!("{url}/webhook")), 404),
        (http.post(format!("{url}/webhook/")), 404),
        (http.get(format!("{url}/webhook/bot")), 405),
    ] {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{response:?}");
        let said = response.text().await.unwrap();
        let expected = "webhooks are taken at `POST /webhook/CHANNEL`";
        assert!(said.starts_with(expected), "{said}");
    }
    assert_eq!(stage.host.status().await["webhooks"]["misdirected"], 5);
    stage.host.log.expect("not at `POST /webhook/bot/`").await;
    stage.host.log.expect("not at `GET /webhook/bot`").await;
}

#[tokio::test]
async fn a_wrong_secret_is_a_warning_that_says_what_to_check() {
    let right = |channel: Channel| channel.secrets(&["not the bot's secret"]);
    let stage = Stage::setting("echo", right, |host| host).await;
    for _ in 0..30 {
        let delivery = stage.line.say(&stage.bot, &stage.user, "hello").await;
        assert_eq!(delivery.status, Some(401));
    }
    let told = stage.host.log.expect("check that `secret` is").await;
    assert_eq!(told["level"], "WARN");
    assert_eq!(told["channel"], "bot");
    // Not for each of them.
    assert!(stage.host.log.count("check that `secret` is") < 20);
}

/// Strangers neither fill the log nor hide what else it says.
#[tokio::test]
async fn strangers_do_not_flood_the_log() {
    let stage = Stage::with("echo").await;
    let http = Client::new();
    for number in 0..300 {
        let request = http.post(format!("{}/webhook/nobody-{number}", stage.host.url));
        assert_eq!(request.send().await.unwrap().status(), 404);
    }
    let told = stage.host.log.expect("there is no such channel").await;
    // As it is, without quotation marks around it.
    assert_eq!(told["channel"], "nobody-0");
    let more = stage.host.log.expect("that are no channel's").await;
    assert!(more["more"].as_u64().unwrap() > 50, "{more}");
    assert!(stage.host.log.count("there is no such channel") < 150);
    assert_eq!(
        stage.host.status().await["webhooks"]["unknown_channel"],
        300
    );
}

/// Bodies that are worked on beside the workers are checked like others, and hold up nobody.
#[tokio::test]
async fn large_bodies_are_webhooks_like_others() {
    let stage = Stage::with("echo").await;
    let event = |number: usize| {
        json!({
            "type": "unfollow", "mode": "active", "timestamp": 1,
            "source": {"type": "user", "userId": stage.user.id},
            "webhookEventId": format!("large-{number}"), "padding": "x".repeat(20_000),
        })
    };
    let events: Vec<_> = (0..40).map(event).collect();
    let body = json!({"destination": "U0", "events": events}).to_string();
    let of_another = sign("another secret", body.as_bytes());
    let refused = post(&stage, "bot", &[&of_another], body.as_bytes()).await;
    assert_eq!(refused.0, 401);
    assert_eq!(post_signed(&stage, &body.as_bytes()[1..]).await.0, 400);
    // Those that follow are the same events.
    let all = (0..20).map(|_| post_signed(&stage, body.as_bytes()));
    let all = futures_util::future::join_all(all);
    let (all, answer) = tokio::join!(all, stage.ask("meanwhile?"));
    assert_eq!(answer, "meanwhile?");
    assert!(all.iter().all(|it| it.0 == 200), "{all:?}");
    stage.host.drained(PATIENCE).await;
    let status = stage.host.status().await;
    let events = &status["channels"][0]["events"];
    assert_eq!(
        (&events["accepted"], &events["handled"]),
        (&json!(41), &json!(41))
    );
}
