//! The format of conversation tests, which `botbox test` plays and the simulator's page saves.
//!
//! A file has conversations in YAML, of the shape of BotiumScript: what users do, and what the bot says to
//! that. [`Script::parse`] reads one and knows where everything is in it, [`Pattern`] compares a message
//! with what was expected, and [`write`](mod@write) makes files that [`Script::parse`] reads. Nothing here
//! plays anything.
//!
//! `docs/testing.md` tells authors of bots what can be in a file.

mod duration;
mod error;
mod node;
mod pattern;
mod read;
mod script;
pub mod write;

pub use duration::format_duration;
pub use error::{Place, ScriptError};
pub use pattern::{Difference, Pattern};
pub use script::{
    Act, Chat, Content, Convo, Expected, Group, Input, Mention, Presence, Script, Step, StepKind,
    User,
};
