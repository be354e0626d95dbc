//! Sending messages (LINE reference, "Send reply message" and "Send push message").

use secrecy::ExposeSecret;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use super::Client;
use crate::message::Message;
use crate::webhook::ReplyToken;
use crate::{Error, Operation};

/// A message that LINE took.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SentMessage {
    /// The message's id.
    #[serde(deserialize_with = "string_or_number")]
    pub id: String,
    /// To quote it with.
    #[serde(default)]
    pub quote_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    #[serde(default)]
    sent_messages: Vec<SentMessage>,
}

impl Client {
    /// Answers the event that the token came with, once, within about a minute.
    ///
    /// LINE takes no retry key here, so the request is not repeated unless it certainly did not
    /// reach LINE: after [`Error::NoAnswer`] the reply may have been delivered.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn reply_message(
        &self,
        token: &ReplyToken,
        messages: &[Message],
    ) -> Result<Vec<SentMessage>, Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Body<'a> {
            reply_token: &'a str,
            messages: &'a [Message],
        }
        let body = Body {
            reply_token: token.expose_secret(),
            messages,
        };
        let request = self.request(Operation::ReplyMessage).json(&body)?;
        Ok(request.answer::<Sent>().await?.sent_messages)
    }

    /// Sends messages to a user, group or room. LINE remembers the retry key for 24 hours and
    /// takes a request once for each.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn push_message(
        &self,
        to: &str,
        messages: &[Message],
        retry_key: Uuid,
    ) -> Result<Vec<SentMessage>, Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            to: &'a str,
            messages: &'a [Message],
        }
        let body = Body { to, messages };
        let request = self.request(Operation::PushMessage).json(&body)?;
        let request = request.retry_key(retry_key)?;
        Ok(request.answer::<Sent>().await?.sent_messages)
    }
}

/// LINE's reference calls these ids numbers; its examples are strings.
fn string_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Text(String),
        Number(u64),
    }
    Ok(match Id::deserialize(deserializer)? {
        Id::Text(text) => text,
        Id::Number(number) => number.to_string(),
    })
}
