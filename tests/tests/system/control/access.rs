//! Tokens: each sees its own provider, may do what its role says, and is gone at once.

use botbox_tests::{ADMIN_TOKEN, plugin};
use reqwest::Method;
use serde_json::json;

use super::api::{Response, Stage, digest};

pub(super) async fn token(stage: &Stage, name: &str, provider: Option<&str>, role: &str) -> String {
    let mut new = json!({"name": name, "role": role});
    if let Some(provider) = provider {
        new["provider"] = json!(provider);
    }
    let issued = stage.post("tokens", new).await.ok();
    issued["token"].as_str().unwrap().to_owned()
}

/// Every route of a channel, with what it takes.
const ROUTES: [(&str, &str, &str); 19] = [
    ("GET", "channels/shop", ""),
    ("PUT", "channels/shop", "{\"settings\": {}}"),
    ("DELETE", "channels/shop", ""),
    ("GET", "channels/shop/secrets", ""),
    (
        "PUT",
        "channels/shop/secrets/access-token",
        "{\"value\": \"x\"}",
    ),
    ("DELETE", "channels/shop/secrets/access-token", ""),
    ("GET", "channels/shop/deployments", ""),
    ("POST", "channels/shop/deployments", "{\"plugin\": \"x\"}"),
    ("GET", "channels/shop/deployments/1", ""),
    ("GET", "channels/shop/traffic", ""),
    ("PUT", "channels/shop/traffic", "{\"stable\": 1}"),
    ("GET", "channels/shop/switches", ""),
    ("GET", "channels/shop/recording", ""),
    ("GET", "journal/events?channel=shop", ""),
    ("GET", "dead-letters?channel=shop", ""),
    ("GET", "events?channel=shop", ""),
    ("GET", "channels/shop/events", ""),
    ("GET", "channels/shop/logs", ""),
    ("GET", "channels/shop/logs/follow", ""),
];

#[tokio::test]
async fn a_token_of_another_provider_finds_nothing() {
    let stage = Stage::new().await;
    let (bot, _) = stage.serving("shop").await;
    stage.line.ask(&bot, &stage.user, "which").await;
    stage.provider("rival").await;
    let rival = token(&stage, "rival", Some("rival"), "operate").await;
    let ask = async |method: &str, path: &str, body: &str| -> Response {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        stage
            .request_as(&rival, method, path, body.to_owned(), None)
            .await
    };
    for (method, path, body) in ROUTES {
        let refused = ask(method, path, body).await;
        assert_eq!(refused.status, 404, "{method} {path}: {refused:?}");
    }
    let replay = ask("POST", "dead-letters/replay", "{\"channel\": \"shop\"}").await;
    assert_eq!(replay.status, 404, "{replay:?}");
    let discard = ask("POST", "dead-letters/discard", "{\"channel\": \"shop\"}").await;
    assert_eq!(discard.status, 404, "{discard:?}");
    ask("POST", "dead-letters/discard", "{\"all\": true}")
        .await
        .refused(400, "name one of its channels");
    ask("GET", "journal/events", "")
        .await
        .refused(400, "name one of its channels");
    let event = stage.host.events("shop").await.remove(0);
    let path = format!("journal/events/shop/{}", event["id"].as_str().unwrap());
    assert_eq!(ask("GET", &path, "").await.status, 404);
    for path in [
        "channels",
        "status",
        "providers",
        "journal/stats",
        "tokens",
        "audit",
        "plugins",
        "usage",
    ] {
        let seen = ask("GET", path, "").await.ok().to_string();
        assert!(!seen.contains("shop"), "{path}: {seen}");
    }
    for (method, path, body) in [
        ("GET", "providers/shop-owner", ""),
        (
            "POST",
            "channels",
            "{\"name\": \"x\", \"provider\": \"shop-owner\"}",
        ),
        (
            "POST",
            "tokens",
            "{\"name\": \"x\", \"provider\": \"shop-owner\", \"role\": \"read\"}",
        ),
        ("DELETE", "tokens/nobody", ""),
    ] {
        assert_eq!(ask(method, path, body).await.status, 404, "{method} {path}");
    }
    for (method, path, body) in [
        ("POST", "providers", "{\"name\": \"x\"}"),
        ("PUT", "providers/rival", "{\"settings\": {}}"),
        ("DELETE", "providers/rival", ""),
        ("POST", "tokens", "{\"name\": \"x\", \"role\": \"read\"}"),
        ("POST", "reload", ""),
    ] {
        ask(method, path, body)
            .await
            .refused(403, "for one provider");
    }
    // Its own it may do.
    ask(
        "POST",
        "channels",
        "{\"name\": \"own\", \"provider\": \"rival\"}",
    )
    .await
    .ok();
    ask("GET", "channels/own", "").await.ok();
}

