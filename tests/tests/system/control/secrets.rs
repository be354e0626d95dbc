//! Secrets are set and rotated while the host runs, and are found nowhere again.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::api::Stage;
use super::plugin_logs::lines;

#[tokio::test]
async fn a_channel_works_when_it_has_its_secrets() {
    let stage = Stage::new().await;
    stage.provider("acme").await;
    let bot = stage.line.bot("Bot").await;
    let channel = json!({"name": "shop", "provider": "acme"});
    let added = stage.post("channels", channel).await.ok();
    let problem = added["problem"].as_str().unwrap();
    assert!(
        problem.contains("the channel has no secret `channel-secret` yet"),
        "{problem}"
    );
    stage
        .line
        .set_webhook(&bot, &stage.host.webhook("shop"))
        .await;
    let delivery = stage.line.say(&bot, &stage.user, "which").await;
    assert_eq!(delivery.status, Some(503));
    stage.secrets("shop", &bot).await;
    let delivery = stage.line.say(&bot, &stage.user, "which").await;
    assert_eq!(delivery.status, Some(200));

    // A new secret beside the old one, and then alone.
    let other = stage.line.bot("Other").await;
    let path = "channels/shop/secrets/channel-secret-2";
    stage.put(path, json!({"value": other.secret})).await.ok();
    stage
        .line
        .set_webhook(&other, &stage.host.webhook("shop"))
        .await;
    for bot in [&bot, &other] {
        let delivery = stage.line.say(bot, &stage.user, "which").await;
        assert_eq!(delivery.status, Some(200));
    }
    let path = "channels/shop/secrets/channel-secret";
    stage.put(path, json!({"value": other.secret})).await.ok();
    stage
        .delete("channels/shop/secrets/channel-secret-2")
        .await
        .ok();
    let delivery = stage.line.say(&bot, &stage.user, "which").await;
    assert_eq!(delivery.status, Some(401));
    let delivery = stage.line.say(&other, &stage.user, "which").await;
    assert_eq!(delivery.status, Some(200));
    let listed = stage.get("channels/shop/secrets").await.ok();
    let names: Vec<_> = listed["secrets"].as_array().unwrap().iter().collect();
    assert_eq!(names.len(), 2, "{listed}");
}

/// In no file of the data folder, no line of the log and no answer.
#[tokio::test]
async fn no_secret_is_found_anywhere() {
    let mut stage = Stage::new().await;
    let (bot, _) = stage.serving("shop").await;
    stage.line.ask(&bot, &stage.user, "which").await;
    stage.line.say(&bot, &stage.user, "panic").await;
    lines(&stage, "shop", "trapped", "").await;
    let token = json!({"name": "robot", "role": "deploy"});
    let token = stage.post("tokens", token).await.ok();
    let token = token["token"].as_str().unwrap().to_owned();
    let mut answers = String::new();
    for path in [
        "status",
        "channels",
        "channels/shop",
        "channels/shop/secrets",
        "channels/shop/deployments",
        "channels/shop/traffic",
        "journal/events",
        "tokens",
        "audit",
        "providers",
        "plugins",
        "usage",
        "channels/shop/logs",
    ] {
        answers.push_str(&stage.get(path).await.ok().to_string());
    }
    let wrong = json!({"value": [bot.secret]});
    let refused = stage
        .put("channels/shop/secrets/channel-secret", wrong)
        .await;
    answers.push_str(&refused.body.to_string());
    // All of it is on disk.
    stage.host.signal("TERM");
    stage.host.ended().await;
    let log = format!("{:?}", stage.host.log);
    for secret in [&bot.secret, &bot.token, &token] {
        assert!(!answers.contains(secret.as_str()), "{answers}");
        assert!(!log.contains(secret.as_str()), "{log}");
        search(stage.folder.path(), secret.as_bytes());
    }
}

#[track_caller]
fn search(folder: &Path, secret: &[u8]) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            search(&path, secret);
        } else {
            let bytes = fs::read(&path).unwrap();
            let found = bytes.windows(secret.len()).any(|it| it == secret);
            assert!(!found, "a secret is in {}", path.display());
        }
    }
}

/// Whoever comes at the same time: the channel works with what was set last, and only once.
#[tokio::test]
async fn changes_at_the_same_time_come_one_after_the_other() {
    let stage = Stage::new().await;
    stage.provider("acme").await;
    let bot = stage.line.bot("Bot").await;
    stage
        .post("channels", json!({"name": "shop", "provider": "acme"}))
        .await
        .ok();
    let path = |name: &str| format!("channels/shop/secrets/{name}");
    let [secret, token] = [path("channel-secret"), path("access-token")];
    let set = |path: &str, value: &str| {
        let (path, value) = (path.to_owned(), json!({"value": value}));
        let stage = &stage;
        async move { stage.put(&path, value).await.ok() }
    };
    let changes = (0..10).flat_map(|_| [(&secret, &bot.secret), (&token, &bot.token)]);
    let changes = changes.map(|(path, value)| set(path, value));
    futures_util::future::join_all(changes).await;
    stage
        .line
        .set_webhook(&bot, &stage.host.webhook("shop"))
        .await;
    let probe = stage.upload("probe").await;
    let one = stage.deployment("shop", &probe, "one").await;
    stage.activate("shop", one).await;
    assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, "one");
    let chat = stage.line.messages(&bot, &stage.user.id, 0, 0).await;
    assert_eq!(chat.len(), 2, "one answer to one message: {chat:?}");
}

#[tokio::test]
async fn the_key_of_secrets_is_changed() {
    let mut stage = Stage::new().await;
    let (bot, _) = stage.serving("shop").await;
    let keys = |table: &str| {
        let folder = stage.setup.config();
        let text = fs::read_to_string(&folder).unwrap();
        let before = text.split("[secrets]").next().unwrap();
        fs::write(&folder, format!("{before}[secrets]\n{table}")).unwrap();
    };
    let key = stage.folder.path().join("key");
    fs::write(&key, "0123456789".repeat(4)).unwrap();
    keys(&format!("key = {{ file = \"{}\" }}", key.display()));
    // What the host sealed with a key of its own still opens.
    stage.restart().await;
    stage
        .line
        .set_webhook(&bot, &stage.host.webhook("shop"))
        .await;
    assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, "one");
    let resealed = stage.post("secrets/reseal", json!({})).await.ok();
    assert_eq!(resealed["resealed"], 2);
    // Without the old one.
    fs::remove_file(stage.folder.path().join("data/secrets.key")).unwrap();
    stage.restart().await;
    stage
        .line
        .set_webhook(&bot, &stage.host.webhook("shop"))
        .await;
    assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, "one");
    // With another one nothing opens, and that is told.
    fs::write(&key, "9876543210".repeat(4)).unwrap();
    stage.restart().await;
    let shown = stage.get("channels/shop").await.ok();
    let problem = shown["problem"].as_str().unwrap();
    assert!(
        problem.contains("a key that the host does not have"),
        "{problem}"
    );
}
