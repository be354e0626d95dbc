//! Validation, the loading animation, marks as read, and messages to phone numbers.

use botbox_sdk::loading::show_loading_animation;
use botbox_sdk::mark_as_read::{mark_messages_as_read, mark_messages_as_read_by_token};
use botbox_sdk::message;
use botbox_sdk::messages::Message;
use botbox_sdk::notification::{
    get_pnp_message_statistics, get_templated_pnp_message_statistics, push_messages_by_phone,
    push_templated_messages_by_phone,
};
use botbox_sdk::validate::{
    validate_broadcast, validate_multicast, validate_narrowcast, validate_push, validate_reply,
};

use super::outcome::{Outcome, shown};

pub(super) fn call(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["validate-reply", ref texts @ ..] => shown(validate_reply(&of(texts))),
        ["validate-push", ref texts @ ..] => shown(validate_push(&of(texts))),
        ["validate-multicast", ref texts @ ..] => shown(validate_multicast(&of(texts))),
        ["validate-narrowcast", ref texts @ ..] => shown(validate_narrowcast(&of(texts))),
        ["validate-broadcast", ref texts @ ..] => shown(validate_broadcast(&of(texts))),
        ["show-loading-animation", user, seconds] => shown(show_loading_animation(
            user,
            seconds.parse().unwrap_or_default(),
        )),
        ["mark-messages-as-read-by-token", token] => shown(mark_messages_as_read_by_token(token)),
        ["mark-messages-as-read", user] => shown(mark_messages_as_read(user)),
        ["push-messages-by-phone", to, tag] => shown(push_messages_by_phone(
            to,
            &of(&["parcel"]),
            false,
            some(tag),
            None,
        )),
        ["push-templated-messages-by-phone", to, tag, body] => shown(
            push_templated_messages_by_phone(to, "shipment_ja", body, some(tag), None),
        ),
        ["get-pnp-message-statistics", date] => shown(get_pnp_message_statistics(date)),
        ["get-templated-pnp-message-statistics", date] => {
            shown(get_templated_pnp_message_statistics(date))
        }
        _ => None,
    }
}

/// Messages with these texts, of which `-` is none.
fn of(texts: &[&str]) -> Vec<Message> {
    let texts = texts.iter().copied();
    texts
        .map(|text| message::text(some(text).unwrap_or_default()))
        .collect()
}

fn some(word: &str) -> Option<&str> {
    Some(word).filter(|&word| word != "-")
}
