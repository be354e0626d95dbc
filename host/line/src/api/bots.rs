//! The bot itself (LINE reference, "Get bot info").

use serde::Deserialize;

use super::any::API_RESPONSE_LIMIT;
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

    /// When LINE answers, by its clock: a date of HTTP. It costs a call, and works with a valid access token only.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn date(&self) -> Result<Option<String>, Error> {
        let request = self.request(Operation::GetBotInfo);
        Ok(request.receive_raw(API_RESPONSE_LIMIT).await?.date)
    }
}
