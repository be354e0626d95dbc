//! Whoever changes something by the admin API stands in the audit. The operations are those of the description,
//! so that a new one is tested by itself.

use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use botbox_tests::{Bot, plugin};
use reqwest::Method;
use serde_json::{Value, json};

use super::api::{Stage, digest};
use super::description::Operation;

/// What is no `GET` and leaves no entry here.
const NO_ENTRY: [(&str, &str); 2] = [
    // It changes nothing.
    ("POST", "/v1/channels/{channel}/diagnosis"),
    // It needs a user who has linked an account: see `account_link::sequence`.
    ("DELETE", "/v1/channels/{channel}/account-links/{user}"),
];

/// A host where the description's examples are things of the provider `acme`.
struct Scene {
    stage: Stage,
    bot: Bot,
    /// The token `owner`.
    token: String,
    /// The component that is to be uploaded.
    wasm: Vec<u8>,
    /// The digest of the one that serves.
    probe: String,
    /// The id of a timer.
    timer: String,
    /// The id of a dead letter.
    dead: String,
}

impl Scene {
    async fn set() -> Self {
        let stage = Stage::new().await;
        let token = json!({"name": "owner", "role": "operate"});
        let token = stage.post("tokens", token).await.ok();
        stage.provider("acme").await;
        stage.provider("neighbour").await;
        let bot = stage.channel("acme", "shop").await;
        let probe = stage.upload("probe").await;
        let one = stage.deployment("shop", &probe, "one").await;
        stage.activate("shop", one).await;
        let tomorrow = SystemTime::now() + Duration::from_secs(86_400);
        let tomorrow = tomorrow.duration_since(UNIX_EPOCH).unwrap().as_millis();
        let run_at = format!("run-at {tomorrow} tea");
        let timer = stage.line.ask(&bot, &stage.user, &run_at).await;
        let dead = stage.line.say(&bot, &stage.user, "reject").await;
        let dead = dead.events[0]["webhookEventId"].as_str().unwrap();
        let dead = dead.to_owned();
        stage.host.expect("shop", &dead, "dead").await;
        Self {
            token: token["token"].as_str().unwrap().to_owned(),
            wasm: fs::read(plugin("echo")).unwrap(),
            stage,
            bot,
            probe,
            timer,
            dead,
        }
    }

    /// The operations that are to leave an entry, in an order in which each finds what it needs.
    fn operations(&self) -> Vec<Operation<'_>> {
        let mut all = self.stage.description.operations();
        all.retain(|it| {
            let is_it = |(method, path): &(&str, &str)| it.method == *method && it.path == *path;
            it.method != Method::GET && !NO_ENTRY.iter().any(is_it)
        });
        all.sort_by_key(|it| match (it.method.as_str(), it.path) {
            ("DELETE", "/v1/providers/{provider}") => 4,
            ("DELETE", "/v1/channels/{channel}") => 3,
            ("DELETE", _) => 2,
            (_, "/v1/dead-letters/discard") => 1,
            _ => 0,
        });
        all
    }

    /// A body that changes something: the description's example, unless that needs what is not there.
    fn body(&self, operation: &Operation<'_>) -> Vec<u8> {
        let name = format!("{} {}", operation.method, operation.path);
        let body = match &*name {
            "PUT /v1/plugins/{digest}" => return self.wasm.clone(),
            "POST /v1/backup" => json!({"folder": self.stage.folder.path().join("backup")}),
            "POST /v1/providers" => json!({"name": "another"}),
            "POST /v1/channels" => json!({"name": "stall", "provider": "neighbour"}),
            "PUT /v1/channels/{channel}" => {
                json!({"settings": {"channel_id": self.bot.channel_id, "weight": 2}})
            }
            "POST /v1/channels/{channel}/deployments" => {
                json!({"plugin": self.probe, "document": {"grants": ["reply"]}, "allow_missing": true})
            }
            "PUT /v1/channels/{channel}/secrets/{secret}" => json!({"value": self.bot.token}),
            "PUT /v1/channels/{channel}/traffic" => {
                json!({"stable": 2, "reason": "less is granted"})
            }
            "POST /v1/dead-letters/replay" | "POST /v1/dead-letters/discard" => {
                json!({"channel": "shop", "error": "as told"})
            }
            _ => match operation.example(&self.stage.description) {
                Some(example) => example,
                None => return Vec::new(),
            },
        };
        body.to_string().into_bytes()
    }

    async fn newest(&self) -> Value {
        let audit = self.stage.get("audit?limit=1").await.ok();
        audit["entries"][0].clone()
    }
}

#[tokio::test]
async fn whoever_changes_something_stands_in_it() {
    let scene = Scene::set().await;
    for operation in scene.operations() {
        let name = format!("{} {}", operation.method, operation.path);
        let path = operation.path_with(|parameter, example| match parameter {
            "digest" => digest(&scene.wasm),
            "timer" => scene.timer.clone(),
            _ => example.to_owned(),
        });
        let before = scene.newest().await;
        let (method, body) = (operation.method.clone(), scene.body(&operation));
        let answer = scene.stage.at(&scene.token, method, &path, body, None);
        let answer = answer.await.ok();
        let entry = scene.newest().await;
        let is_new = entry["number"].as_i64() > before["number"].as_i64();
        assert!(is_new, "{name} left no entry: {answer}");
        assert_eq!(entry["actor"], "owner", "{name}: {entry}");
        assert_ne!(entry["action"], "", "{name}: {entry}");
        if operation.path.contains("{channel}") || operation.path.contains("dead-letters") {
            assert_eq!(entry["channel"], "shop", "{name}: {entry}");
        }
        if operation.path.ends_with("/replay") {
            assert_eq!(entry["detail"], "1, error \"as told\"", "{entry}");
            scene.stage.host.expect("shop", &scene.dead, "dead").await;
        }
    }
}

/// What has changed nothing is no change.
#[tokio::test]
async fn what_fails_or_finds_nothing_is_not_in_it() {
    let scene = Scene::set().await;
    let before = scene.newest().await;
    let stage = &scene.stage;
    let timer = stage.delete("channels/shop/timers/01JD0000000000000000000000");
    timer.await.refused(404, "has no timer");
    let user = "channels/shop/account-links/U4af4980629000000000000000000000f";
    stage
        .delete(user)
        .await
        .refused(404, "has linked no account");
    let none = json!({"channel": "shop", "error": "nobody wrote this"});
    for what in ["replay", "discard"] {
        stage
            .post(&format!("dead-letters/{what}"), none.clone())
            .await
            .ok();
    }
    let failure = json!({"status": 400, "body": {"message": "no such URL"}});
    stage.line.fault("setWebhookEndpoint", 1, failure).await;
    let url = json!({"url": "https://bots.example.com/webhook/shop"});
    let answer = stage.put("channels/shop/webhook", url).await.ok();
    assert_eq!(answer["findings"].as_array().unwrap().len(), 1, "{answer}");
    assert_eq!(scene.newest().await, before);
}
