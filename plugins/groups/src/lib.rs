//! Greets groups and their new members, answers when it is mentioned, and leaves when it is asked
//! to.

mod chat;

use botbox_sdk::errors::ErrorKind;
use botbox_sdk::events::{MentionTarget, TextContent, UserSource};
use botbox_sdk::messages::Substitution;
use botbox_sdk::prelude::*;

use chat::Chat;

bot!(groups);

/// How many members are named: each name is a call to LINE.
const NAMES: usize = 10;
/// LINE's limit for one message.
const MENTIONS: usize = 20;

fn groups(event: Event) -> Result {
    let Some(chat) = event.source.as_ref().and_then(Chat::of) else {
        return Ok(());
    };
    match &event.kind {
        EventKind::Join => greet(&chat),
        EventKind::MemberJoined(joined) => welcome(&joined.members),
        EventKind::Message(received) => match &received.content {
            MessageContent::Text(content) if mentions_me(content) => answer(&chat, &content.text),
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

fn mentions_me(content: &TextContent) -> bool {
    let mut mentionees = content.mentionees.iter();
    mentionees.any(|mentionee| matches!(mentionee.target, MentionTarget::Bot))
}

fn answer(chat: &Chat, question: &str) -> Result {
    let question = question.to_lowercase();
    if question.contains("how many") {
        reply(how_many(chat)?)?;
    } else if question.contains("who is here") {
        reply(who_is_here(chat)?)?;
    } else if question.trim_end().ends_with("leave") {
        reply("Goodbye!")?;
        chat.leave()?;
    } else {
        reply("Ask me “how many?” or “who is here?”, or say “leave”.")?;
    }
    Ok(())
}

fn greet(chat: &Chat) -> Result {
    let how_many = how_many(chat)?;
    reply(format!(
        "Hello! {how_many} Mention me when you need something."
    ))?;
    Ok(())
}

fn how_many(chat: &Chat) -> Result<String> {
    Ok(match chat.member_count()? {
        1 => String::from("There is 1 person here."),
        count => format!("There are {count} people here."),
    })
}

fn who_is_here(chat: &Chat) -> Result<String> {
    let ids = match chat.first_members() {
        // LINE gives the members' ids to verified and premium accounts only.
        Err(error) if error.kind == ErrorKind::Other => {
            return Ok(String::from("LINE does not tell me who is here."));
        }
        ids => ids?,
    };
    let names = ids.iter().take(NAMES).map(|id| chat.member_name(id));
    let names = names.collect::<Result<Vec<_>, _>>()?;
    let rest = (chat.member_count()? as usize).saturating_sub(names.len());
    let names = names.join(", ");
    Ok(match rest {
        0 => format!("Here are {names}."),
        rest => format!("Here are {names}, and {rest} more."),
    })
}

fn welcome(members: &[UserSource]) -> Result {
    let ids = members.iter().filter_map(|member| member.user_id.clone());
    let mentions: Vec<_> = ids
        .take(MENTIONS)
        .enumerate()
        .map(|(number, id)| (format!("member{number}"), Substitution::MentionUser(id)))
        .collect();
    let places = mentions.iter().map(|(name, _)| format!(" {{{name}}}"));
    let text = format!("Welcome{}!", places.collect::<String>());
    reply(message::text_v2(text, mentions))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use botbox_sdk::testing::{Bot, event};

    use super::*;

    fn bot() -> Bot {
        let bot = Bot::new(groups);
        bot.profile("U1", "Aiko").profile("U2", "Ben");
        bot.group("C1", "Tea", &["U1", "U2"]);
        bot
    }

    #[test]
    fn a_mention_is_answered() {
        let bot = bot();
        let ask = |text: &str| bot.handle(event::mention(text).from("U1").in_group("C1"));
        ask("how many?").assert_replied("There are 2 people here.");
        ask("who is here?").assert_replied("Here are Aiko, Ben.");
        ask("please leave").assert_replied("Goodbye!");
        assert!(!bot.is_in("C1"));
    }

    #[test]
    fn other_texts_are_not() {
        let bot = bot();
        bot.handle(event::text("how many?").in_group("C1"))
            .assert_silent();
        bot.handle(event::mention("how many?")).assert_silent();
    }

    #[test]
    fn accounts_that_may_not_see_members_say_so() {
        let bot = bot();
        bot.fails(
            "get-group-members-ids",
            ErrorKind::Other,
            "LINE answers 403",
        );
        bot.handle(event::mention("who is here?").in_group("C1"))
            .assert_replied("LINE does not tell me who is here.");
    }

    #[test]
    fn new_members_are_mentioned() {
        let turn = bot().handle(event::member_joined(["U3", "U4"]).in_group("C1"));
        assert_eq!(turn.texts(), ["Welcome {member0} {member1}!"]);
    }
}