#[tokio::test]
async fn a_role_allows_what_it_says() {
    let stage = Stage::new().await;
    stage.serving("shop").await;
    let read = token(&stage, "reader", Some("shop-owner"), "read").await;
    let deploy = token(&stage, "pipeline", Some("shop-owner"), "deploy").await;
    let switch = "{\"stable\": 1}";
    let ask = async |token: &str, method: Method, path: &str, body: &str| {
        stage
            .request_as(token, method, path, body.to_owned(), None)
            .await
    };
    ask(&read, Method::GET, "channels/shop/traffic", "")
        .await
        .ok();
    let refused = ask(&read, Method::PUT, "channels/shop/traffic", switch).await;
    refused.refused(
        403,
        "the token \"reader\" has the role `read`, and this needs `deploy`",
    );
    ask(&deploy, Method::PUT, "channels/shop/traffic", switch)
        .await
        .ok();
    let secret = "{\"value\": \"x\"}";
    let path = "channels/shop/secrets/access-token";
    ask(&deploy, Method::PUT, path, secret)
        .await
        .refused(403, "needs `operate`");
    ask(&deploy, Method::DELETE, "channels/shop", "")
        .await
        .refused(403, "needs `operate`");
    let audit = stage.get("audit?channel=shop").await.ok();
    assert_eq!(audit["entries"][0]["actor"], "pipeline", "{audit}");
    assert_eq!(audit["entries"][0]["action"], "traffic switched");
}

#[tokio::test]
async fn a_token_is_gone_when_it_is_revoked_or_expired() {
    let mut stage = Stage::new().await;
    let lasting = token(&stage, "lasting", None, "operate").await;
    let old = json!({"name": "old", "role": "operate", "expires": 1});
    let old = stage.post("tokens", old).await.ok();
    let old = old["token"].as_str().unwrap().to_owned();
    stage.restart().await;
    let ask = async |token: &str| {
        stage
            .request_as(token, Method::GET, "status", "", None)
            .await
    };
    ask(&lasting).await.ok();
    ask(&old).await.refused(401, "admin token");
    ask(&lasting[..lasting.len() - 1])
        .await
        .refused(401, "admin token");
    let revoke = "tokens/lasting";
    stage
        .request_as(ADMIN_TOKEN, Method::DELETE, revoke, "", None)
        .await
        .ok();
    ask(&lasting).await.refused(401, "admin token");
}

/// Who has brought it, or has a deployment of it, has it; the others do not hear of it.
#[tokio::test]
async fn a_plugin_is_theirs_who_brought_it() {
    let stage = Stage::new().await;
    stage.provider("acme").await;
    stage.provider("rival").await;
    let bot = stage.line.bot("shop").await;
    stage.channel_of(&bot, "acme", "shop").await;
    let other = stage.line.bot("stall").await;
    stage.channel_of(&other, "rival", "stall").await;
    let acme = token(&stage, "acme-pipeline", Some("acme"), "deploy").await;
    let rival = token(&stage, "rival-pipeline", Some("rival"), "deploy").await;
    let ask = async |token: &str, method: Method, path: &str, body: Vec<u8>| {
        stage.request_as(token, method, path, body, None).await
    };
    let wasm = std::fs::read(plugin("echo")).unwrap();
    let digest = digest(&wasm);
    let path = format!("plugins/{digest}");
    let deploy = json!({"plugin": digest, "allow_missing": true}).to_string();
    let listed = async |token: &str| {
        let listed = ask(token, Method::GET, "plugins", Vec::new()).await.ok();
        listed["plugins"].as_array().unwrap().clone()
    };

    ask(&acme, Method::PUT, &path, wasm.clone()).await.ok();
    assert_eq!(listed(&acme).await[0]["uploaded_by"], "acme-pipeline");
    assert!(listed(&rival).await.is_empty());
    let hidden = ask(&rival, Method::GET, &path, Vec::new()).await;
    hidden.refused(404, "there is no plugin");
    let deployments = "channels/stall/deployments";
    let refused = ask(&rival, Method::POST, deployments, deploy.clone().into()).await;
    refused.refused(404, "there is no plugin");

    // The host, which sees it, deploys it for the other one: now that one has it, too.
    let made = ask(
        ADMIN_TOKEN,
        Method::POST,
        deployments,
        deploy.clone().into(),
    )
    .await;
    made.ok();
    let seen = listed(&rival).await;
    assert_eq!(seen[0]["digest"], *digest, "{seen:?}");
    assert_eq!(seen[0]["uploaded_by"], "", "{seen:?}");
    ask(&rival, Method::POST, deployments, deploy.into())
        .await
        .ok();

    // It brings the same bytes, and so it is of both.
    ask(&rival, Method::PUT, &path, wasm).await.ok();
    assert_eq!(listed(&rival).await[0]["uploaded_by"], "rival-pipeline");
    assert_eq!(listed(&acme).await[0]["uploaded_by"], "acme-pipeline");
    let all = listed(ADMIN_TOKEN).await;
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(all[0]["uploaded_by"], "acme-pipeline");
}
