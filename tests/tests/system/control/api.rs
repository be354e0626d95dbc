//! The admin API, as tests use it.

use std::fs;
use std::sync::Arc;

use botbox_clock::Clock;
use botbox_tests::{ADMIN_TOKEN, ALL_GRANTS, Bot, Host, HostBuilder, Line, Setup, User, plugin};
use reqwest::{Client, Method, StatusCode};
use ring::digest::SHA256;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::description::{Answer, Description};

/// A host that has nothing but an admin API, and a user beside it.
pub(super) struct Stage {
    pub(super) line: Arc<Line>,
    pub(super) setup: Setup,
    pub(super) host: Host,
    pub(super) user: User,
    pub(super) folder: TempDir,
    /// What each answer is held to.
    pub(super) description: Description,
    clock: Clock,
}

/// What the API answered.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: StatusCode,
    pub(super) etag: Option<String>,
    pub(super) body: Value,
}

impl Response {
    /// What was asked for.
    #[track_caller]
    pub(super) fn ok(self) -> Value {
        assert!(self.status.is_success(), "{self:?}");
        self.body
    }

    /// Fails unless the request was refused with this status and words.
    #[track_caller]
    pub(super) fn refused(&self, status: u16, words: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.body["status"], status, "{self:?}");
        let detail = self.body["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(words), "{self:?}\nexpected {words}");
    }
}

impl Stage {
    pub(super) async fn new() -> Self {
        Self::with(|host| host).await
    }

    /// A host with tables of its own in the configuration.
    pub(super) async fn with_tables(tables: &str) -> Self {
        Self::with(|host| host.tables(tables)).await
    }

    /// With a host that is not the usual one.
    pub(super) async fn with(host: impl FnOnce(HostBuilder) -> HostBuilder) -> Self {
        let line = Arc::new(Line::start().await);
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let setup = host(Host::beside(&line).data(&data)).set_up();
        let host = setup.start().await;
        let user = line.user("Aiko").await;
        let description = Description::of(&host).await;
        Self {
            line,
            setup,
            host,
            user,
            folder,
            description,
            clock: Clock::system(),
        }
    }

    /// The time, in milliseconds since the Unix epoch.
    pub(super) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// The host after a new start.
    pub(super) async fn restart(&mut self) {
        self.host.signal("TERM");
        self.host.ended().await;
        self.host = self.setup.start().await;
    }

    /// The host after it was killed.
    pub(super) async fn kill_and_start(&mut self) {
        self.host.signal("KILL");
        self.host.ended().await;
        self.host = self.setup.start().await;
    }

    /// Makes a request as whoever has a token.
    pub(super) async fn request_as(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: impl Into<reqwest::Body>,
        if_match: Option<&str>,
    ) -> Response {
        let path = format!("/v1/{path}");
        self.at(token, method, &path, body, if_match).await
    }

    /// Makes a request at a whole path. Fails unless the answer is one that is described.
    pub(super) async fn at(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: impl Into<reqwest::Body>,
        if_match: Option<&str>,
    ) -> Response {
        let url = format!("{}{path}", self.host.admin_url);
        let request = Client::new().request(method.clone(), url);
        let mut request = request.bearer_auth(token);
        if let Some(tag) = if_match {
            request = request.header("if-match", tag);
        }
        let response = request.body(body).send().await.unwrap();
        let header = |name: &str| {
            let value = response.headers().get(name);
            value.map(|it| it.to_str().unwrap().to_owned())
        };
        let (status, etag) = (response.status(), header("etag"));
        let media_type = header("content-type").unwrap_or_default();
        let text = response.text().await.unwrap();
        let body = match serde_json::from_str(&text) {
            Ok(json) => json,
            Err(_) if text.is_empty() => Value::Null,
            Err(_) => Value::from(text),
        };
        let answer = Answer {
            status: status.as_u16(),
            media_type: &media_type,
            body: &body,
        };
        self.description.check(&method, path, &answer);
        Response { status, etag, body }
    }

    pub(super) async fn request(&self, method: Method, path: &str, body: Value) -> Response {
        let body = body.to_string();
        self.request_as(ADMIN_TOKEN, method, path, body, None).await
    }

