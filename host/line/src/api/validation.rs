//! Validating messages without sending them (LINE reference, "Validate message objects").

use serde::Serialize;

use crate::client::Client;
use crate::error::Error;
use crate::message::Message;
use crate::operation::Operation;

/// The way of sending that messages are validated for.
#[derive(Clone, Copy, Debug)]
pub enum MessageUse {
    /// As a reply.
    Reply,
    /// As a push message.
    Push,
    /// As a multicast.
    Multicast,
    /// As a narrowcast.
    Narrowcast,
    /// As a broadcast.
    Broadcast,
}

#[derive(Serialize)]
struct Messages<'a> {
    messages: &'a [Message],
}

impl Client {
    /// Has LINE validate messages.
    ///
    /// # Errors
    ///
    /// [`Error::Response`] with details when they could not, and as every call.
    pub async fn validate_messages(
        &self,
        messages: &[Message],
        to_be: MessageUse,
    ) -> Result<(), Error> {
        let request = self.request(match to_be {
            MessageUse::Reply => Operation::ValidateReply,
            MessageUse::Push => Operation::ValidatePush,
            MessageUse::Multicast => Operation::ValidateMulticast,
            MessageUse::Narrowcast => Operation::ValidateNarrowcast,
            MessageUse::Broadcast => Operation::ValidateBroadcast,
        });
        request.json(&Messages { messages })?.send().await
    }
}
