//! Messages on their way to those whom the bot names: push, multicast, narrowcast, broadcast, and LINE
//! notification messages (LINE reference, "Sending messages"; LINE notification messages API
//! reference).
//!
//! A request is written before it is made. So a ledger of what was sent tells two sends apart by the very
//! bytes that LINE gets, and derives the retry key from them.

use bytes::Bytes;
use reqwest::header::{HeaderName, HeaderValue};
use ring::digest::{Context, SHA256, SHA256_OUTPUT_LEN};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::messages::{NarrowcastTarget, SendOptions, Sent, SentMessage};
use crate::arguments::{bad_argument, not_empty, not_empty_ids};
use crate::client::Client;
use crate::error::Error;
use crate::message::Message;
use crate::operation::{Operation, Repeat};

const DELIVERY_TAG: HeaderName = HeaderName::from_static("x-line-delivery-tag");

/// A request that sends messages, written and not made yet.
#[derive(Debug)]
pub struct SendRequest {
    operation: Operation,
    /// Whom it is for, as JSON.
    recipients: Vec<u8>,
    body: Bytes,
    /// For notification messages only.
    delivery_tag: Option<HeaderValue>,
}

/// What LINE said of a send that it took.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Accepted {
    /// LINE's id of the request, by which LINE tells what came of it. Of a request that LINE had taken
    /// before, the id of that one. Empty if LINE told none.
    pub request_id: String,
    /// The messages of a push. Empty for other sends, and if LINE did not tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<SentMessage>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a, T> {
    #[serde(flatten)]
    to: T,
    messages: &'a [Message],
    #[serde(flatten)]
    options: SendOptions<'a>,
}

/// The field that names the recipients.
#[derive(Clone, Copy, Serialize)]
struct To<T> {
    to: T,
}

impl SendRequest {
    /// To a user, group or room.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] when `to` is empty.
    pub fn push(to: &str, messages: &[Message], options: SendOptions<'_>) -> Result<Self, Error> {
        let to = To {
            to: not_empty("to", to)?,
        };
        Self::of_messages(Operation::PushMessage, to, messages, options)
    }

    /// To 1 to 500 users.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] when `to`, or one of its ids, is empty.
    pub fn multicast(
        to: &[String],
        messages: &[Message],
        options: SendOptions<'_>,
    ) -> Result<Self, Error> {
        let to = To {
            to: not_empty_ids("to", to)?,
        };
        Self::of_messages(Operation::Multicast, to, messages, options)
    }

    /// To all friends.
    ///
    /// # Errors
    ///
    /// None: what these types hold can be written as JSON.
    pub fn broadcast(messages: &[Message], options: SendOptions<'_>) -> Result<Self, Error> {
        Self::of_messages(Operation::Broadcast, (), messages, options)
    }

    /// To those friends that `target` describes, in the background.
    ///
    /// # Errors
    ///
    /// None: what these types hold can be written as JSON.
    pub fn narrowcast(
        target: &NarrowcastTarget,
        messages: &[Message],
        options: SendOptions<'_>,
    ) -> Result<Self, Error> {
        Self::of_messages(Operation::Narrowcast, target, messages, options)
    }

    /// 1 to 5 messages, but no images, videos or sounds, to a phone number: `to` is its SHA-256, in
    /// hexadecimal, in E.164 form. `delivery_tag` comes back in the `delivery` event.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] when `to` is empty, or the tag can't be in a header.
    pub fn to_phone(
        to: &str,
        messages: &[Message],
        options: SendOptions<'_>,
        delivery_tag: Option<&str>,
    ) -> Result<Self, Error> {
        let to = To {
            to: not_empty("to", to)?,
        };
        let operation = Operation::PushMessagesByPhone;
        Self::of_messages(operation, to, messages, options)?.tagged(delivery_tag)
    }

