//! The simulator, and its control API as tests use it.

use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};

use botbox_simulator::{Settings, Simulator};

use crate::patience::PATIENCE;

/// A running simulator.
pub struct Line {
    url: String,
    http: Client,
    /// It stops with this, unless it is another process's.
    _simulator: Option<Simulator>,
}

/// A bot's channel at the simulator.
#[derive(Clone)]
pub struct Bot {
    /// The bot's user id.
    pub id: String,
    /// The channel's id.
    pub channel_id: String,
    /// Signs webhooks.
    pub secret: String,
    /// For calls to the API.
    pub token: String,
}

/// A user at the simulator.
#[derive(Clone)]
pub struct User {
    /// The user's id.
    pub id: String,
}

/// What became of a webhook.
#[derive(Debug)]
pub struct Delivery {
    /// The host's answer.
    pub status: Option<u64>,
    /// What the simulator says of each event.
    pub events: Vec<Value>,
}

/// A message from the bot.
#[derive(Debug)]
pub struct Sent {
    /// Its place in the chat.
    pub seq: u64,
    /// `reply` or `push`.
    pub via: String,
    /// The message object.
    pub message: Value,
}

impl Sent {
    /// The text, or nothing in other messages.
    #[must_use]
    pub fn text(&self) -> &str {
        self.message["text"].as_str().unwrap_or_default()
    }
}

impl Line {
    /// Starts a simulator.
    pub async fn start() -> Self {
        let simulator = Simulator::start(Settings::default()).await.unwrap();
        Self {
            url: simulator.url().to_owned(),
            http: Client::new(),
            _simulator: Some(simulator),
        }
    }

    /// A simulator of another process.
    #[must_use]
    pub fn at(url: &str) -> Self {
        botbox_line::tls::prepare();
        Self {
            url: url.to_owned(),
            http: Client::new(),
            _simulator: None,
        }
    }

