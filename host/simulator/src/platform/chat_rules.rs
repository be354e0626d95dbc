//! What messages may be in the chat that they are for: who is mentioned, what is quoted. LINE
//! checks it when it sends, and cannot when it only validates.

use serde_json::Value;

use crate::bots::Bot;
use crate::ids;
use crate::validation::{Detail, Invalid};
use crate::world::World;

/// Checks `messages`, which are valid, for a chat of the bot with a user, group or room.
pub(super) fn check(
    world: &World,
    bot: &Bot,
    chat_id: &str,
    messages: &Value,
) -> Result<(), Invalid> {
    let messages = messages.as_array().into_iter().flatten();
    for (index, message) in messages.enumerate() {
        let mut details = Vec::new();
        check_mentions(world, chat_id, message, &mut details);
        check_quote(bot, chat_id, message, &mut details);
        if !message["trackingId"].is_null() && !ids::is_user(chat_id) {
            let problem = "can be specified in one-on-one chats only";
            details.push(Detail::new("trackingId", problem));
        }
        if !details.is_empty() {
            return Err(Invalid::Message { index, details });
        }
    }
    Ok(())
}

/// Members of a group or room are mentioned there; bots are not among them (LINE reference,
/// "Mention object").
fn check_mentions(world: &World, chat_id: &str, message: &Value, details: &mut Vec<Detail>) {
    let substitution = message["substitution"].as_object();
    let substitutes = substitution.into_iter().flatten();
    for (key, substitute) in substitutes.filter(|(_, it)| it["type"] == "mention") {
        let at = format!("substitution/{key}");
        let Some(group) = world.group(chat_id) else {
            let problem = "can be specified in group chats and multi-person chats only";
            details.push(Detail::new(at, problem));
            continue;
        };
        let user_id = substitute["mentionee"]["userId"].as_str();
        if user_id.is_some_and(|user_id| !group.members.contains(user_id)) {
            let problem = "must be a member of the chat who is no bot";
            details.push(Detail::new(format!("{at}/mentionee/userId"), problem));
        }
    }
}

/// A quote token is good in the chat of its message, for ever (LINE documentation, "Get quote
/// tokens"). LINE does not say what becomes of one that it never gave; it is refused here.
fn check_quote(bot: &Bot, chat_id: &str, message: &Value, details: &mut Vec<Detail>) {
    let Some(token) = message["quoteToken"].as_str() else {
        return;
    };
    if bot.quote_tokens.get(token).is_none_or(|of| of != chat_id) {
        let problem = "must be of a message in the same chat";
        details.push(Detail::new("quoteToken", problem));
    }
}
