//! LINE notification messages: to users by their phone numbers (LINE notification messages API
//! reference). For the accounts that LINE gave this to.
//!
//! LINE takes no retry key for them, so a request is not repeated unless it certainly did not
//! reach LINE.

use reqwest::header::{HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::value::RawValue;

use super::request::{Request, bad_argument};
use super::{Client, SendOptions};
use crate::message::Message;
use crate::{Error, Operation};

const DELIVERY_TAG: HeaderName = HeaderName::from_static("x-line-delivery-tag");

impl Client {
    /// Sends 1 to 5 messages, but no images, videos or sounds. `to` is the SHA-256, in hexadecimal,
    /// of the phone number in E.164 form; `delivery_tag` comes back in the `delivery` event.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn push_messages_by_phone(
        &self,
        to: &str,
        messages: &[Message],
        options: SendOptions<'_>,
        delivery_tag: Option<&str>,
    ) -> Result<(), Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            to: &'a str,
            messages: &'a [Message],
            #[serde(flatten)]
            options: SendOptions<'a>,
        }
        let body = Body {
            to,
            messages,
            options,
        };
        let request = self.request(Operation::PushMessagesByPhone).json(&body)?;
        request.delivery_tag(delivery_tag)?.done().await
    }

    /// Sends a message that LINE makes from one of its templates and from `body`.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn push_templated_messages_by_phone(
        &self,
        to: &str,
        template_key: &str,
        body: &RawValue,
        delivery_tag: Option<&str>,
    ) -> Result<(), Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Templated<'a> {
            to: &'a str,
            template_key: &'a str,
            body: &'a RawValue,
        }
        let body = Templated {
            to,
            template_key,
            body,
        };
        let request = self.request(Operation::PushTemplatedMessagesByPhone);
        let request = request.json(&body)?.delivery_tag(delivery_tag)?;
        request.done().await
    }
}

impl Request<'_> {
    fn delivery_tag(self, tag: Option<&str>) -> Result<Self, Error> {
        let Some(tag) = tag else { return Ok(self) };
        let tag =
            HeaderValue::try_from(tag).map_err(|error| bad_argument("delivery-tag", &error))?;
        Ok(self.header(DELIVERY_TAG, tag))
    }
}
