//! The bot's calls of LINE's API, as tests see them.

use serde_json::Value;

use crate::stage::{LineError, Stage};

/// The calls after an entry of the log, oldest first, and the last entry's number.
pub(crate) async fn since(stage: &Stage, entry: u64) -> Result<(Vec<Value>, u64), LineError> {
    let entries = stage.line.log(entry).await?;
    let last = entries.last().and_then(|it| it["seq"].as_u64());
    let calls = entries.into_iter().filter(|it| it["type"] == "call");
    Ok((calls.collect(), last.unwrap_or(entry)))
}

/// A call on a line: what differs from one test to the next is left out.
pub(crate) fn described(call: &Value) -> String {
    let text = |name: &str| call[name].as_str().unwrap_or_default();
    let status = match call["status"].as_u64() {
        Some(status) => status.to_string(),
        None => String::from("no answer"),
    };
    format!("{} {} {status}", text("method"), text("path"))
}