    /// A bot that is there already, by its id.
    pub async fn known_bot(&self, id: &str) -> Bot {
        as_bot(&self.get(&format!("/bots/{id}")).await)
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Makes a bot.
    pub async fn bot(&self, name: &str) -> Bot {
        self.bot_with(json!({"displayName": name})).await
    }

    /// Makes a bot with chosen properties.
    pub async fn bot_with(&self, bot: Value) -> Bot {
        as_bot(&self.post("/bots", &bot).await)
    }

    /// Registers the public half of the key by which tokens are issued to a bot, as `kid`.
    pub async fn register_key(&self, bot: &Bot, key: &Value, kid: &str) {
        let key = json!({"kid": kid, "kty": "RSA", "alg": "RS256", "n": key["n"], "e": key["e"]});
        self.post(&format!("/bots/{}/keys", bot.id), &key).await;
    }

    /// Sets the URL of a bot's webhook.
    pub async fn set_webhook(&self, bot: &Bot, url: &str) {
        let path = format!("/bots/{}/webhook", bot.id);
        self.put(&path, &json!({"endpoint": url})).await;
    }

    /// The URL of a bot's webhook, if it has one.
    pub async fn webhook(&self, bot: &Bot) -> Option<String> {
        let bot = self.get(&format!("/bots/{}", bot.id)).await;
        bot["webhook"].as_str().map(str::to_owned)
    }

    /// Sets how LINE treats a bot, such as `monthlyQuota`.
    pub async fn set(&self, bot: &Bot, settings: Value) {
        let path = format!("/bots/{}/settings", bot.id);
        self.put(&path, &settings).await;
    }

    /// Sets the membership plans that a bot offers.
    pub async fn offer(&self, bot: &Bot, memberships: Value) {
        let path = format!("/bots/{}/memberships", bot.id);
        self.put(&path, &json!({"memberships": memberships})).await;
    }

    /// Makes a user.
    pub async fn user(&self, name: &str) -> User {
        self.user_with(json!({"displayName": name})).await
    }

    /// Makes a user with chosen properties.
    pub async fn user_with(&self, user: Value) -> User {
        let user = self.post("/users", &user).await;
        User {
            id: user["userId"].as_str().unwrap().to_owned(),
        }
    }

    /// Makes a group with these members.
    pub async fn group(&self, members: &[&User]) -> String {
        self.several("group", "groupId", members).await
    }

    /// Makes a room with these members.
    pub async fn room(&self, members: &[&User]) -> String {
        self.several("room", "roomId", members).await
    }

    async fn several(&self, kind: &str, id: &str, members: &[&User]) -> String {
        let members: Vec<_> = members.iter().map(|user| &user.id).collect();
        let chat = json!({"groupName": "a group", "kind": kind, "members": members});
        let chat = self.post("/groups", &chat).await;
        chat[id].as_str().unwrap().to_owned()
    }

    /// Has a bot's owner consent to a module channel, and returns the code with which the channel attaches
    /// itself.
    pub async fn consent(&self, bot: &Bot, module: &Bot, redirect_uri: &str) -> String {
        let path = format!("/bots/{}/modules/{}/codes", bot.id, module.id);
        let consent = json!({"scopes": ["message:send"], "redirectUri": redirect_uri});
        let given = self.post(&path, &consent).await;
        given["code"].as_str().unwrap().to_owned()
    }

    /// Uploads a content, which answers `preparing` times that it is not ready.
    pub async fn content(&self, media_type: &str, bytes: Vec<u8>, preparing: u32) -> String {
        let path = self.path(&format!("/contents?preparing={preparing}"));
        let request = self.http.post(path).header("content-type", media_type);
        let response = request.body(bytes).send().await.unwrap();
        let content: Value = response.json().await.unwrap();
        content["contentId"].as_str().unwrap().to_owned()
    }

    /// Sends a text as a user, in a chat of the two.
    pub async fn say(&self, bot: &Bot, user: &User, text: &str) -> Delivery {
        let message = json!({"type": "text", "text": text});
        self.act(bot, user, json!({"type": "message", "message": message}))
            .await
    }

    /// Makes the simulator accept a reply token, as if it had just been sent to the bot: in an event that the
    /// test sends to the host itself. The bot must have no webhook.
    pub async fn issue_token(&self, bot: &Bot, user: &User, token: &str) {
        let context = json!({"isRedelivery": true});
        let event = json!({"type": "message", "message": {"type": "text", "text": "-"},
            "replyToken": token, "deliveryContext": context});
        let delivery = self.act(bot, user, event).await;
        assert_eq!(delivery.status, None);
    }

    /// Makes one event happen in a chat of the two.
    pub async fn act(&self, bot: &Bot, user: &User, event: Value) -> Delivery {
        self.send(bot, vec![json!({"as": user.id, "event": event})])
            .await
    }

    /// Sends events in one webhook.
    pub async fn send(&self, bot: &Bot, events: Vec<Value>) -> Delivery {
        let path = format!("/bots/{}/events", bot.id);
        let answer = self.post(&path, &json!({"events": events})).await;
        Delivery {
            status: answer["delivery"]["status"].as_u64(),
            events: answer["events"].as_array().unwrap().clone(),
        }
    }

    /// Waits for the bot's next message in a chat after `after`.
    pub async fn next(&self, bot: &Bot, chat: &str, after: u64) -> Sent {
        let sent = self.wait(bot, chat, after).await;
        sent.unwrap_or_else(|| panic!("the bot sent nothing to {chat} after {after}"))
    }

    async fn wait(&self, bot: &Bot, chat: &str, after: u64) -> Option<Sent> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let mut after = after;
        while tokio::time::Instant::now() < deadline {
            for message in self.messages(bot, chat, after, 5_000).await {
                let seq = message["seq"].as_u64().unwrap();
                after = seq;
                if message["from"] == "bot" {
                    return Some(Sent {
                        seq,
                        via: message["via"].as_str().unwrap().to_owned(),
                        message: message["message"].clone(),
                    });
                }
            }
        }
        None
    }

    /// What is in a chat after `after`, waiting up to `wait` milliseconds for anything at all.
    pub async fn messages(&self, bot: &Bot, chat: &str, after: u64, wait: u64) -> Vec<Value> {
        let query = format!("?after={after}&wait={wait}");
        let answer = self.chat(bot, chat, &query).await;
        answer["messages"].as_array().unwrap().clone()
    }

    /// A chat as both sides see it: `messages`, `read` and `loadingUntil`.
    pub async fn chat(&self, bot: &Bot, chat: &str, query: &str) -> Value {
        let path = format!("/bots/{}/chats/{chat}/messages{query}", bot.id);
        self.get(&path).await
    }

