//! The bodies that send messages.

use serde_json::Value;

use super::check::{Check, Field, Shape, is_word_character, optional, required};
use super::detail::Invalid;
use super::dialect::Dialect;
use super::messages::{MESSAGE, find_errors_inside};
use super::narrowcasts;
use super::recipients::Recipients;

/// Checks the body of a reply (LINE reference, "Send reply message").
pub(crate) fn reply(request: &Value) -> Result<(), Invalid> {
    static REPLY: Shape = Shape::new(&[
        required("replyToken", Check::Text(usize::MAX)),
        MESSAGES,
        NOTIFICATION_DISABLED,
    ]);
    check(&REPLY, request, Recipients::Chat)
}

/// Checks the body of a push (LINE reference, "Send push message").
pub(crate) fn push(request: &Value) -> Result<(), Invalid> {
    static PUSH: Shape = Shape::new(&[
        required("to", Check::Text(usize::MAX)),
        MESSAGES,
        NOTIFICATION_DISABLED,
        AGGREGATION_UNITS,
    ]);
    check(&PUSH, request, Recipients::Chat)
}

/// Checks the body of a multicast (LINE reference, "Send multicast message").
pub(crate) fn multicast(request: &Value) -> Result<(), Invalid> {
    static MULTICAST: Shape = Shape::new(&[
        required(
            "to",
            Check::List {
                min: 1,
                max: 500,
                of: &Check::Text(usize::MAX),
            },
        ),
        MESSAGES,
        NOTIFICATION_DISABLED,
        AGGREGATION_UNITS,
    ]);
    check(&MULTICAST, request, Recipients::Many)
}

/// Checks the body of a narrowcast (LINE reference, "Send narrowcast message").
pub(crate) fn narrowcast(request: &Value) -> Result<(), Invalid> {
    static NARROWCAST: Shape = Shape::with_rule(
        &[
            MESSAGES,
            NOTIFICATION_DISABLED,
            narrowcasts::RECIPIENT,
            narrowcasts::FILTER,
            narrowcasts::LIMIT,
        ],
        narrowcasts::check_size,
    );
    check(&NARROWCAST, request, Recipients::Many)
}

/// Checks the body of a broadcast (LINE reference, "Send broadcast message").
pub(crate) fn broadcast(request: &Value) -> Result<(), Invalid> {
    static BROADCAST: Shape = Shape::new(&[MESSAGES, NOTIFICATION_DISABLED]);
    check(&BROADCAST, request, Recipients::Many)
}

/// Checks the messages of a body, whatever else is in it (LINE reference, "Validate message
/// objects of a push message").
pub(crate) fn messages(request: &Value, recipients: Recipients) -> Result<(), Invalid> {
    static ONLY_MESSAGES: Shape = Shape::new(&[MESSAGES]);
    check(&ONLY_MESSAGES, request, recipients)
}

/// Checks a body that has this shape, and then its messages one by one.
pub(super) fn check(shape: &Shape, request: &Value, recipients: Recipients) -> Result<(), Invalid> {
    shape.check_request(request, Dialect::Body)?;
    let messages = request["messages"].as_array().into_iter().flatten();
    for (index, message) in messages.enumerate() {
        let details = find_errors_inside(message, recipients);
        if !details.is_empty() {
            return Err(Invalid::Message { index, details });
        }
    }
    Ok(())
}

/// Whether `name` can be that of an aggregation unit.
pub(crate) fn is_aggregation_unit(name: &str) -> bool {
    (1..=30).contains(&name.len()) && name.chars().all(is_word_character)
}

static ANY_MESSAGE: Check = Check::Union(&MESSAGE);
pub(super) const MESSAGES: Field = required(
    "messages",
    Check::List {
        min: 1,
        max: 5,
        of: &ANY_MESSAGE,
    },
);
pub(super) const NOTIFICATION_DISABLED: Field = optional("notificationDisabled", Check::Boolean);
pub(super) const AGGREGATION_UNITS: Field = optional(
    "customAggregationUnits",
    Check::List {
        min: 0,
        max: 1,
        of: &Check::Pattern {
            max: 30,
            allows: is_word_character,
        },
    },
);
