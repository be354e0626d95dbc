//! The control API itself.

use botbox_simulator::{Settings, Simulator};
use reqwest::Method;
use serde_json::json;

use crate::harness::{Stage, answer};

#[tokio::test]
async fn a_bot_has_the_credentials_that_were_asked_for() {
    let stage = Stage::set().await;
    let new = json!({ "displayName": "Fixed", "channelSecret": "s", "accessToken": "t" });
    let bot = stage.control(Method::POST, "/bots", &new).await.created();
    assert_eq!(
        (&bot["channelSecret"], &bot["accessToken"]),
        (&json!("s"), &json!("t"))
    );
    assert!(bot["webhook"].is_null());
    let path = format!("/bots/{}", bot["botId"].as_str().unwrap());
    assert_eq!(stage.control_get(&path).await.ok(), bot);

    let settings = json!({
        "monthlyQuota": null, "rateLimits": false, "tokenLifetime": null,
        "webhookRedelivery": false, "unverified": false, "chatMode": false,
    });
    assert_eq!(bot["settings"], settings);

    let taken = "another bot has this access token";
    stage
        .control(Method::POST, "/bots", &new)
        .await
        .refused(409, taken);

    let endpoint = json!({ "endpoint": "http://127.0.0.1:9/hook" });
    let changed = stage
        .control(Method::PUT, &format!("{path}/webhook"), &endpoint)
        .await
        .ok();
    assert_eq!(changed["webhook"], "http://127.0.0.1:9/hook");
}

#[tokio::test]
async fn a_channel_is_of_one_bot() {
    let stage = Stage::set().await;
    let new = json!({
        "displayName": "Fixed", "channelId": "7", "settings": { "monthlyQuota": 5 },
    });
    let bot = stage.control(Method::POST, "/bots", &new).await.created();
    assert_eq!(
        (&bot["channelId"], &bot["settings"]["monthlyQuota"]),
        (&json!("7"), &json!(5))
    );
    let taken = stage.control(Method::POST, "/bots", &new).await;
    taken.refused(409, "another bot has this channel id");
}

#[tokio::test]
async fn a_key_is_an_rsa_key() {
    let stage = Stage::set().await;
    let path = format!("/bots/{}/keys", stage.bot_id());
    for key in [
        json!({ "kty": "EC", "n": "AQAB", "e": "AQAB" }),
        json!({ "kty": "RSA", "alg": "RS512", "n": "AQAB", "e": "AQAB" }),
        json!({ "kty": "RSA", "n": "not base64!", "e": "AQAB" }),
    ] {
        let refused = stage.control(Method::POST, &path, &key).await;
        refused.refused(400, "a key is an RSA key for RS256");
    }
}

#[tokio::test]
async fn made_up_credentials_look_like_lines() {
    let stage = Stage::set().await;
    let is_hex = |text: &str| text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    assert!(is_hex(stage.bot_id().strip_prefix('U').unwrap()));
    assert!(is_hex(stage.bot["channelSecret"].as_str().unwrap()));
    assert!(stage.bot["basicId"].as_str().unwrap().starts_with('@'));
}

#[tokio::test]
async fn what_is_unknown_is_not_found() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let events = format!("/bots/{}/events", stage.bot_id());
    let act = |act| json!({ "events": [act] });
    for (method, path, body) in [
        (Method::GET, "/bots/U0".to_owned(), json!(null)),
        (Method::GET, "/bots/U0/calls".to_owned(), json!(null)),
        (
            Method::GET,
            format!("/bots/U0/chats/{user}/messages"),
            json!(null),
        ),
        (
            Method::GET,
            format!("/bots/{}/chats/U0/messages", stage.bot_id()),
            json!(null),
        ),
        (
            Method::PUT,
            "/bots/U0/webhook".to_owned(),
            json!({ "endpoint": "http://a/" }),
        ),
        (
            Method::POST,
            "/bots/U0/events".to_owned(),
            json!({ "events": [] }),
        ),
        (
            Method::POST,
            events.clone(),
            act(json!({ "as": "U0", "event": { "type": "follow" } })),
        ),
        (
            Method::POST,
            events.clone(),
            act(json!({ "in": "C0", "event": { "type": "join" } })),
        ),
        (
            Method::POST,
            events,
            act(json!({ "as": user, "event": {
                "type": "message", "message": { "type": "image", "contentId": "0" } } })),
        ),
        (
            Method::POST,
            "/groups".to_owned(),
            json!({ "kind": "group", "members": ["U0"] }),
        ),
        (
            Method::POST,
            "/faults".to_owned(),
            json!({ "bot": "U0", "operation": "getProfile", "answer": { "hang": true } }),
        ),
    ] {
        let refused = stage.control(method, &path, &body).await;
        assert_eq!(refused.status, 404, "{path} {body}");
        assert!(
            refused.body["message"].as_str().unwrap().starts_with("no "),
            "{refused:?}"
        );
    }
    assert!(stage.receiver.is_empty().await);
}

#[tokio::test]
async fn what_is_malformed_is_a_bad_request() {
    let stage = Stage::set().await;
    let events = format!("/bots/{}/events", stage.bot_id());
    for (path, body) in [
        ("/users", json!({ "name": "Ann" })),
        (
            "/bots",
            json!({ "displayName": "Bot", "webhook": "ftp://example.com/" }),
        ),
        (events.as_str(), json!({ "events": [{ "event": {} }] })),
        (events.as_str(), json!([])),
    ] {
        let refused = stage.control(Method::POST, path, &body).await;
        assert_eq!(refused.status, 400, "{path} {body}");
        assert!(refused.body["message"].is_string());
    }
    let url = format!("{}/simulator/users", stage.simulator.url());
    assert_eq!(answer(stage.http.post(url).body("{")).await.status, 400);
}

#[tokio::test]
async fn an_act_is_done_whole_or_not_at_all() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let events = json!({ "events": [
        { "as": user, "event": { "type": "follow" } },
        { "as": "U0", "event": { "type": "follow" } },
    ]});
    let path = format!("/bots/{}/events", stage.bot_id());
    stage
        .control(Method::POST, &path, &events)
        .await
        .refused(404, "no user U0");
    assert_eq!(
        stage.get(&format!("/v2/bot/profile/{user}")).await.status,
        404
    );
    assert!(stage.receiver.is_empty().await);
}

#[tokio::test]
async fn an_address_in_use_is_an_error() {
    let first = Simulator::start(Settings::default()).await.unwrap();
    let listen = first
        .url()
        .strip_prefix("http://")
        .unwrap()
        .parse()
        .unwrap();
    let second = Simulator::start(Settings {
        listen,
        ..Settings::default()
    })
    .await;
    assert!(
        second
            .unwrap_err()
            .to_string()
            .starts_with("cannot listen on 127.0.0.1:")
    );

    first.stop().await;
    Simulator::start(Settings {
        listen,
        ..Settings::default()
    })
    .await
    .unwrap()
    .stop()
    .await;
}
