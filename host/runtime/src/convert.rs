//! Between LINE's types and the WIT package's.

mod event;
mod message;

pub(crate) use event::event;
pub(crate) use message::{json_argument, messages};