    /// The id of the rich menu that a user sees.
    pub async fn rich_menu(&self, bot: &Bot, user: &User) -> Option<String> {
        let path = format!("/bots/{}/users/{}/richMenu", bot.id, user.id);
        let request = self.http.get(self.path(&path));
        let menu: Value = request.send().await.unwrap().json().await.unwrap();
        menu["richMenuId"].as_str().map(str::to_owned)
    }

    /// Says something and returns the text of the answer.
    pub async fn ask(&self, bot: &Bot, user: &User, text: &str) -> String {
        let chat = self.messages(bot, &user.id, 0, 0).await;
        let last = chat.last().map_or(0, |it| it["seq"].as_u64().unwrap());
        let delivery = self.say(bot, user, text).await;
        assert_eq!(delivery.status, Some(200));
        self.next(bot, &user.id, last).await.text().to_owned()
    }

    /// The calls that a bot made to an operation's path, oldest first.
    pub async fn calls(&self, bot: &Bot, path: &str) -> Vec<Value> {
        let calls = self.get(&format!("/bots/{}/calls", bot.id)).await;
        let mut calls = calls.as_array().unwrap().clone();
        calls.retain(|call| call["path"].as_str().unwrap().contains(path));
        calls
    }

    /// Makes an operation of the API fail.
    pub async fn fault(&self, operation: &str, times: u32, answer: Value) {
        let fault = json!({"operation": operation, "times": times, "answer": answer});
        self.post("/faults", &fault).await;
    }

    /// Loses an operation's answer, though the operation is done.
    pub async fn lost_answer(&self, operation: &str, times: u32, answer: Value) {
        let fault =
            json!({"operation": operation, "times": times, "performFirst": true, "answer": answer});
        self.post("/faults", &fault).await;
    }

    /// Moves its clock forward, and that of a host that shares it.
    pub async fn advance(&self, time: Duration) {
        let milliseconds = u64::try_from(time.as_millis()).unwrap();
        self.post("/clock", &json!({"advance": milliseconds})).await;
    }

    /// Takes all faults back.
    pub async fn heal(&self) {
        let path = self.path("/faults");
        let response = self.http.delete(path).send().await.unwrap();
        assert!(response.status().is_success(), "{response:?}");
    }

    /// Waits until a bot made `count` calls to a path.
    pub async fn expect_calls(&self, bot: &Bot, path: &str, count: usize) {
        let enough = async {
            while self.calls(bot, path).await.len() < count {
                tokio::task::yield_now().await;
            }
        };
        let enough = tokio::time::timeout(PATIENCE, enough).await;
        enough.unwrap_or_else(|_| panic!("fewer than {count} calls to {path}"));
    }

    fn path(&self, path: &str) -> String {
        format!("{}/simulator{path}", self.url())
    }

    async fn get(&self, path: &str) -> Value {
        let response = self.http.get(self.path(path)).send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {response:?}");
        response.json().await.unwrap()
    }

    /// What the bot's host told of it, oldest first.
    pub async fn notes(&self, bot: &Bot) -> Vec<Value> {
        let log = self.get(&format!("/bots/{}/log", bot.id)).await;
        let entries = log["entries"].as_array().unwrap().iter();
        let notes = entries.filter(|entry| entry["type"] == "note");
        notes.cloned().collect()
    }

    /// Asks the control API for something, by its path below `/simulator`.
    pub async fn post(&self, path: &str, body: &Value) -> Value {
        self.send_json(Method::POST, path, body).await
    }

    async fn put(&self, path: &str, body: &Value) {
        self.send_json(Method::PUT, path, body).await;
    }

    async fn send_json(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = self.http.request(method, self.path(path)).json(body);
        let response = request.send().await.unwrap();
        let status = response.status();
        let answer = response.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {answer}");
        serde_json::from_str(&answer).unwrap()
    }
}

fn as_bot(bot: &Value) -> Bot {
    let field = |name: &str| bot[name].as_str().unwrap().to_owned();
    Bot {
        id: field("botId"),
        channel_id: field("channelId"),
        secret: field("channelSecret"),
        token: field("accessToken"),
    }
}
