//! Live changes: who watches the simulator is told that something is new, and asks for it.
//!
//! A change carries no data. What is new is read where everything else reads it, after the last
//! number that the reader knows, so that a reader who missed changes loses nothing, and a thousand
//! changes at once are one question.

use serde::Serialize;
use tokio::sync::broadcast;

/// How many changes a slow reader can be behind; then it is told that it missed some.
const CAPACITY: usize = 1_024;

/// Something is new.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub(crate) enum Change {
    /// A bot was made or changed.
    Bots,
    /// A user, a group or a room was made or changed, or its relation to a bot changed.
    Chats,
    /// A chat has a message, a read mark or a loading animation.
    Chat { bot_id: String, chat_id: String },
    /// What was said in a chat is forgotten: its messages are counted from 1 again.
    Forgotten { bot_id: String, chat_id: String },
    /// A bot's log has an entry.
    Log { bot_id: String },
    /// The reader was too slow, or nothing is as it was: it reads all from the start.
    Missed,
}

/// Tells all who watch.
#[derive(Clone)]
pub(crate) struct Live(broadcast::Sender<Change>);

impl Default for Live {
    fn default() -> Self {
        Self(broadcast::Sender::new(CAPACITY))
    }
}

impl Live {
    pub(crate) fn tell(&self, change: &Change) {
        // A change is copied for those who watch; mostly nobody does.
        if self.0.receiver_count() > 0 {
            let _ = self.0.send(change.clone());
        }
    }

    pub(crate) fn watch(&self) -> broadcast::Receiver<Change> {
        self.0.subscribe()
    }
}
