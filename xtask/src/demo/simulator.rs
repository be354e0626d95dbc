//! The simulator's control API.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use ureq::http::Response;
use ureq::{Agent, Body};

#[derive(Clone)]
pub(super) struct Simulator {
    base: String,
    agent: Agent,
}

#[derive(Clone)]
pub(super) struct Bot {
    pub(super) name: String,
    id: String,
    pub(super) secret: String,
    pub(super) token: String,
}

/// A message in a chat.
pub(super) struct Message {
    /// Its place in the chat.
    pub(super) seq: u64,
    pub(super) from_bot: bool,
    pub(super) content: Value,
}

impl Simulator {
    pub(super) fn at(url: &str) -> Self {
        let config = Agent::config_builder()
            // The simulator's own explanation is worth more than the status.
            .http_status_as_error(false)
            .proxy(None)
            .build();
        Self {
            base: format!("{url}/simulator"),
            agent: config.new_agent(),
        }
    }

    pub(super) fn add_bot(&self, name: &str) -> anyhow::Result<Bot> {
        let bot = self.post("/bots", &json!({ "displayName": name }))?;
        Ok(Bot {
            name: name.to_owned(),
            id: text(&bot, "botId")?,
            secret: text(&bot, "channelSecret")?,
            token: text(&bot, "accessToken")?,
        })
    }

    pub(super) fn set_webhook(&self, bot: &Bot, endpoint: &str) -> anyhow::Result<()> {
        let url = format!("{}/bots/{}/webhook", self.base, bot.id);
        let body = json!({ "endpoint": endpoint });
        read(self.agent.put(url).send_json(body))?;
        Ok(())
    }

    /// The new user's id.
    pub(super) fn add_user(&self, name: &str) -> anyhow::Result<String> {
        text(
            &self.post("/users", &json!({ "displayName": name }))?,
            "userId",
        )
    }

    /// The id by which a message can have these bytes as its content.
    pub(super) fn upload(&self, bytes: &[u8], content_type: &str) -> anyhow::Result<String> {
        let url = format!("{}/contents", self.base);
        let request = self.agent.post(url).content_type(content_type);
        text(&read(request.send(bytes))?, "contentId")
    }

    /// Lets a user act; the bot's host must take the webhook.
    pub(super) fn act(&self, user: &str, bot: &Bot, event: &Value) -> anyhow::Result<()> {
        let acts = json!({ "events": [{ "as": user, "event": event }] });
        let acted = self.post(&format!("/bots/{}/events", bot.id), &acts)?;
        let delivery = &acted["delivery"];
        ensure!(
            delivery["reason"] == "OK",
            "the host did not take the webhook: {delivery}"
        );
        Ok(())
    }

    /// What was sent after the message `seq`; waits for it if there is nothing yet.
    pub(super) fn messages(
        &self,
        user: &str,
        bot: &Bot,
        seq: u64,
        wait: Duration,
    ) -> anyhow::Result<Vec<Message>> {
        let url = format!("{}/bots/{}/chats/{user}/messages", self.base, bot.id);
        let request = self
            .agent
            .get(url)
            .query("after", seq.to_string())
            .query("wait", wait.as_millis().to_string());
        let chat = read(request.call())?;
        let messages = chat["messages"].as_array();
        messages
            .context("the simulator's chat has no messages")?
            .iter()
            .map(|message| {
                let seq = message["seq"].as_u64();
                Ok(Message {
                    seq: seq.context("the simulator's message has no seq")?,
                    from_bot: message["from"] == "bot",
                    content: message["message"].clone(),
                })
            })
            .collect()
    }

    fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        read(
            self.agent
                .post(format!("{}{path}", self.base))
                .send_json(body),
        )
    }
}

fn read(response: Result<Response<Body>, ureq::Error>) -> anyhow::Result<Value> {
    let mut response = response.context("the simulator does not answer")?;
    let status = response.status();
    let body = response
        .body_mut()
        .read_to_string()
        .context("the simulator's answer breaks off")?;
    ensure!(
        status.is_success(),
        "the simulator answers {status}: {body}"
    );
    serde_json::from_str(&body).context("the simulator's answer is not JSON")
}

fn text(answer: &Value, field: &str) -> anyhow::Result<String> {
    let value = answer[field].as_str().map(String::from);
    value.with_context(|| format!("the simulator's answer has no {field}"))
}
