//! What a bot does in chats besides sending messages (LINE reference, "Display a loading
//! animation" and "Mark messages as read").

use serde::Serialize;

use crate::arguments::not_empty;
use crate::client::Client;
use crate::error::Error;
use crate::operation::Operation;

impl Client {
    /// Shows the loading animation to a user until the bot's next message, or for so many seconds:
    /// a multiple of 5 from 5 to 60.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn show_loading_animation(&self, user_id: &str, seconds: u32) -> Result<(), Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Loading<'a> {
            chat_id: &'a str,
            loading_seconds: u32,
        }
        let loading = Loading {
            chat_id: not_empty("user-id", user_id)?,
            loading_seconds: seconds,
        };
        let request = self.request(Operation::ShowLoadingAnimation);
        request.json(&loading)?.send().await
    }

    /// Marks all messages as read up to the one that the token came with.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn mark_messages_as_read_by_token(&self, token: &str) -> Result<(), Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Mark<'a> {
            mark_as_read_token: &'a str,
        }
        let mark = Mark {
            mark_as_read_token: not_empty("mark-as-read-token", token)?,
        };
        let request = self.request(Operation::MarkMessagesAsReadByToken);
        request.json(&mark)?.send().await
    }

    /// Marks all messages of a user as read. For the accounts that LINE gave this to.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn mark_messages_as_read(&self, user_id: &str) -> Result<(), Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct User<'a> {
            user_id: &'a str,
        }
        #[derive(Serialize)]
        struct Mark<'a> {
            chat: User<'a>,
        }
        let mark = Mark {
            chat: User {
                user_id: not_empty("user-id", user_id)?,
            },
        };
        let request = self.request(Operation::MarkMessagesAsRead);
        request.json(&mark)?.send().await
    }
}
