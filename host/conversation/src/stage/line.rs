//! The simulator, with one bot, and what is done with it over its control API.

use botbox_clock::Clock;
use botbox_simulator::{Settings, Simulator};
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value, json};

/// A running simulator, with a bot.
pub struct Line {
    simulator: Simulator,
    http: Client,
    /// The bot's account.
    pub bot: Account,
}

/// A bot's account, as LINE knows it.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Its user id.
    #[serde(rename = "botId")]
    pub id: String,
    /// Its name.
    #[serde(rename = "displayName")]
    pub name: String,
    pub(super) channel_secret: String,
    pub(super) access_token: String,
}

/// A message in a chat.
#[derive(Clone, Debug, Deserialize)]
pub struct Message {
    /// Counts from 1 in each chat.
    pub seq: u64,
    /// `user` or `bot`.
    pub from: String,
    /// The message, as LINE has it.
    pub message: Value,
}

/// Why the simulator does not do something.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// It does not start.
    #[error(transparent)]
    Start(#[from] botbox_simulator::Error),
    /// It does not answer, or not as expected.
    #[error("the simulator does not answer")]
    Http(#[from] reqwest::Error),
    /// It refuses.
    #[error("the simulator refuses: {0}")]
    Refused(String),
}

#[derive(Deserialize)]
struct Refusal {
    message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Acted {
    events: Vec<Receipt>,
}

/// What the simulator tells of an event that it made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Receipt {
    pub(crate) message_id: Option<String>,
}

impl Line {
    /// Starts a simulator with a bot: the first of the seed, which is a state of another simulator, or else one
    /// of this name.
    ///
    /// # Errors
    ///
    /// When there is no free port, or the seed is no state.
    pub async fn start(name: &str, clock: Clock, seed: Option<String>) -> Result<Self, LineError> {
        let settings = Settings {
            clock,
            seed,
            ..Settings::default()
        };
        let simulator = Simulator::start(settings).await?;
        botbox_line::tls::prepare();
        let http = Client::builder().no_proxy().build()?;
        let url = format!("{}/simulator/bots", simulator.url());
        let bots: Vec<Account> = answer(http.get(&url)).await?;
        let bot = match bots.into_iter().next() {
            Some(bot) => bot,
            None => answer(http.post(url).json(&json!({ "displayName": name }))).await?,
        };
        Ok(Self {
            simulator,
            http,
            bot,
        })
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        self.simulator.url()
    }

    /// The page with a user's chat.
    #[must_use]
    pub fn page(&self, user: &str) -> String {
        format!("{}/#/{}/{user}", self.url(), self.bot.id)
    }

    /// Has the bot's webhooks go to an address.
    ///
    /// # Errors
    ///
    /// When it is no address of a webhook.
    pub async fn connect(&self, webhook: &str) -> Result<(), LineError> {
        let set = self.http.put(self.of_bot("/webhook"));
        let set = set.json(&json!({ "endpoint": webhook }));
        answer::<IgnoredAny>(set).await?;
        Ok(())
    }

    /// Makes a user, as `POST /simulator/users` takes it, and returns the id.
    ///
    /// # Errors
    ///
    /// When the simulator refuses it.
    pub async fn user(&self, profile: &Map<String, Value>) -> Result<String, LineError> {
        let user: Value = self.post("/users", profile).await?;
        Ok(text(&user["userId"]))
    }

    /// The id of the user with a name, or else of another one, if there is any.
    ///
    /// # Errors
    ///
    /// When the simulator does not answer.
    pub async fn user_named(&self, name: &str) -> Result<Option<String>, LineError> {
        let users: Vec<Value> = answer(self.http.get(self.at("/users"))).await?;
        let named = users.iter().find(|user| user["displayName"] == name);
        let user = named.or_else(|| users.first());
        Ok(user.map(|user| text(&user["userId"])))
    }

    /// What people set up and said, as a seed of another simulator.
    #[must_use]
    pub fn kept(&self) -> String {
        self.simulator.state()
    }

    pub(crate) async fn group(
        &self,
        is_room: bool,
        name: &str,
        members: &[&str],
    ) -> Result<String, LineError> {
        let kind = if is_room { "room" } else { "group" };
        let mut group = json!({ "kind": kind, "members": members });
        if !is_room {
            group["groupName"] = name.into();
        }
        let group: Value = self.post("/groups", &group).await?;
        Ok(text(&group[if is_room { "roomId" } else { "groupId" }]))
    }

    /// Has a user act, which the bot is told in a webhook.
    pub(crate) async fn act(&self, act: &Value) -> Result<Receipt, LineError> {
        let acts = self
            .http
            .post(self.of_bot("/events"))
            .json(&json!({ "events": [act] }));
        let mut acted: Acted = answer(acts).await?;
        Ok(acted.events.pop().unwrap_or(Receipt { message_id: None }))
    }

    pub(crate) async fn content(
        &self,
        media_type: &str,
        bytes: Vec<u8>,
    ) -> Result<String, LineError> {
        let upload = self.http.post(self.at("/contents"));
        let upload = upload.header("content-type", media_type).body(bytes);
        let content: Value = answer(upload).await?;
        Ok(text(&content["contentId"]))
    }

    pub(crate) async fn fault(&self, fault: &Value) -> Result<(), LineError> {
        let _: IgnoredAny = self.post("/faults", fault).await?;
        Ok(())
    }

    pub(crate) async fn forget_faults(&self) -> Result<(), LineError> {
        answer::<IgnoredAny>(self.http.delete(self.at("/faults"))).await?;
        Ok(())
    }

    /// Adds to the bot's log what a host tells, as `POST /simulator/bots/{bot}/notes` takes it.
    ///
    /// # Errors
    ///
    /// When the simulator does not answer.
    pub async fn note(&self, note: &Value) -> Result<(), LineError> {
        answer::<IgnoredAny>(self.http.post(self.of_bot("/notes")).json(note)).await?;
        Ok(())
    }

    /// What was said in a chat after a message, oldest first.
    ///
    /// # Errors
    ///
    /// When there is no such chat.
    pub async fn messages(&self, chat: &str, after: u64) -> Result<Vec<Message>, LineError> {
        #[derive(Deserialize)]
        struct Chat {
            messages: Vec<Message>,
        }
        let messages = self
            .http
            .get(self.of_bot(&format!("/chats/{chat}/messages")));
        let chat: Chat = answer(messages.query(&[("after", after)])).await?;
        Ok(chat.messages)
    }

    /// The webhooks and calls of the bot after an entry, oldest first, as `GET /simulator/bots/{bot}/log` has
    /// them.
    ///
    /// # Errors
    ///
    /// When the simulator does not answer.
    pub async fn log(&self, after: u64) -> Result<Vec<Value>, LineError> {
        #[derive(Deserialize)]
        struct Log {
            entries: Vec<Value>,
        }
        let log = self
            .http
            .get(self.of_bot("/log"))
            .query(&[("after", after)]);
        let log: Log = answer(log).await?;
        Ok(log.entries)
    }

    /// All that people set up and said, as `GET /simulator/state` has it.
    pub(crate) async fn state(&self) -> Result<Value, LineError> {
        answer(self.http.get(self.at("/state"))).await
    }

    pub(crate) async fn set_state(&self, state: &Value) -> Result<(), LineError> {
        answer::<IgnoredAny>(self.http.put(self.at("/state")).json(state)).await?;
        Ok(())
    }

    /// The rich menu that a user sees, if there is one.
    pub(crate) async fn rich_menu(&self, user: &str) -> Result<Option<Value>, LineError> {
        let menu = self
            .http
            .get(self.of_bot(&format!("/users/{user}/richMenu")));
        match answer(menu).await {
            Ok(menu) => Ok(Some(menu)),
            Err(LineError::Refused(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn tap_rich_menu(&self, user: &str, tap: &Value) -> Result<(), LineError> {
        let taps = self
            .http
            .post(self.of_bot(&format!("/users/{user}/richMenu/taps")));
        answer::<IgnoredAny>(taps.json(tap)).await?;
        Ok(())
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl serde::Serialize + Sync),
    ) -> Result<T, LineError> {
        answer(self.http.post(self.at(path)).json(body)).await
    }

    pub(super) async fn idle(&self) {
        self.simulator.idle().await;
    }

    /// Whether it is idle now.
    pub(super) async fn is_idle(&self) -> bool {
        tokio::select! {
            biased;
            () = self.simulator.idle() => true,
            () = std::future::ready(()) => false,
        }
    }

    fn at(&self, path: &str) -> String {
        format!("{}/simulator{path}", self.url())
    }

    fn of_bot(&self, path: &str) -> String {
        self.at(&format!("/bots/{}{path}", self.bot.id))
    }
}

async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, LineError> {
    let response = request.send().await?;
    if response.status().is_success() {
        return Ok(response.json().await?);
    }
    let status = response.status();
    let text = response.text().await?;
    let refusal: Result<Refusal, _> = serde_json::from_str(&text);
    Err(LineError::Refused(match refusal {
        Ok(refusal) => refusal.message,
        Err(_) => format!("{status} {text}"),
    }))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
