//! What came of one event.

use std::fmt::{self, Write as _};

use crate::bindings::botbox::line::messages::{Message, MessageBody};
use crate::bindings::exports::botbox::line::handler::Failure;
use crate::fake_host::world::{LogLine, Sent};
use crate::send::IntoMessages;

/// What a bot did about one event. The asserts can be chained.
#[derive(Debug)]
pub struct Turn {
    pub(super) result: Result<(), Failure>,
    pub(super) sent: Vec<Sent>,
    pub(super) log: Vec<LogLine>,
}

impl Turn {
    /// Everything that the bot sent, in order.
    #[must_use]
    pub fn sent(&self) -> &[Sent] {
        &self.sent
    }

    /// The messages of its reply; none without one.
    #[must_use]
    pub fn reply(&self) -> &[Message] {
        let mut replies = self.sent.iter().filter_map(|sent| match sent {
            Sent::Reply(messages) => Some(messages.as_slice()),
            _ => None,
        });
        replies.next().unwrap_or_default()
    }

    /// The texts of its reply. Messages of other kinds are left out.
    #[must_use]
    pub fn texts(&self) -> Vec<&str> {
        self.reply().iter().filter_map(text).collect()
    }

    /// What the bot logged.
    #[must_use]
    pub fn log(&self) -> &[LogLine] {
        &self.log
    }

    /// How the event failed, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        self.result.as_ref().err()
    }

    /// The event was handled.
    ///
    /// # Panics
    ///
    /// When it was not.
    #[track_caller]
    pub fn assert_handled(&self) -> &Self {
        assert!(self.result.is_ok(), "the event was not handled{self}");
        self
    }

    /// The event was handled, and the bot replied just this.
    ///
    /// # Panics
    ///
    /// When it was not, or the reply is another.
    #[track_caller]
    pub fn assert_replied(&self, messages: impl IntoMessages) -> &Self {
        self.assert_handled();
        let expected = messages.into_messages();
        assert!(
            self.reply() == expected,
            "the reply is another; expected:{}{self}",
            Messages(&expected)
        );
        self
    }

    /// The bot pushed just this to a user, group or room.
    ///
    /// # Panics
    ///
    /// When it did not.
    #[track_caller]
    pub fn assert_pushed(&self, to: &str, messages: impl IntoMessages) -> &Self {
        let expected = messages.into_messages();
        let is_expected = |sent: &Sent| matches!(sent, Sent::Push { to: it, messages } if it == to && *messages == expected);
        assert!(
            self.sent.iter().any(is_expected),
            "nothing like this was pushed to {to}:{}{self}",
            Messages(&expected)
        );
        self
    }

    /// The event was handled, and the bot sent nothing.
    ///
    /// # Panics
    ///
    /// When it was not, or something was sent.
    #[track_caller]
    pub fn assert_silent(&self) -> &Self {
        self.assert_handled();
        assert!(self.sent.is_empty(), "something was sent{self}");
        self
    }

    /// The event asks for another try, and the reason contains this.
    ///
    /// # Panics
    ///
    /// When it does not.
    #[track_caller]
    pub fn assert_retry(&self, why: &str) -> &Self {
        assert!(
            matches!(&self.result, Err(Failure::Retry(text)) if text.contains(why)),
            "the event does not ask for another try because of {why:?}{self}"
        );
        self
    }

    /// The event failed for good, and the reason contains this.
    ///
    /// # Panics
    ///
    /// When it did not.
    #[track_caller]
    pub fn assert_rejected(&self, why: &str) -> &Self {
        assert!(
            matches!(&self.result, Err(Failure::Reject(text)) if text.contains(why)),
            "the event did not fail because of {why:?}{self}"
        );
        self
    }
}

/// What a failed assert shows: all that is known.
impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.result {
            Ok(()) => f.write_str("\n  the event was handled")?,
            Err(Failure::Retry(why)) => write!(f, "\n  it asks for another try: {why}")?,
            Err(Failure::Reject(why)) => write!(f, "\n  it failed: {why}")?,
        }
        if self.sent.is_empty() {
            f.write_str("\n  nothing was sent")?;
        }
        for sent in &self.sent {
            let (how, messages) = match sent {
                Sent::Reply(messages) => (String::from("a reply"), messages),
                Sent::Push { to, messages } => (format!("a push to {to}"), messages),
                Sent::Multicast { to, messages } => (format!("a multicast to {to:?}"), messages),
                Sent::Broadcast(messages) => (String::from("a broadcast"), messages),
                Sent::Narrowcast { messages, .. } => (String::from("a narrowcast"), messages),
                Sent::Notification { to, messages } => {
                    (format!("a notification to {to}"), messages)
                }
            };
            write!(f, "\n  {how}:{}", Messages(messages))?;
        }
        for LogLine {
            level,
            target,
            text,
        } in &self.log
        {
            write!(f, "\n  log: {level:?} {target}: {text}")?;
        }
        Ok(())
    }
}

struct Messages<'a>(&'a [Message]);

impl fmt::Display for Messages<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for message in self.0 {
            match text(message) {
                Some(text) => write!(f, "\n    text {text:?}")?,
                None => write!(f, "\n    {:?}", message.body)?,
            }
            for item in &message.quick_reply {
                write!(f, "\n      quick reply {:?}", item.action)?;
            }
        }
        if self.0.is_empty() {
            f.write_char('\n')?;
            f.write_str("    no messages")?;
        }
        Ok(())
    }
}

fn text(message: &Message) -> Option<&str> {
    match &message.body {
        MessageBody::Text(content) => Some(&content.text),
        MessageBody::TextV2(content) => Some(&content.text),
        _ => None,
    }
}
