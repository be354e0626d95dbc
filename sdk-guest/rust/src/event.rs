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
}
