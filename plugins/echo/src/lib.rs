//! Answers every text with the same text, and every sticker with the same sticker.

use botbox_sdk::prelude::*;

bot!(echo);

fn echo(event: Event) -> Result {
    let EventKind::Message(received) = event.kind else {
        return Ok(());
    };
    match received.content {
        MessageContent::Text(content) => reply(content.text)?,
        MessageContent::Sticker(it) => reply(message::sticker(it.package_id, it.sticker_id))?,
        _ => return Ok(()),
    };
    Ok(())
}
