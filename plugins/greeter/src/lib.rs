//! Greets new friends by name and looks at what they send.

use std::io;

use botbox_sdk::prelude::*;

bot!(greet);

fn greet(event: Event) -> Result {
    match &event.kind {
        EventKind::Follow(_) => welcome(&event),
        EventKind::Postback(postback) => answer(format!("You chose {}", postback.data)),
        EventKind::Message(received) => match &received.content {
            MessageContent::Image(_) => describe(&received.id),
            MessageContent::Text(content) if content.text == "push me" => come_back(&event),
            MessageContent::Text(_) => answer(String::from("Send me an image, or say: push me")),
            _ => Ok(()),
        },
        _ => Ok(()),
    }
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

fn answer(text: String) -> Result {
    reply(text)?;
    Ok(())
}