    /// A message that LINE makes from one of its templates and from `body`, to a phone number.
    ///
    /// # Errors
    ///
    /// As [`SendRequest::to_phone`].
    pub fn templated_to_phone(
        to: &str,
        template_key: &str,
        body: &RawValue,
        delivery_tag: Option<&str>,
    ) -> Result<Self, Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Templated<'a> {
            #[serde(flatten)]
            to: To<&'a str>,
            template_key: &'a str,
            body: &'a RawValue,
        }
        let to = To {
            to: not_empty("to", to)?,
        };
        let templated = Templated {
            to,
            template_key,
            body,
        };
        let operation = Operation::PushTemplatedMessagesByPhone;
        Self::new(operation, &to, &templated)?.tagged(delivery_tag)
    }

    /// Which operation makes it.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.operation
    }

    fn of_messages(
        operation: Operation,
        to: impl Serialize + Copy,
        messages: &[Message],
        options: SendOptions<'_>,
    ) -> Result<Self, Error> {
        let body = Body {
            to,
            messages,
            options,
        };
        Self::new(operation, &to, &body)
    }

    fn new(
        operation: Operation,
        recipients: &impl Serialize,
        body: &impl Serialize,
    ) -> Result<Self, Error> {
        Ok(Self {
            operation,
            recipients: json("to", recipients)?,
            body: json("messages", body)?.into(),
            delivery_tag: None,
        })
    }

    fn tagged(self, tag: Option<&str>) -> Result<Self, Error> {
        let tag = tag.map(HeaderValue::try_from).transpose();
        Ok(Self {
            delivery_tag: tag.map_err(|error| bad_argument("delivery-tag", error))?,
            ..self
        })
    }

    /// Whether LINE takes a retry key with it.
    #[must_use]
    pub fn takes_retry_key(&self) -> bool {
        self.operation.endpoint().repeat == Repeat::WithKey
    }

    /// Equal for equal sends: the same operation, the same recipients, and the same content or, in its place,
    /// the same key.
    #[must_use]
    pub fn digest(&self, key: Option<&str>) -> [u8; SHA256_OUTPUT_LEN] {
        let mut digest = Context::new(&SHA256);
        let mut add = |part: &[u8]| {
            digest.update(&(part.len() as u64).to_be_bytes());
            digest.update(part);
        };
        add(self.operation.id().as_bytes());
        if let Some(key) = key {
            add(b"key");
            add(&self.recipients);
            add(key.as_bytes());
        } else {
            add(b"content");
            add(&self.body);
            add(self.delivery_tag.as_ref().map_or(b"", |tag| tag.as_bytes()));
        }
        let mut bytes = [0; SHA256_OUTPUT_LEN];
        bytes.copy_from_slice(digest.finish().as_ref());
        bytes
    }
}

fn json(argument: &'static str, value: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(value).map_err(|error| bad_argument(argument, error))
}

impl Client {
    /// Makes a send. LINE remembers a retry key for 24 hours and takes a request once for each; without
    /// one, the request is repeated only if it certainly did not reach LINE.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn send(
        &self,
        send: &SendRequest,
        retry_key: Option<Uuid>,
    ) -> Result<Accepted, Error> {
        let json = HeaderValue::from_static("application/json");
        let mut request = self.request(send.operation).body(json, send.body.clone());
        if let Some(key) = retry_key {
            request = request.retry_key(key)?;
        }
        if let Some(tag) = &send.delivery_tag {
            request = request.header(DELIVERY_TAG, tag.clone());
        }
        if send.operation == Operation::PushMessage {
            let (sent, request_id) = request.receive_with_id::<Sent>().await?;
            return Ok(Accepted {
                request_id,
                messages: sent.sent_messages,
            });
        }
        Ok(Accepted {
            request_id: request.receive_id().await?,
            messages: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Message {
        let json = format!(r#"{{"type":"text","text":"{text}"}}"#);
        Message::Raw(RawValue::from_string(json).unwrap())
    }

    fn push(to: &str, said: &str) -> SendRequest {
        SendRequest::push(to, &[text(said)], SendOptions::default()).unwrap()
    }

    #[test]
    fn a_send_is_told_by_recipients_and_content() {
        let send = push("U1", "a").digest(None);
        assert_eq!(push("U1", "a").digest(None), send);
        assert_ne!(push("U2", "a").digest(None), send);
        assert_ne!(push("U1", "b").digest(None), send);
        let silent = SendOptions::silent(true);
        let silent = SendRequest::push("U1", &[text("a")], silent).unwrap();
        assert_ne!(silent.digest(None), send);
        let tagged = |tag| {
            let options = SendOptions::default();
            let send = SendRequest::to_phone("0a", &[text("a")], options, tag);
            send.unwrap().digest(None)
        };
        assert_ne!(tagged(Some("one")), tagged(Some("two")));
        assert_ne!(tagged(Some("one")), tagged(None));
    }

    #[test]
    fn a_key_stands_for_the_content() {
        let key = Some("answer");
        let send = push("U1", "a").digest(key);
        assert_eq!(push("U1", "b").digest(key), send);
        assert_ne!(push("U2", "a").digest(key), send);
        assert_ne!(push("U1", "a").digest(Some("other")), send);
        assert_ne!(push("U1", "a").digest(None), send);
        let all = |said| SendRequest::broadcast(&[text(said)], SendOptions::default()).unwrap();
        assert_eq!(all("a").digest(key), all("b").digest(key));
        assert_ne!(all("a").digest(key), send);
    }

    #[test]
    fn nobody_is_not_sent_to() {
        let (messages, options) = ([text("a")], SendOptions::default());
        assert!(SendRequest::push("", &messages, options).is_err());
        assert!(SendRequest::multicast(&[], &messages, options).is_err());
        let ids = [String::from("U1"), String::new()];
        let error = SendRequest::multicast(&ids, &messages, options).unwrap_err();
        assert_eq!(error.to_string(), "to is not valid: its element 1 is empty");
        assert!(SendRequest::to_phone("", &messages, options, None).is_err());
    }
}
