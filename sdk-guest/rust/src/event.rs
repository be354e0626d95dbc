//! Shortcuts to what bots look at most.

use crate::bindings::botbox::line::events::{Event, EventKind, MessageContent, Source};

impl Event {
    /// The text, when someone sent one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            EventKind::Message(message) => match &message.content {
                MessageContent::Text(content) => Some(&content.text),
                _ => None,
            },
            _ => None,
        }
    }

    /// Who acted, where LINE tells.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        match self.source.as_ref()? {
            Source::User(user) => user.user_id.as_deref(),
            Source::Group(group) => group.user_id.as_deref(),
            Source::Room(room) => room.user_id.as_deref(),
            Source::Unknown(_) => None,
        }
    }

    /// The chat to push to: a user, group or room.
    #[must_use]
    pub fn chat_id(&self) -> Option<&str> {
        match self.source.as_ref()? {
            Source::User(user) => user.user_id.as_deref(),
            Source::Group(group) => Some(&group.group_id),
            Source::Room(room) => Some(&room.room_id),
            Source::Unknown(_) => None,
        }
    }

    /// What the user picked in a date picker: a `date`, `time` or `datetime` as LINE writes it, such as
    /// `2030-12-31T23:59`.
    #[must_use]
    pub fn picked(&self) -> Option<&str> {
        let EventKind::Postback(postback) = &self.kind else {
            return None;
        };
        let mut params = postback.params.iter();
        let picker = |name: &str| matches!(name, "date" | "time" | "datetime");
        let (_, value) = params.find(|(name, _)| picker(name))?;
        Some(value)
    }
}
