//! `botbox:line/push`: messages unasked.

use super::sent;
use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::messages::{Message, SentMessage};
use crate::bindings::botbox::line::push::Host;
use crate::convert;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn push_message(
        &mut self,
        to: String,
        messages: Vec<Message>,
    ) -> Result<Vec<SentMessage>, CallError> {
        self.check_call(self.grants.push, "push")?;
        self.check_active()?;
        let messages = convert::messages(messages)?;
        let retry_key = self.event.next_retry_key(&to);
        Ok(sent(
            self.client.push_message(&to, &messages, retry_key).await?,
        ))
    }
}
