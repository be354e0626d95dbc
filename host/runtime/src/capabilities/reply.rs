//! `botbox:line/reply`: answers the event that is being handled.

use std::time::Duration;

use botbox_line::Error as LineError;
use botbox_line::Operation;
use botbox_line::api::{SendOptions, SentMessage as LineSent};
use botbox_line::error::ErrorKind as LineErrorKind;
use botbox_line::message::Message as LineMessage;

use super::errors::call_error;
use crate::bindings::botbox::line::errors::{CallError, ErrorKind};
use crate::bindings::botbox::line::messages::{Message, SentMessage};
use crate::bindings::botbox::line::reply::{Delivery, Host, Via};
use crate::convert;
use crate::grants::Capability;
use crate::ledger::{ReplyRecord, is_fresh};
use crate::sandbox::{CurrentEvent, Sandbox};
use crate::services::ServiceError;

impl Host for Sandbox {
    async fn reply_message(
        &mut self,
        messages: Vec<Message>,
        notification_disabled: bool,
    ) -> Result<Vec<SentMessage>, CallError> {
        self.check_call(Capability::Reply)?;
        self.check_active()?;
        let messages = convert::messages(messages)?;
        let options = SendOptions::silent(notification_disabled);
        Ok(self.reply(&messages, options).await?)
    }

    async fn reply_or_push(
        &mut self,
        messages: Vec<Message>,
        notification_disabled: bool,
        idempotency_key: Option<String>,
    ) -> Result<Delivery, CallError> {
        self.check_call(Capability::Reply)?;
        self.check_active()?;
        let messages = convert::messages(messages)?;
        let options = SendOptions::silent(notification_disabled);
        let error = match self.reply(&messages, options).await {
            Ok(messages) => {
                let via = Via::Reply;
                return Ok(Delivery { via, messages });
            }
            Err(error) => error,
        };
        let (ReplyError::Impossible(_), Some(chat)) = (&error, self.event.chat.clone()) else {
            return Err(error.into());
        };
        self.check_call(Capability::Push)?;
        let key = idempotency_key.as_deref();
        let messages = self.push_to(&chat, &messages, options, key).await?;
        let via = Via::Push;
        Ok(Delivery { via, messages })
    }
}

/// How much earlier than the host LINE may start a token's minute: 10 s, longer than LINE's wait for a
/// webhook's response and a call together.
const MARGIN: Duration = Duration::from_secs(10);

/// Why messages did not go out as a reply.
enum ReplyError {
    /// The event can't be replied to, or not any more. It is known which reply went out, if any did.
    Impossible(&'static str),
    /// An earlier reply may or may not have arrived, and LINE does not tell any more.
    Unknown,
    /// LINE refused the messages, or did not respond.
    Line(LineError),
    /// The host can't write into the journal that it replies.
    Service(ServiceError),
}

impl Sandbox {
    /// Replies, unless an earlier attempt has replied: then returns that attempt's messages.
    async fn reply(
        &mut self,
        messages: &[LineMessage],
        options: SendOptions<'_>,
    ) -> Result<Vec<SentMessage>, ReplyError> {
        let Some(token) = &self.event.reply_token else {
            let why = "the event came without a reply token";
            return Err(ReplyError::Impossible(why));
        };
        let before = self.event.ledger.reply();
        match &before {
            ReplyRecord::Sent(messages) if !self.event.has_replied => {
                self.event.has_replied = true;
                return Ok(convert::sent(messages.iter().cloned()));
            }
            ReplyRecord::Sent(_) | ReplyRecord::Refused => {
                return Err(ReplyError::Impossible("the event's reply token is used"));
            }
            ReplyRecord::Unknown => {}
            // In the journal before it is at LINE.
            ReplyRecord::Unsent => {
                let CurrentEvent {
                    ledger, position, ..
                } = &self.event;
                ledger.set_reply(ReplyRecord::Unknown);
                if let Err(error) = self.environment.keep(ledger, *position).await {
                    ledger.set_reply(before);
                    return Err(ReplyError::Service(error));
                }
            }
        }
        let result = self.client().reply_message(token, messages, options).await;
        if result.is_ok() {
            self.event.ledger.count(Operation::ReplyMessage);
        }
        let age = self.clock.instant() - self.event.arrived + MARGIN;
        let is_fresh = is_fresh(self.event.timestamp, age, self.clock.now_ms());
        let (record, result) = settle(before, result, is_fresh);
        self.event.has_replied = matches!(record, ReplyRecord::Sent(_));
        self.event.ledger.set_reply(record);
        result.map(convert::sent)
    }
}

/// What is known of a reply after LINE's response to it, and what the plugin gets. LINE takes a token
/// once, so a token that was asked about again tells what became of it.
fn settle(
    before: ReplyRecord,
    result: Result<Vec<LineSent>, LineError>,
    is_fresh: bool,
) -> (ReplyRecord, Result<Vec<LineSent>, ReplyError>) {
    let error = match result {
        Ok(messages) => {
            let record = ReplyRecord::Sent(messages.clone());
            return (record, Ok(messages));
        }
        Err(error) => error,
    };
    match (error.kind(), before) {
        (_, before) if error.is_unsent() => (before, Err(ReplyError::Line(error))),
        _ if !error.is_refusal() => (ReplyRecord::Unknown, Err(ReplyError::Line(error))),
        // Only the earlier reply can have used it.
        (LineErrorKind::Expired, ReplyRecord::Unknown) if is_fresh => {
            (ReplyRecord::Sent(Vec::new()), Ok(Vec::new()))
        }
        (LineErrorKind::Expired, ReplyRecord::Unknown) => {
            (ReplyRecord::Unknown, Err(ReplyError::Unknown))
        }
        (LineErrorKind::Expired, _) => {
            let why = "LINE says that the event's reply token is used or expired";
            (ReplyRecord::Refused, Err(ReplyError::Impossible(why)))
        }
        // The token stays valid when LINE refuses the messages.
        (_, before) => (before, Err(ReplyError::Line(error))),
    }
}

impl From<ReplyError> for CallError {
    fn from(error: ReplyError) -> Self {
        match error {
            ReplyError::Impossible(why) => call_error(ErrorKind::Expired, why),
            ReplyError::Unknown => call_error(
                ErrorKind::Expired,
                "the event's reply token is used or expired; whether the reply that was begun \
                 with it arrived is not known",
            ),
            ReplyError::Line(error) => error.into(),
            ReplyError::Service(error) => error.into(),
        }
    }
}
