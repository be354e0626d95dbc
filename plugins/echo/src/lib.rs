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

#[cfg(test)]
mod tests {
    use botbox_sdk::testing::{Bot, event};

    use super::*;

    #[test]
    fn texts_and_stickers_come_back() {
        let bot = Bot::new(echo);
        bot.handle(event::text("Good morning"))
            .assert_replied("Good morning");
        bot.handle(event::sticker("446", "1988"))
            .assert_replied(message::sticker("446", "1988"));
    }

    #[test]
    fn nothing_else_is_answered() {
        let bot = Bot::new(echo);
        bot.handle(event::follow()).assert_silent();
        bot.handle(event::location(35.68, 139.77)).assert_silent();
    }
}
