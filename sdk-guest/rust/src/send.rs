//! Sending messages.

use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::messages::{Message, SentMessage};
use crate::bindings::botbox::line::push::{self, NarrowcastTarget, push_message};
use crate::bindings::botbox::line::reply::{self, Delivery, reply_message};

/// One message or several: a text, a [`Message`], or an array or `Vec` of either.
pub trait IntoMessages {
    /// The messages.
    fn into_messages(self) -> Vec<Message>;
}

impl IntoMessages for Message {
    fn into_messages(self) -> Vec<Message> {
        vec![self]
    }
}

impl IntoMessages for &str {
    fn into_messages(self) -> Vec<Message> {
        vec![self.into()]
    }
}

impl IntoMessages for String {
    fn into_messages(self) -> Vec<Message> {
        vec![self.into()]
    }
}

impl<T: Into<Message>, const N: usize> IntoMessages for [T; N] {
    fn into_messages(self) -> Vec<Message> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<T: Into<Message>> IntoMessages for Vec<T> {
    fn into_messages(self) -> Vec<Message> {
        self.into_iter().map(Into::into).collect()
    }
}

/// Answers the event that is being handled, once, with 1 to 5 messages.
///
/// # Errors
///
/// [`CallError`], which says why LINE or the host refused it.
pub fn reply(messages: impl IntoMessages) -> Result<Vec<SentMessage>, CallError> {
    reply_message(&messages.into_messages(), false)
}

/// The same while the event can be replied to; afterwards the messages are pushed to its chat, if
/// that is granted. For bots that need longer than a minute.
///
/// # Errors
///
/// [`CallError`], which says why LINE or the host refused it.
pub fn reply_or_push(messages: impl IntoMessages) -> Result<Delivery, CallError> {
    reply::reply_or_push(&messages.into_messages(), false, None)
}

/// Sends 1 to 5 messages to a user, group or room by its id. They count against the account's
/// monthly quota.
///
/// # Errors
///
/// [`CallError`], which says why LINE or the host refused it.
pub fn push(
    to: impl AsRef<str>,
    messages: impl IntoMessages,
) -> Result<Vec<SentMessage>, CallError> {
    push_message(to.as_ref(), &messages.into_messages(), false, None, None)
}

/// Sends 1 to 5 messages to 1 to 500 users by their ids. Returns the id of the request.
///
/// # Errors
///
/// [`CallError`], which says why LINE or the host refused it.
pub fn multicast(to: &[String], messages: impl IntoMessages) -> Result<String, CallError> {
    push::multicast(to, &messages.into_messages(), false, None, None)
}

/// Sends 1 to 5 messages to all friends. Returns the id of the request.
///
/// # Errors
///
/// [`CallError`], which says why LINE or the host refused it.
pub fn broadcast(messages: impl IntoMessages) -> Result<String, CallError> {
    push::broadcast(&messages.into_messages(), false, None)
}

/// Sends 1 to 5 messages to some of the friends, in the background. Returns the id of the request.
///
/// # Errors
///
/// [`CallError`], which says why LINE or the host refused it.
pub fn narrowcast(
    target: &NarrowcastTarget,
    messages: impl IntoMessages,
) -> Result<String, CallError> {
    push::narrowcast(&messages.into_messages(), target, false, None)
}
