//! What the bot logs.

use super::world::{LogLine, current};

pub use crate::generated::wasi::logging::logging::Level;

pub fn log(level: Level, context: &str, message: &str) {
    // A program's own log goes elsewhere; this is the bot's.
    let Some(world) = current() else {
        return;
    };
    // Whoever logs while the world is looked at is the world itself.
    if let Ok(mut world) = world.try_borrow_mut() {
        world.log.push(LogLine {
            level,
            target: context.to_owned(),
            text: message.to_owned(),
        });
    }
}
