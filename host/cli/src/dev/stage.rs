//! The simulator, with the bot's account and two users, or with what was kept of an earlier one.

use botbox_build::BuildError;
use botbox_clock::Clock;
use botbox_conversation::plugin::SourceError;
use botbox_conversation::stage::Line;
use serde_json::{Map, Value, json};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::logging::notes::Note;

/// Who is there to chat with the bot.
const USERS: [&str; 2] = ["Aiko", "Ben"];

/// A running simulator, with a bot and two users.
pub(crate) struct Stage {
    pub(crate) line: Line,
    /// The first user's id.
    user: String,
}

impl Stage {
    pub(crate) async fn set(
        name: &str,
        clock: Clock,
        kept: Option<String>,
    ) -> anyhow::Result<Self> {
        let line = Line::start(name, clock, kept).await?;
        let user = match line.user_named(USERS[0]).await? {
            Some(user) => user,
            None => make_users(&line).await?,
        };
        Ok(Self { line, user })
    }

    /// Has the page show what the bot logs, and why it fails, until nobody tells any more.
    pub(crate) async fn show(&self, mut notes: Receiver<Note>) {
        loop {
            match notes.recv().await {
                Ok(note) => self.note(&json!(note)).await,
                // The bot logs faster than anybody reads.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    }

    /// Has the page show why there is no other version of the bot.
    pub(crate) async fn show_build(&self, error: &anyhow::Error) {
        let mut text = format!("{error:#}");
        if let Some(SourceError::Build(BuildError::Sources { said })) = error.downcast_ref() {
            text = format!("{text}:\n{}", said.trim_end());
        }
        self.note(&json!({ "kind": "build", "text": text })).await;
    }

    async fn note(&self, note: &Value) {
        if let Err(error) = self.line.note(note).await {
            tracing::debug!("the page does not show a note: {error:#}");
        }
    }

    /// The page with the first user's chat.
    pub(crate) fn page(&self) -> String {
        self.line.page(&self.user)
    }
}

/// Returns the first one's id.
async fn make_users(line: &Line) -> anyhow::Result<String> {
    let mut ids = Vec::new();
    for name in USERS {
        let profile = [(String::from("displayName"), Value::from(name))];
        ids.push(line.user(&Map::from_iter(profile)).await?);
    }
    Ok(ids.swap_remove(0))
}
