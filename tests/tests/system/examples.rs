//! The example plugins, as their users meet them.

mod beacons;
mod groups;
mod llm;
mod members;
mod shop;

use std::path::Path;

use botbox_tests::{Sent, Stage};
use serde_json::{Value, json};

/// A user in a chat with an example, whose channel is as its folder says.
async fn stage(example: &str) -> Stage {
    changed_stage(example, |needs| needs).await
}

/// The same after a change to the lines of its channel.
async fn changed_stage(example: &str, change: impl FnOnce(String) -> String) -> Stage {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins");
    let needs = std::fs::read_to_string(folder.join(example).join("channel.toml")).unwrap();
    let lines = change(needs);
    Stage::setting(example, |channel| channel.with(&lines), |host| host).await
}

/// Makes one event happen in a chat, and waits for the bot's first message after it.
async fn answer(stage: &Stage, chat: &str, event: Value) -> Sent {
    let Stage {
        line, bot, user, ..
    } = stage;
    let messages = line.messages(bot, chat, 0, 0).await;
    let last = messages.last().map_or(0, |it| it["seq"].as_u64().unwrap());
    let mut act = json!({"as": user.id, "event": event});
    if chat != user.id {
        act["in"] = chat.into();
    }
    line.send(bot, vec![act]).await;
    line.next(bot, chat, last).await
}
