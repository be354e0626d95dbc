//! Looking users up (LINE reference, "Get profile").

use serde::Deserialize;

use crate::client::Client;
use crate::error::Error;
use crate::operation::Operation;

/// What LINE tells about a user.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// The user.
    pub user_id: String,
    /// What the user is called.
    pub display_name: String,
    /// The URL of the user's picture.
    pub picture_url: Option<String>,
    /// The user's status message.
    pub status_message: Option<String>,
    /// A BCP 47 language tag.
    pub language: Option<String>,
}

impl Client {
    /// The profile of a friend, or of a user who wrote to the bot.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn profile(&self, user_id: &str) -> Result<Profile, Error> {
        let request = self.request(Operation::GetProfile);
        request.id("user-id", user_id)?.receive().await
    }
}
