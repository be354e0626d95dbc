//! What the bot did since a user acted, or the time went on.

use std::collections::{BTreeMap, HashSet};

use botbox_server::FailedEvent;
use serde_json::Value;

use crate::calls;
use crate::cast::Cast;
use crate::stage::{Stage, StageError};

/// What the bot did since a user acted, and nobody has asked for yet.
#[derive(Default)]
pub(crate) struct Turn {
    /// The last message that was looked at, by chat.
    seen: BTreeMap<String, u64>,
    /// What the bot said, by chat.
    said: BTreeMap<String, Vec<Value>>,
    /// The last entry of the log that was looked at.
    logged: u64,
    calls: Vec<Value>,
    /// The events that are known to have failed.
    known: HashSet<String>,
    failures: Vec<FailedEvent>,
}

impl Turn {
    /// Before anything happened.
    pub(crate) async fn first(stage: &Stage) -> Result<Self, StageError> {
        let mut turn = Self::default();
        (_, turn.logged) = calls::since(stage, 0).await?;
        let failed = stage.failed_events().await?;
        turn.known = failed.into_iter().map(|event| event.id).collect();
        Ok(turn)
    }

    /// Begins another one. What was left of the one before is forgotten.
    pub(crate) fn begin(&mut self) {
        self.said.clear();
        self.calls.clear();
        self.failures.clear();
    }

    /// Waits until nothing happens any more, and looks at what did.
    pub(crate) async fn settle(&mut self, stage: &Stage, cast: &Cast) -> Result<(), StageError> {
        stage.idle().await?;
        for (_, chat) in cast.chats() {
            let seen = self.seen.entry(chat.to_owned()).or_default();
            for message in stage.line.messages(chat, *seen).await? {
                *seen = message.seq;
                if message.from == "bot" {
                    let said = self.said.entry(chat.to_owned()).or_default();
                    said.push(message.message);
                }
            }
        }
        let (calls, logged) = calls::since(stage, self.logged).await?;
        self.logged = logged;
        self.calls.extend(calls);
        for event in stage.failed_events().await? {
            if self.known.insert(event.id.clone()) {
                self.failures.push(event);
            }
        }
        Ok(())
    }

    /// What the bot said in a chat.
    pub(crate) fn said(&self, chat: &str) -> &[Value] {
        self.said.get(chat).map_or(&[], Vec::as_slice)
    }

    /// Takes the first ones away that it said in a chat.
    pub(crate) fn take(&mut self, chat: &str, count: usize) {
        if let Some(said) = self.said.get_mut(chat) {
            said.drain(..count.min(said.len()));
        }
    }

    pub(crate) fn calls(&self) -> &[Value] {
        &self.calls
    }

    pub(crate) fn failures(&self) -> &[FailedEvent] {
        &self.failures
    }
}
