//! What somebody sees who watches: chats, the log, the live stream.

use std::time::Duration;

use botbox_simulator::{Settings, Simulator};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::Stage;

#[tokio::test]
async fn chats_are_listed_with_their_newest_message_first() {
    let stage = Stage::set().await;
    let (ann, bo) = (stage.user("Ann").await, stage.user("Bo").await);
    let group = stage.group("group", &[&ann, &bo]).await;
    stage.write(&bo, "hi").await;

    let path = format!("/bots/{}/chats", stage.bot_id());
    let chats = stage.control_get(&path).await.ok();
    let line = |chat: &Value| {
        let text = |name: &str| chat[name].as_str().unwrap_or("-").to_owned();
        (text("kind"), text("chatId"), text("standing"))
    };
    let lines: Vec<_> = chats["chats"]
        .as_array()
        .unwrap()
        .iter()
        .map(line)
        .collect();
    let expected = [
        ("user", &bo, "stranger"),
        ("group", &group, "unknown"),
        ("user", &ann, "unknown"),
    ];
    let expected: Vec<_> = expected
        .iter()
        .map(|(kind, id, standing)| ((*kind).to_owned(), (*id).to_owned(), (*standing).to_owned()))
        .collect();
    assert_eq!(lines, expected);
    assert_eq!(chats["chats"][0]["newest"]["message"]["text"], "hi");
    assert_eq!(chats["chats"][1]["members"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_log_has_webhooks_and_calls_with_their_answers() {
    let stage = Stage::set().await;
    let ann = stage.user("Ann").await;
    let receipt = stage.write(&ann, "hi").await;
    stage.reply(&receipt["replyToken"], "hello").await.ok();
    stage.reply(&receipt["replyToken"], "again").await;

    let path = format!("/bots/{}/log", stage.bot_id());
    let log = stage.control_get(&path).await.ok();
    let webhook = &log["entries"][0];
    assert_eq!(
        (&webhook["type"], &webhook["status"]),
        (&json!("webhook"), &json!(200))
    );
    let sent = stage.receiver.next().await;
    assert_eq!(webhook["body"].as_str().unwrap().as_bytes(), sent.body);
    assert_eq!(
        webhook["signature"].as_str().unwrap().as_bytes(),
        sent.headers["x-line-signature"].as_bytes()
    );
    assert!(webhook["time"].as_u64() > Some(1_700_000_000_000));

    let refused = &log["entries"][2];
    assert_eq!(
        (&refused["type"], &refused["status"]),
        (&json!("call"), &json!(400))
    );
    assert_eq!(refused["body"]["messages"][0]["text"], "again");
    assert_eq!(refused["answer"]["message"], "Invalid reply token");

    let rest = stage
        .control_get(&format!("{path}?after=1&last=1"))
        .await
        .ok();
    assert_eq!(rest["entries"], json!([refused]));
}

#[tokio::test]
async fn a_logged_webhook_is_redelivered() {
    let stage = Stage::set().await;
    let ann = stage.user("Ann").await;
    stage.write(&ann, "hi").await;
    let first = stage.receiver.events().await;

    let path = format!("/bots/{}/log/1/redelivery", stage.bot_id());
    let delivery = stage.control(Method::POST, &path, &json!({})).await.ok();
    assert_eq!(delivery["status"], 200);
    let mut again = stage.receiver.events().await;
    assert_eq!(again[0]["deliveryContext"]["isRedelivery"], true);
    again[0]["deliveryContext"]["isRedelivery"] = false.into();
    assert_eq!(again, first);
    assert_eq!(stage.transcript(&ann).await.len(), 1);

    let path = format!("/bots/{}/log/9/redelivery", stage.bot_id());
    let unknown = stage.control(Method::POST, &path, &json!({})).await;
    unknown.refused(404, "no webhook 9");
}

#[tokio::test]
async fn the_live_stream_tells_what_is_new() {
    let stage = Stage::set().await;
    let ann = stage.user("Ann").await;
    let url = format!("{}/simulator/live", stage.simulator.url());
    let mut stream = stage.http.get(url).send().await.unwrap();
    let mut told = String::new();
    let mut until = async |wanted: &str| {
        let reading = async {
            while !told.contains(wanted) {
                let chunk = stream.chunk().await.unwrap().unwrap();
                told.push_str(&String::from_utf8_lossy(&chunk));
            }
        };
        let read = tokio::time::timeout(Duration::from_secs(30), reading).await;
        assert!(read.is_ok(), "no {wanted} in {told}");
    };
    until(r#"{"type":"missed"}"#).await;
    stage.push(&ann, "dropped").await.ok();
    until(r#""type":"log""#).await;
    stage.write(&ann, "hi").await;
    until(&format!(r#""chatId":"{ann}""#)).await;
    stage.user("Bo").await;
    until(r#"{"type":"chats"}"#).await;
    let path = format!("/bots/{}/chats/{ann}", stage.bot_id());
    stage.control(Method::DELETE, &path, &json!({})).await.ok();
    until(r#""type":"forgotten""#).await;
}

#[tokio::test]
async fn what_a_user_sent_is_seen_but_is_no_page() {
    let stage = Stage::set().await;
    let ann = stage.user("Ann").await;
    let content = stage.upload(b"<script>", "text/html", 0).await;
    let message = json!({ "type": "file", "contentId": content });
    let event = json!({ "type": "message", "message": message });
    let acted = stage.act(json!([{ "as": ann, "event": event }])).await;

    let id = acted["events"][0]["messageId"].as_str().unwrap();
    let base = format!(
        "{}/simulator/bots/{}",
        stage.simulator.url(),
        stage.bot_id()
    );
    let seen = stage.http.get(format!("{base}/messages/{id}/content"));
    let seen = seen.send().await.unwrap();
    assert_eq!(seen.headers()["x-content-type-options"], "nosniff");
    let policy = seen.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.ends_with("sandbox"), "{policy}");
    assert_eq!(seen.bytes().await.unwrap(), "<script>");
}

#[tokio::test]
async fn pages_of_other_sites_are_kept_away() {
    let stage = Stage::set().await;
    let url = format!("{}/simulator/bots", stage.simulator.url());
    for (site, status) in [
        ("same-origin", 200),
        ("none", 200),
        ("same-site", 403),
        ("cross-site", 403),
    ] {
        let request = stage.http.get(&url).header("sec-fetch-site", site);
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{site}");
    }
}

#[tokio::test]
async fn pages_of_other_origins_are_kept_away() {
    for address in ["127.0.0.1:0", "0.0.0.0:0"] {
        let settings = Settings {
            listen: address.parse().unwrap(),
            ..Settings::default()
        };
        let simulator = Simulator::start(settings).await.unwrap();
        let port = simulator.url().rsplit_once(':').unwrap().1;
        let url = format!("http://127.0.0.1:{port}/simulator/users");
        let own = format!("http://127.0.0.1:{port}");
        for (origin, status) in [
            (own.as_str(), 201),
            ("http://127.0.0.1", 403),
            ("https://evil.example", 403),
            ("null", 403),
        ] {
            let request = reqwest::Client::new()
                .post(&url)
                .header("origin", origin)
                .json(&json!({ "displayName": "Ann" }));
            let response = request.send().await.unwrap();
            assert_eq!(response.status().as_u16(), status, "{origin} at {address}");
        }
    }
}

/// The statuses of the page and of the control API when they are asked for under a name.
async fn asked_as(simulator: &Simulator, name: &str) -> [u16; 2] {
    let port = simulator.url().rsplit_once(':').unwrap().1;
    let http = reqwest::Client::new();
    let ask = async |path: &str| {
        let url = format!("http://127.0.0.1:{port}{path}");
        let response = http.get(&url).header("host", name).send().await.unwrap();
        let status = response.status().as_u16();
        if status == 403 {
            let said = response.text().await.unwrap();
            let remedy = format!("--allow-host {}", name.split(':').next().unwrap());
            assert!(said.contains(&remedy), "{said}");
        }
        status
    };
    [ask("/").await, ask("/simulator/bots").await]
}

#[tokio::test]
async fn names_of_other_sites_do_not_lead_here() {
    for (listen, address, own_name) in [("127.0.0.1:0", 403, 403), ("0.0.0.0:0", 200, 200)] {
        let settings = Settings {
            listen: listen.parse().unwrap(),
            hosts: vec![String::from("desk.example")],
            ..Settings::default()
        };
        let simulator = Simulator::start(settings).await.unwrap();
        for (host, status) in [
            ("localhost:1", 200),
            ("LOCALHOST", 200),
            ("[::1]:1", 200),
            ("127.0.0.2", 200),
            ("Desk.example:1", 200),
            ("192.0.2.1", address),
            ("simulator:1", own_name),
            ("evil.example:1", 403),
            ("localhost.evil.example", 403),
            ("evil.desk.example", 403),
        ] {
            let statuses = asked_as(&simulator, host).await;
            assert_eq!(statuses, [status; 2], "{host} at {listen}");
        }
    }
}

#[tokio::test]
async fn the_page_is_served_with_its_policy() {
    let stage = Stage::set().await;
    let get = |path: &str| stage.http.get(format!("{}{path}", stage.simulator.url()));
    let page = get("/").send().await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self' 'sha256-"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");

    let script = get("/assets/main.js").send().await.unwrap();
    assert_eq!(
        script.headers()["content-type"],
        "text/javascript; charset=utf-8"
    );
    let version = script.headers()["etag"].clone();
    let again = get("/assets/main.js").header("if-none-match", version);
    assert_eq!(again.send().await.unwrap().status(), 304);
    for unknown in [
        "/assets/none.js",
        "/assets/../Cargo.toml",
        "/assets/%2e%2e/Cargo.toml",
    ] {
        assert_eq!(
            get(unknown).send().await.unwrap().status(),
            404,
            "{unknown}"
        );
    }
}

#[tokio::test]
async fn what_a_postback_displays_is_in_the_chat_alone() {
    let stage = Stage::set().await;
    let ann = stage.user("Ann").await;
    let event = json!({ "type": "postback", "postback": { "data": "a" } });
    stage
        .act(json!([{ "as": ann, "event": event, "displayText": "A" }]))
        .await;
    let told = stage.receiver.events().await;
    assert_eq!((told.len(), &told[0]["type"]), (1, &json!("postback")));
    assert_eq!(stage.transcript(&ann).await, ["user/user: A"]);
}
