//! `botbox:line/reply`: answers the event that is being handled.

use botbox_line::client::SendOptions;
use botbox_line::error;
use botbox_line::message::Message as LineMessage;

use super::{call_error, sent};
use crate::bindings::botbox::line::errors::{CallError, ErrorKind};
use crate::bindings::botbox::line::messages::{Message, SentMessage};
use crate::bindings::botbox::line::reply::{Delivery, Host, Via};
use crate::convert;
use crate::grants::Capability;
use crate::sandbox::{ReplyState, Sandbox};

impl Host for Sandbox {
    async fn reply_message(
        &mut self,
        messages: Vec<Message>,
        notification_disabled: bool,
    ) -> Result<Vec<SentMessage>, CallError> {
        self.check_call(Capability::Reply)?;
        self.check_active()?;
        let messages = convert::messages(messages)?;
        self.reply(&messages, SendOptions::silent(notification_disabled))
            .await
    }

    async fn reply_or_push(
        &mut self,
        messages: Vec<Message>,
        notification_disabled: bool,
    ) -> Result<Delivery, CallError> {
        self.check_call(Capability::Reply)?;
        self.check_active()?;
        let messages = convert::messages(messages)?;
        let options = SendOptions::silent(notification_disabled);
        let expired = match self.reply(&messages, options).await {
            Ok(messages) => {
                let via = Via::Reply;
                return Ok(Delivery { via, messages });
            }
            Err(error) if error.kind == ErrorKind::Expired => error,
            Err(error) => return Err(error),
        };
        let Some(chat) = self.event.chat.clone() else {
            return Err(expired);
        };
        self.check_call(Capability::Push)?;
        let messages = self.push_to(&chat, &messages, options).await?;
        let via = Via::Push;
        Ok(Delivery { via, messages })
    }
}

impl Sandbox {
    async fn reply(
        &mut self,
        messages: &[LineMessage],
        options: SendOptions<'_>,
    ) -> Result<Vec<SentMessage>, CallError> {
        let token = match &self.event.reply {
            ReplyState::Open(token) => token,
            ReplyState::None => {
                let why = "the event came without a reply token";
                return Err(call_error(ErrorKind::Expired, why));
            }
            ReplyState::Spent => {
                let why = "the event's reply token is used";
                return Err(call_error(ErrorKind::Expired, why));
            }
        };
        let result = self.client().reply_message(token, messages, options).await;
        if spends_token(&result) {
            self.event.reply = ReplyState::Spent;
        }
        Ok(sent(result?))
    }
}

/// Whether the token can't be used again. LINE keeps it when it refuses the messages, and when
/// they did not reach it. Without an answer it may or may not have taken them, and a second reply
/// could be a double one.
fn spends_token<T>(result: &Result<T, botbox_line::Error>) -> bool {
    match result {
        Ok(_) => true,
        Err(error) if error.is_unsent() => false,
        Err(error) => matches!(
            error.kind(),
            error::ErrorKind::Expired | error::ErrorKind::Unavailable
        ),
    }
}
