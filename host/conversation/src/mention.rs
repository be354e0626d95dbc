//! Mentions in what users say.

use botbox_script::Mention;
use serde_json::{Value, json};

use crate::cast::{BOT, Cast};

/// The `mention` of a text, as LINE's webhooks have it: places count in UTF-16 units (LINE reference,
/// "Message event", text). Each mention is the first one of its text behind those before it.
pub(crate) fn mention(text: &str, mentions: &[Mention], cast: &Cast) -> Value {
    let mut behind = 0;
    let mut mentionees = Vec::new();
    for Mention { text: part, who } in mentions {
        let place = text[behind..].find(part.as_str()).map(|at| behind + at);
        let Some(place) = place.or_else(|| text.find(part.as_str())) else {
            continue;
        };
        behind = place + part.len();
        let mut mentionee = json!({ "index": utf16(&text[..place]), "length": utf16(part) });
        match who.as_str() {
            "all" => mentionee["type"] = "all".into(),
            who => {
                mentionee["type"] = "user".into();
                mentionee["userId"] = cast.user(who).into();
                mentionee["isSelf"] = (who == BOT).into();
            }
        }
        mentionees.push(mentionee);
    }
    json!({ "mentionees": mentionees })
}

fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}
