//! The simulator, with a bot and two users.

use anyhow::{Context as _, ensure};
use botbox_clock::Clock;
use botbox_simulator::{Settings, Simulator};
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

/// Who is there to chat with the bot.
const USERS: [&str; 2] = ["Aiko", "Ben"];

/// A running simulator, with a bot and two users.
pub(crate) struct Stage {
    simulator: Simulator,
    http: Client,
    pub(crate) bot: Bot,
    /// The first user's id.
    user: String,
}

/// The bot as LINE knows it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Bot {
    #[serde(rename = "botId")]
    id: String,
    #[serde(rename = "displayName")]
    pub(crate) name: String,
    pub(crate) channel_secret: String,
    pub(crate) access_token: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    user_id: String,
}

impl Stage {
    pub(crate) async fn set(name: &str, clock: Clock) -> anyhow::Result<Self> {
        let settings = Settings {
            clock,
            ..Settings::default()
        };
        let simulator = Simulator::start(settings).await?;
        botbox_line::tls::prepare();
        let http = Client::builder().no_proxy().build()?;
        let at = |path: &str| format!("{}/simulator{path}", simulator.url());
        let bot = http.post(at("/bots")).json(&json!({ "displayName": name }));
        let bot: Bot = answer(bot).await?;
        let mut ids = Vec::new();
        for name in USERS {
            let user = http
                .post(at("/users"))
                .json(&json!({ "displayName": name }));
            let User { user_id } = answer(user).await?;
            ids.push(user_id);
        }
        Ok(Self {
            user: ids.swap_remove(0),
            simulator,
            http,
            bot,
        })
    }

    pub(crate) fn url(&self) -> &str {
        self.simulator.url()
    }

    /// The page with the first user's chat.
    pub(crate) fn page(&self) -> String {
        format!("{}/#/{}/{}", self.url(), self.bot.id, self.user)
    }

    /// Has the bot's webhooks go to an address.
    pub(crate) async fn connect(&self, webhook: &str) -> anyhow::Result<()> {
        let url = format!("{}/simulator/bots/{}/webhook", self.url(), self.bot.id);
        let set = self.http.put(url).json(&json!({ "endpoint": webhook }));
        answer::<serde::de::IgnoredAny>(set).await?;
        Ok(())
    }
}

async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> anyhow::Result<T> {
    let response = request
        .send()
        .await
        .context("the simulator does not answer")?;
    let status = response.status();
    let text = response.text().await?;
    ensure!(
        status.is_success(),
        "the simulator answers {status}: {text}"
    );
    Ok(serde_json::from_str(&text)?)
}
