//! `botbox:line/validate`: has LINE validate messages.

use botbox_line::api::MessageUse;

use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::messages::Message;
use crate::bindings::botbox::line::validate::Host;
use crate::convert;
use crate::grants::Capability;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn validate_reply(&mut self, messages: Vec<Message>) -> Result<(), CallError> {
        self.validate(messages, MessageUse::Reply).await
    }

    async fn validate_push(&mut self, messages: Vec<Message>) -> Result<(), CallError> {
        self.validate(messages, MessageUse::Push).await
    }

    async fn validate_multicast(&mut self, messages: Vec<Message>) -> Result<(), CallError> {
        self.validate(messages, MessageUse::Multicast).await
    }

    async fn validate_narrowcast(&mut self, messages: Vec<Message>) -> Result<(), CallError> {
        self.validate(messages, MessageUse::Narrowcast).await
    }

    async fn validate_broadcast(&mut self, messages: Vec<Message>) -> Result<(), CallError> {
        self.validate(messages, MessageUse::Broadcast).await
    }
}

impl Sandbox {
    async fn validate(
        &mut self,
        messages: Vec<Message>,
        to_be: MessageUse,
    ) -> Result<(), CallError> {
        self.check_call(Capability::Validate)?;
        let messages = convert::messages(messages)?;
        Ok(self.client().validate_messages(&messages, to_be).await?)
    }
}
