//! What a file says, and where it says it.

use std::ops::Range;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::error::Place;
use crate::pattern::Pattern;

/// The user who is there without being named.
pub(crate) const ME: &str = "me";

/// A file of conversations.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// The component, by its path from the file's folder; without one it is that of the bot's folder.
    pub plugin: Option<String>,
    /// Keys of the host's `[[channels]]`, which stand in the place of those that the bot brings along.
    pub channel: Map<String, Value>,
    /// The users beside `me`. Without a list, a user is there who is named.
    pub users: Option<Vec<User>>,
    /// The groups and rooms. Without a list, a group is there that is named.
    pub groups: Option<Vec<Group>>,
    /// The conversations, in the order of the file.
    pub convos: Vec<Convo>,
}

/// Somebody who talks with the bot.
#[derive(Clone, Debug)]
pub struct User {
    /// As steps name them.
    pub name: String,
    /// As the simulator's `POST /simulator/users` takes it.
    pub profile: Map<String, Value>,
}

/// A group or a multi-person chat.
#[derive(Clone, Debug)]
pub struct Group {
    /// As steps name it.
    pub name: String,
    /// What its members see, if it is not `name`.
    pub title: Option<String>,
    /// Whether it is a multi-person chat of old.
    pub is_room: bool,
    /// The names of its members, if it is not all users.
    pub members: Option<Vec<String>>,
}

/// A conversation.
#[derive(Clone, Debug)]
pub struct Convo {
    /// What it is called.
    pub name: String,
    /// Where it begins.
    pub place: Place,
    /// What happens, one after the other.
    pub steps: Vec<Step>,
}

/// A step of a conversation.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where it begins.
    pub place: Place,
    /// Its bytes in the text.
    pub span: Range<usize>,
    /// What happens.
    pub kind: StepKind,
}

/// What happens in a step.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// A user does something: `me`.
    Me {
        /// Where they do it.
        chat: Chat,
        /// What they do, one after the other.
        inputs: Vec<Input>,
    },
    /// The bot says something: `bot`.
    Bot {
        /// Where it says it; the chat of the user before, if nothing is said.
        chat: Option<Chat>,
        /// What it says, and nothing else.
        expected: Vec<Expected>,
        /// The bytes of what is expected, in the text.
        span: Range<usize>,
        /// Whether that is a list over several lines.
        is_block: bool,
    },
    /// The time goes on: `clock`.
    Clock(Duration),
    /// LINE fails: `faults`, each as the simulator's `POST /simulator/faults` takes it.
    Faults(Vec<Value>),
    /// The bot calls LINE's API: `calls`, in this order, with others between them.
    Calls(Vec<Expected>),
    /// The bot's handler fails: `failure`.
    Failure(Expected),
}

/// A chat, by the names that a file gives.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Chat {
    /// Who it is with, or who acts in the group.
    pub user: String,
    /// The group or room.
    pub group: Option<String>,
}

/// Something that a user does.
#[derive(Clone, Debug)]
pub struct Input {
    /// Where it is written.
    pub place: Place,
    /// What it is.
    pub act: Act,
}

/// What a user can do.
#[derive(Clone, Debug)]
pub enum Act {
    /// Sends a message, as LINE's webhooks have it, without what the simulator completes.
    Message {
        /// The message.
        message: Map<String, Value>,
        /// Who is mentioned in its text.
        mentions: Vec<Mention>,
    },
    /// Sends a picture, a video, a sound or a file.
    Content(Content),
    /// Lets an event happen, as LINE's webhooks have it.
    Event {
        /// The event.
        event: Map<String, Value>,
        /// What the chat shows as the user's words.
        display_text: Option<String>,
    },
    /// Users join a group, or leave it.
    Members {
        /// Whether they join.
        is_joining: bool,
        /// Their names.
        users: Vec<String>,
    },
    /// Taps what has this label in the bot's newest messages, or else in the user's rich menu.
    Tap {
        /// The label.
        label: String,
        /// Which of those that have it, counted from 1.
        nth: usize,
        /// What the user picks, when that asks for a date or a time: `postback.params`.
        params: Option<Value>,
    },
    /// Takes the user's last message back.
    Unsend,
}

/// A mention of somebody in a text.
#[derive(Clone, Debug)]
pub struct Mention {
    /// The part of the text, such as `@Aiko`.
    pub text: String,
    /// The user's name, `bot`, or `all`.
    pub who: String,
}

/// Bytes that a user sends.
#[derive(Clone, Debug)]
pub struct Content {
    /// `image`, `video`, `audio` or `file`.
    pub kind: String,
    /// The file, by its path from the script's folder; without one, bytes are made up.
    pub file: Option<String>,
}

/// Something that is expected.
#[derive(Clone, Debug)]
pub struct Expected {
    /// Where it is written.
    pub place: Place,
    /// Its bytes in the text.
    pub span: Range<usize>,
    /// Whether it comes.
    pub presence: Presence,
    /// What it is like.
    pub pattern: Pattern,
}

/// Whether something comes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Presence {
    /// It comes.
    Required,
    /// It may come: `?`.
    Optional,
    /// Something else comes: `!`.
    Not,
}

impl Convo {
    /// The names of all who act, or hear something, with their groups.
    pub fn chats(&self) -> impl Iterator<Item = &Chat> {
        self.steps.iter().filter_map(|step| match &step.kind {
            StepKind::Me { chat, .. } => Some(chat),
            StepKind::Bot { chat, .. } => chat.as_ref(),
            _ => None,
        })
    }
}
