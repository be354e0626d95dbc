//! Recordings of a channel: its events, and the calls that its bot made for each.
//!
//! A file is a line of JSON for each event, in the order in which the events ended.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An event, and what the bot did.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RecordedEvent {
    /// The event, as LINE sent it, without reply token.
    pub event: Value,
    /// The calls that the bot made, in order.
    pub calls: Vec<Call>,
    /// Why it failed in the end, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A call of LINE's API.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Call {
    /// The method.
    pub method: String,
    /// The path, with the query.
    pub path: String,
    /// The body, if it is JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Whether LINE took it.
    #[serde(default = "taken")]
    pub succeeded: bool,
}

/// Why a file is no recording.
#[derive(Debug, thiserror::Error)]
#[error("line {line} is no line of a recording: {source}; make one by `botbox record CHANNEL`")]
pub struct RecordingError {
    /// Counts from 1.
    pub line: usize,
    /// What is wrong.
    pub source: serde_json::Error,
}

/// Reads a file.
///
/// # Errors
///
/// The first line that is none of a recording.
pub fn parse(text: &str) -> Result<Vec<RecordedEvent>, RecordingError> {
    let lines = text
        .lines()
        .zip(1..)
        .filter(|(line, _)| !line.trim().is_empty());
    let events = lines.map(|(text, line)| {
        serde_json::from_str(text).map_err(|source| RecordingError { line, source })
    });
    events.collect()
}

impl RecordedEvent {
    /// Whether LINE sent it, and not the host, such as a timer.
    #[must_use]
    pub fn is_lines(&self) -> bool {
        !self.event["type"]
            .as_str()
            .unwrap_or_default()
            .starts_with("botbox")
    }
}

impl Call {
    /// Whether it changes something, such as a send. What only asks says nothing to anybody.
    #[must_use]
    pub fn acts(&self) -> bool {
        self.method != "GET" && !self.path.starts_with("/v2/bot/message/validate/")
    }

    /// The call without what differs each time: its reply token.
    #[must_use]
    pub fn lasting(&self) -> Self {
        let mut call = self.clone();
        if let Some(body) = call.body.as_mut().and_then(Value::as_object_mut) {
            body.remove("replyToken");
        }
        call
    }
}

fn taken() -> bool {
    true
}
