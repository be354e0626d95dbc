//! The operator's view.

use botbox_tests::{ADMIN_TOKEN, PATIENCE, Stage};
use reqwest::Client;
use reqwest::header::AUTHORIZATION;
use serde_json::Value;
use tokio::net::TcpStream;

#[tokio::test]
async fn the_status_is_for_the_token_only() {
    let Stage {
        line,
        bot,
        host,
        user,
    } = Stage::with("echo").await;
    line.ask(&bot, &user, "hello").await;
    host.drained(PATIENCE).await;
    let refused = Client::new()
        .post(host.webhook("bot"))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 401);

    let get = async |token: Option<&str>| {
        let request = Client::new().get(format!("{}/v1/status", host.admin_url));
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        request.send().await.unwrap()
    };
    for token in [
        None,
        Some(""),
        Some("the tests"),
        Some("the tests' admin token!"),
    ] {
        assert_eq!(get(token).await.status(), 401, "{token:?}");
    }
    let status: Value = get(Some("the tests' admin token"))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(status["webhooks"]["accepted"], 1);
    assert_eq!(status["webhooks"]["bad_signature"], 1);
    let channel = &status["channels"][0];
    assert_eq!(channel["id"], "bot");
    assert_eq!(channel["events"]["handled"], 1);
    assert_eq!(channel["waiting"], 0);
}

/// Of two headers, a proxy on the way and the host could each look at another.
#[tokio::test]
async fn two_authorizations_are_none() {
    let stage = Stage::with("echo").await;
    let url = format!("{}/v1/status", stage.host.admin_url);
    let right = format!("Bearer {ADMIN_TOKEN}");
    for second in ["Bearer another", &right] {
        let request = Client::new().get(&url).header(AUTHORIZATION, &right);
        let response = request.header(AUTHORIZATION, second).send().await.unwrap();
        assert_eq!(response.status(), 401);
    }
}

#[tokio::test]
async fn guessing_is_limited_and_logged() {
    let stage = Stage::with("echo").await;
    let url = format!("{}/v1/status", stage.host.admin_url);
    let http = Client::new();
    let mut limited = 0;
    for guess in 0..200 {
        let response = http.get(&url).bearer_auth(guess).send().await.unwrap();
        match response.status().as_u16() {
            401 => {}
            429 => limited += 1,
            other => panic!("{other}"),
        }
    }
    assert!(limited > 100, "{limited}");
    // Who knows the token need not wait.
    assert!(stage.host.status().await["channels"].is_array());
    let log = &stage.host.log;
    let told = log.expect("to the admin API without a token").await;
    assert_eq!(told["level"], "WARN");
    assert_eq!(told["peer"], "127.0.0.1");
    let more = log.expect("refused more requests to the admin API").await;
    assert!(more["more"].as_u64().unwrap() > 50, "{more}");
    let lines = log.count("to the admin API without a token");
    assert!(lines < 100, "{lines}");
}

#[tokio::test]
async fn idle_strangers_do_not_lock_operators_out() {
    let stage = Stage::with("echo").await;
    let address = stage.host.admin_url.trim_start_matches("http://");
    let mut strangers = Vec::new();
    for _ in 0..200 {
        strangers.push(TcpStream::connect(address).await.unwrap());
    }
    assert!(stage.host.status().await["channels"].is_array());
}
