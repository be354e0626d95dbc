//! Sends that go out once for each event, whatever they say.

use std::time::Duration;

use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::events::Event;
use crate::bindings::botbox::line::messages::SentMessage;
use crate::bindings::botbox::line::push::{self, NarrowcastTarget, push_message};
use crate::bindings::botbox::line::reply::{self, Delivery};
use crate::schedule;
use crate::send::IntoMessages;

/// Gives a send a key. An event can come more than once, and a send that is the same in every letter goes out
/// once all the same. Sends with one key to the same recipients are the same, whatever they say. This is
/// for bots whose texts differ each time, such as those that ask a language model:
///
/// ```no_run
/// # use botbox_sdk::prelude::*;
/// # fn think(_: &str) -> String { String::new() }
/// # fn answer(text: &str) -> Result {
/// botbox_sdk::once("answer").reply_or_push(think(text))?;
/// # Ok(())
/// # }
/// ```
///
/// A key has 1 to 128 bytes, and is the event's own: another event may use it again.
#[must_use]
pub fn once(key: &str) -> Once<'_> {
    Once(key)
}

/// A key for what is sent; see [`once`].
#[derive(Clone, Copy, Debug)]
pub struct Once<'a>(&'a str);

impl Once<'_> {
    /// [`reply_or_push`](crate::reply_or_push) with the key.
    ///
    /// # Errors
    ///
    /// [`CallError`], which says why LINE or the host refused it.
    pub fn reply_or_push(self, messages: impl IntoMessages) -> Result<Delivery, CallError> {
        reply::reply_or_push(&messages.into_messages(), false, Some(self.0))
    }

    /// [`push`](crate::push()) with the key.
    ///
    /// # Errors
    ///
    /// [`CallError`], which says why LINE or the host refused it.
    pub fn push(
        self,
        to: impl AsRef<str>,
        messages: impl IntoMessages,
    ) -> Result<Vec<SentMessage>, CallError> {
        let messages = messages.into_messages();
        push_message(to.as_ref(), &messages, false, None, Some(self.0))
    }

    /// [`multicast`](crate::multicast) with the key.
    ///
    /// # Errors
    ///
    /// [`CallError`], which says why LINE or the host refused it.
    pub fn multicast(
        self,
        to: &[String],
        messages: impl IntoMessages,
    ) -> Result<String, CallError> {
        push::multicast(to, &messages.into_messages(), false, None, Some(self.0))
    }

    /// [`broadcast`](crate::broadcast) with the key.
    ///
    /// # Errors
    ///
    /// [`CallError`], which says why LINE or the host refused it.
    pub fn broadcast(self, messages: impl IntoMessages) -> Result<String, CallError> {
        push::broadcast(&messages.into_messages(), false, Some(self.0))
    }

    /// [`narrowcast`](crate::narrowcast()) with the key.
    ///
    /// # Errors
    ///
    /// [`CallError`], which says why LINE or the host refused it.
    pub fn narrowcast(
        self,
        target: &NarrowcastTarget,
        messages: impl IntoMessages,
    ) -> Result<String, CallError> {
        push::narrowcast(&messages.into_messages(), target, false, Some(self.0))
    }

    /// [`schedule::run_at`] with the key.
    ///
    /// # Errors
    ///
    /// [`CallError`], which says why the host refused it.
    pub fn run_at(self, at: i64, payload: &str) -> Result<String, CallError> {
        schedule::run_at(at, payload, Some(self.0))
    }

    /// [`schedule::run_after`] with the key.
    ///
    /// # Errors
    ///
    /// [`CallError`], which says why the host refused it.
    pub fn run_after(
        self,
        event: &Event,
        after: Duration,
        payload: impl AsRef<str>,
    ) -> Result<String, CallError> {
        self.run_at(schedule::time_after(event, after), payload.as_ref())
    }
}
