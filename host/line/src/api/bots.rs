//! The bot itself (LINE reference, "Get bot info").

use serde::Deserialize;

use crate::client::Client;
use crate::error::Error;
use crate::operation::Operation;

/// What LINE tells about the bot.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BotInfo {
    /// The bot's user id.
    pub user_id: String,
    /// Begins with `@`.
    pub basic_id: String,
    /// An id that the account bought.
    pub premium_id: Option<String>,
    /// What the bot is called.
    pub display_name: String,
    /// The URL of its picture.
    pub picture_url: Option<String>,
    /// `chat` or `bot`.
    pub chat_mode: String,
    /// `auto` or `manual`.
    pub mark_as_read_mode: String,
}

impl Client {
    /// What LINE tells about the bot.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn bot_info(&self) -> Result<BotInfo, Error> {
        self.request(Operation::GetBotInfo).receive().await
    }
}
