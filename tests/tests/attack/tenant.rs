//! A provider that does through the admin API what any provider may.

use std::time::Duration;

use botbox_line::signature::{self, sign};
use botbox_tests::{ADMIN_TOKEN, ALL_GRANTS, Bot, PATIENCE, User, message};
use reqwest::{Client, Method};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::arena::Arena;

/// How often the journal is asked.
const POLL: Duration = Duration::from_millis(10);

/// A provider.
pub(crate) struct Tenant<'a> {
    arena: &'a Arena,
    provider: &'static str,
    http: Client,
    token: String,
}

/// One of its channels.
pub(crate) struct Owned {
    pub(crate) id: String,
    bot: Bot,
}

/// What came of a component, or of an event.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    /// The host does not let it serve, for this reason.
    Refused(String),
    /// The handler returned, and had replied with this text.
    Handled(String),
    /// The event is a dead letter, for this reason.
    Dead(String),
}

impl<'a> Tenant<'a> {
    /// A new provider of the host, with a token that the operator gives it.
    pub(crate) async fn new(arena: &'a Arena, provider: &'static str) -> Self {
        let mut tenant = Self {
            arena,
            provider,
            http: Client::builder().no_proxy().build().unwrap(),
            token: ADMIN_TOKEN.to_owned(),
        };
        let post = async |path: &str, body| {
            let posted = tenant.json(Method::POST, path, body);
            posted.await.unwrap()
        };
        post("providers", json!({"name": provider})).await;
        let token = json!({"name": provider, "provider": provider, "role": "operate"});
        let token = post("tokens", token).await;
        token["token"]
            .as_str()
            .unwrap()
            .clone_into(&mut tenant.token);
        tenant
    }

    /// Where the host finds LINE.
    pub(crate) fn api(&self) -> &str {
        &self.arena.api
    }

    /// Makes a channel.
    pub(crate) async fn channel(&self, id: &str) -> Owned {
        let bot = Bot {
            id: format!("U{:032x}", fastrand::u128(..)),
            channel_id: String::from("1650000000"),
            secret: format!("{:032x}", fastrand::u128(..)),
            token: String::from("access-token"),
        };
        let settings = json!({"channel_id": bot.channel_id});
        let channel = json!({"name": id, "provider": self.provider, "settings": settings});
        let made = self.json(Method::POST, "channels", channel);
        made.await.unwrap();
        for (name, value) in [
            ("channel-secret", &bot.secret),
            ("access-token", &bot.token),
        ] {
            let path = format!("channels/{id}/secrets/{name}");
            let set = self.json(Method::PUT, &path, json!({"value": value}));
            set.await.unwrap();
        }
        Owned {
            id: id.to_owned(),
            bot,
        }
    }

    /// Uploads a component, deploys it with all grants, these options of grants and limits, and has it serve.
    ///
    /// # Errors
    ///
    /// Why the host refuses one of that.
    pub(crate) async fn deploy(
        &self,
        channel: &Owned,
        wasm: Vec<u8>,
        limits: &Value,
    ) -> Result<(), String> {
        let plugin = hex::encode(digest(&SHA256, &wasm));
        let path = format!("plugins/{plugin}");
        self.request(Method::PUT, &path, wasm).await?;
        let document = json!({
            "grants": self.grants(),
            "limits": limits,
            "retries": {"attempts": 1},
        });
        let path = format!("channels/{}/deployments", channel.id);
        let deployment = json!({"plugin": plugin, "document": document, "allow_missing": true});
        let made = self.json(Method::POST, &path, deployment).await?;
        let path = format!("channels/{}/traffic", channel.id);
        let traffic = json!({"stable": made["deployment"]["number"]});
        self.json(Method::PUT, &path, traffic).await?;
        Ok(())
    }

    /// Has users write these texts, each in a chat of its own, in one webhook. Returns what comes of it.
    pub(crate) async fn send(&self, channel: &Owned, texts: &[String]) -> Vec<Outcome> {
        let named = texts.iter().map(|text| {
            let id = format!("{:026x}", fastrand::u128(..));
            let user = User {
                id: format!("U{:032x}", fastrand::u128(..)),
            };
            (message(&user, &id, &id, text), id)
        });
        let (events, ids): (Vec<_>, Vec<_>) = named.unzip();
        let body = json!({"destination": channel.bot.id, "events": events}).to_string();
        let request = self.http.post(self.arena.host.webhook(&channel.id));
        let signature = sign(&channel.bot.secret, body.as_bytes());
        let request = request.header(signature::HEADER, signature).body(body);
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, 200, "{}: {text}", channel.id);
        let mut outcomes = Vec::new();
        for id in ids {
            let waited = timeout(PATIENCE, self.outcome(&channel.id, &id)).await;
            outcomes.push(waited.unwrap_or_else(|_| panic!("{}: never ends", channel.id)));
        }
        outcomes
    }

    async fn outcome(&self, channel: &str, id: &str) -> Outcome {
        let path = format!("journal/events/{channel}/{id}");
        loop {
            let event = self.json(Method::GET, &path, Value::Null).await.unwrap();
            match event["state"].as_str() {
                Some("handled") => return Outcome::Handled(self.reply(id)),
                Some("dead") => {
                    let why = event["failures"][0]["error"].as_str();
                    return Outcome::Dead(why.unwrap_or_default().to_owned());
                }
                _ => sleep(POLL).await,
            }
        }
    }

    /// The text of the one reply with a token; none if there is none.
    fn reply(&self, token: &str) -> String {
        let replies = self.arena.replies.lock().unwrap().remove(token);
        let text = replies.into_iter().flatten().map(|it| it.text);
        text.collect::<Vec<_>>().join(" AND ")
    }

    /// All, and of the web what the stand-in for LINE has, and a name of this machine.
    fn grants(&self) -> Value {
        let names = ALL_GRANTS.replace(['"', '\n'], "");
        let mut grants: Vec<_> = names.split(',').map(|it| json!(it.trim())).collect();
        let (_, port) = self.arena.api.rsplit_once(':').unwrap();
        let named = format!("http://localhost:{port}");
        grants.push(json!({"http": [self.arena.api, named, "https://api.example.com"]}));
        grants.push(
            json!({"line-api": ["* /v2/bot/*", "* /oauth2/*/*", "POST /v2/bot/message/push"]}),
        );
        Value::Array(grants)
    }

    async fn json(&self, method: Method, path: &str, body: Value) -> Result<Value, String> {
        let body = match body {
            Value::Null => Vec::new(),
            body => body.to_string().into_bytes(),
        };
        self.request(method, path, body).await
    }

    async fn request(&self, method: Method, path: &str, body: Vec<u8>) -> Result<Value, String> {
        let url = format!("{}/v1/{path}", self.arena.host.admin_url);
        let request = self.http.request(method, url).bearer_auth(&self.token);
        let response = request.body(body).send().await.unwrap();
        let is_success = response.status().is_success();
        let body: Value = response.json().await.unwrap_or_default();
        if is_success {
            return Ok(body);
        }
        Err(body["detail"].as_str().unwrap_or_default().to_owned())
    }
}
