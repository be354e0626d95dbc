//! Greets new friends by name and looks at what they send.

use std::io;

use botbox_sdk::prelude::*;

bot!(greeter());

fn greeter() -> Router {
    Router::new()
        .follow(|event, _| welcome(event))
        .postback("", |_, data| answer(format!("You chose {data}")))
        .image(|_, message| describe(&message.id))
        .text("push me", |event, _| come_back(event))
        .text(
            |_: &str| true,
            |_, _| answer("Send me an image, or say: push me"),
        )
}

fn welcome(event: &Event) -> Result {
    let Some(user) = event.user_id() else {
        return Err(Failure::reject("a follow event without a user"));
    };
    let name = profile(user)?.display_name;
    let colours = [
        action::postback("Red", "colour=red"),
        action::postback("Green", "colour=green"),
    ];
    reply([
        message::text(format!("Hello {name}, nice to meet you!")),
        message::buttons("Choose a colour", "Which colour do you like?", colours),
    ])?;
    Ok(())
}

fn describe(message_id: &str) -> Result {
    let mut image = content(message_id)?;
    let size = io::copy(&mut image, &mut io::sink())?;
    answer(format!("That is {}, {size} bytes", image.content_type()))
}

fn come_back(event: &Event) -> Result {
    reply("One moment")?;
    if let Some(chat) = event.chat_id() {
        push(chat, "Here I am again")?;
    }
    Ok(())
}

fn answer(text: impl Into<String>) -> Result {
    reply(text.into())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use botbox_sdk::errors::ErrorKind;
    use botbox_sdk::testing::{Bot, USER, event};

    use super::*;

    #[test]
    fn a_new_friend_is_greeted_by_name() {
        let bot = Bot::new(greeter());
        bot.profile("U2", "Ben");
        let turn = bot.handle(event::follow().from("U2"));
        assert_eq!(turn.texts(), ["Hello Ben, nice to meet you!"]);
        assert_eq!(turn.reply().len(), 2);
        bot.handle(event::postback("colour=green"))
            .assert_replied("You chose colour=green");
    }

    #[test]
    fn a_profile_that_line_has_not_now_is_asked_for_again() {
        let bot = Bot::new(greeter());
        bot.fails(
            "get-profile",
            ErrorKind::Unavailable,
            "LINE does not answer",
        );
        bot.handle(event::follow())
            .assert_retry("LINE does not answer");
    }

    #[test]
    fn images_are_looked_at() {
        let bot = Bot::new(greeter());
        bot.content("m1", "image/png", vec![0; 100_000]);
        bot.handle(event::image("m1"))
            .assert_replied("That is image/png, 100000 bytes");
    }

    #[test]
    fn a_push_comes_after_the_reply() {
        let bot = Bot::new(greeter());
        bot.handle(event::text("push me"))
            .assert_replied("One moment")
            .assert_pushed(USER, "Here I am again");
    }
}