    pub(super) async fn get(&self, path: &str) -> Response {
        self.request_as(ADMIN_TOKEN, Method::GET, path, "", None)
            .await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Response {
        self.request(Method::POST, path, body).await
    }

    pub(super) async fn put(&self, path: &str, body: Value) -> Response {
        self.request(Method::PUT, path, body).await
    }

    pub(super) async fn delete(&self, path: &str) -> Response {
        self.request_as(ADMIN_TOKEN, Method::DELETE, path, "", None)
            .await
    }

    /// Makes a provider.
    pub(super) async fn provider(&self, name: &str) {
        self.post("providers", json!({"name": name})).await.ok();
    }

    /// Makes a channel of a new bot that has its secrets, and points the bot's webhook to it.
    pub(super) async fn channel(&self, provider: &str, name: &str) -> Bot {
        let bot = self.line.bot(name).await;
        self.channel_of(&bot, provider, name).await;
        self.line.set_webhook(&bot, &self.host.webhook(name)).await;
        bot
    }

    /// Makes a channel of a bot that has its secrets.
    pub(super) async fn channel_of(&self, bot: &Bot, provider: &str, name: &str) {
        let settings = json!({"channel_id": bot.channel_id});
        let channel = json!({"name": name, "provider": provider, "settings": settings});
        self.post("channels", channel).await.ok();
        self.secrets(name, bot).await;
    }

    /// Gives a channel a bot's secrets.
    pub(super) async fn secrets(&self, channel: &str, bot: &Bot) {
        for (name, value) in [
            ("channel-secret", &bot.secret),
            ("access-token", &bot.token),
        ] {
            let path = format!("channels/{channel}/secrets/{name}");
            self.put(&path, json!({"value": value})).await.ok();
        }
    }

    /// Uploads a built plugin. Returns its digest.
    pub(super) async fn upload(&self, name: &str) -> String {
        self.upload_other(name, 0).await
    }

    /// Uploads a built plugin with a custom section that makes it another one, unless it is number 0.
    pub(super) async fn upload_other(&self, name: &str, number: u8) -> String {
        let mut wasm = fs::read(plugin(name)).unwrap();
        if number > 0 {
            // Its id, its size, the size of its name, its name.
            wasm.extend([0, 2, 1, b'a' + number]);
        }
        let digest = digest(&wasm);
        let path = format!("plugins/{digest}");
        let uploaded = self.request_as(ADMIN_TOKEN, Method::PUT, &path, wasm, None);
        assert_eq!(uploaded.await.ok()["digest"], *digest);
        digest
    }

    /// Makes a deployment that answers `which` with a name. Returns its number.
    pub(super) async fn deployment(&self, channel: &str, plugin: &str, name: &str) -> i64 {
        self.deployment_with(channel, plugin, json!({"name": name}))
            .await
    }

    /// Makes a deployment that may do everything. Returns its number.
    pub(super) async fn deployment_with(&self, channel: &str, plugin: &str, config: Value) -> i64 {
        let document = json!({"grants": all_grants(), "config": config});
        let deployment = json!({"plugin": plugin, "document": document, "allow_missing": true});
        let path = format!("channels/{channel}/deployments");
        let added = self.post(&path, deployment).await.ok();
        added["deployment"]["number"].as_i64().unwrap()
    }

    /// Has a deployment serve all chats.
    pub(super) async fn activate(&self, channel: &str, deployment: i64) {
        let path = format!("channels/{channel}/traffic");
        self.put(&path, json!({"stable": deployment})).await.ok();
    }

    /// A channel of a new provider whose deployment answers `which` with `one`.
    pub(super) async fn serving(&self, channel: &str) -> (Bot, String) {
        self.provider(&format!("{channel}-owner")).await;
        let bot = self.channel(&format!("{channel}-owner"), channel).await;
        let probe = self.upload("probe").await;
        let one = self.deployment(channel, &probe, "one").await;
        self.activate(channel, one).await;
        (bot, probe)
    }
}

/// The SHA-256 of bytes, in hexadecimal.
pub(super) fn digest(bytes: &[u8]) -> String {
    hex::encode(ring::digest::digest(&SHA256, bytes))
}

fn all_grants() -> Value {
    let names = ALL_GRANTS.replace(['"', '\n'], "");
    names.split(',').map(|it| Value::from(it.trim())).collect()
}
