//! Messages that a bot sends, and replies (LINE reference, "Sending messages").

use secrecy::ExposeSecret;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::client::Client;
use crate::error::Error;
use crate::lenient::{lenient, readable};
use crate::message::Message;
use crate::operation::Operation;
use crate::webhook::ReplyToken;

/// A message that LINE took.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SentMessage {
    /// The message's id.
    #[serde(deserialize_with = "string_or_number")]
    pub id: String,
    /// The token to quote it with.
    #[serde(
        default,
        deserialize_with = "lenient",
        skip_serializing_if = "Option::is_none"
    )]
    pub quote_token: Option<String>,
}

/// What LINE says of messages that it took: the messages went out, whatever it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sent {
    #[serde(default, deserialize_with = "readable")]
    pub(super) sent_messages: Vec<SentMessage>,
}

/// Whom a narrowcast goes to, and to how many (LINE reference, "Send narrowcast message").
#[derive(Debug, Default, Serialize)]
pub struct NarrowcastTarget {
    /// A recipient object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Box<RawValue>>,
    /// Who of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<NarrowcastFilter>,
    /// How many of them get it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<NarrowcastLimit>,
}

/// A filter of recipients.
#[derive(Debug, Serialize)]
pub struct NarrowcastFilter {
    /// A demographic filter object.
    pub demographic: Box<RawValue>,
}

/// How many get a narrowcast.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NarrowcastLimit {
    /// At most this many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// At most as many as the quota has left.
    pub up_to_remaining_quota: bool,
    /// Whether nobody gets it when the quota is too small for all.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub forbid_partial_delivery: bool,
}

/// The progress of a narrowcast.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NarrowcastProgress {
    /// `waiting`, `sending`, `succeeded` or `failed`.
    pub phase: String,
    /// How many got it.
    pub success_count: Option<u64>,
    /// How many did not get it.
    pub failure_count: Option<u64>,
    /// How many should get it.
    pub target_count: Option<u64>,
    /// Why it failed.
    pub failed_description: Option<String>,
    /// Why it failed: LINE's number from 1 to 5.
    pub error_code: Option<u32>,
    /// When LINE accepted it: ISO 8601.
    pub accepted_time: String,
    /// When it ended: ISO 8601.
    pub completed_time: Option<String>,
}

/// How messages are sent.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SendOptions<'a> {
    /// Whether the users' phones stay silent.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub notification_disabled: bool,
    /// At most one name under which LINE counts the messages. For pushes and multicasts only.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub custom_aggregation_units: &'a [String],
}

impl SendOptions<'_> {
    /// Options that say only whether the users' phones stay silent.
    #[must_use]
    pub fn silent(notification_disabled: bool) -> Self {
        Self {
            notification_disabled,
            ..Self::default()
        }
    }
}

impl Client {
    /// Answers the event that the token came with, once, within about a minute.
    ///
    /// LINE takes no retry key here, so the request is not repeated unless it certainly did not
    /// reach LINE: after [`Error::NoResponse`] the reply may have been delivered.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn reply_message(
        &self,
        token: &ReplyToken,
        messages: &[Message],
        options: SendOptions<'_>,
    ) -> Result<Vec<SentMessage>, Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Reply<'a> {
            reply_token: &'a str,
            messages: &'a [Message],
            #[serde(flatten)]
            options: SendOptions<'a>,
        }
        let body = Reply {
            reply_token: token.expose_secret(),
            messages,
            options,
        };
        let request = self.request(Operation::ReplyMessage).json(&body)?;
        Ok(request.receive::<Sent>().await?.sent_messages)
    }

    /// The progress of a narrowcast of the last 14 days.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn narrowcast_progress(&self, request_id: &str) -> Result<NarrowcastProgress, Error> {
        let request = self.request(Operation::GetNarrowcastProgress);
        request.query("requestId", Some(request_id)).receive().await
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
