//! LINE notification messages (LINE notification messages API reference).

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::check::{Check, Field, Path, Shape, optional, required};
use super::detail::{Detail, Invalid};
use super::dialect::Dialect;
use super::recipients::Recipients;
use super::sends::{AGGREGATION_UNITS, MESSAGES, NOTIFICATION_DISABLED, check};

/// Checks the body of a notification message made of messages.
pub(crate) fn notification(request: &Value) -> Result<(), Invalid> {
    static NOTIFICATION: Shape = Shape::with_rule(
        &[TO, MESSAGES, NOTIFICATION_DISABLED, AGGREGATION_UNITS],
        check_notification,
    );
    check(&NOTIFICATION, request, Recipients::Many)
}

/// Checks the body of a notification message made of a template.
pub(crate) fn templated_notification(request: &Value) -> Result<(), Invalid> {
    static EMPHASIZED: Shape = Shape::new(&[ITEM_KEY, required("content", Check::Text(15))]);
    static ITEM: Check = Check::Object(&Shape::new(&[
        ITEM_KEY,
        required("content", Check::Text(300)),
    ]));
    static BUTTON: Check = Check::Object(&Shape::new(&[
        required("buttonKey", Check::Text(usize::MAX)),
        required("url", Check::Link(1000)),
    ]));
    static BODY: Shape = Shape::with_rule(
        &[
            optional("emphasizedItem", Check::Object(&EMPHASIZED)),
            optional(
                "items",
                Check::List {
                    min: 0,
                    max: 15,
                    of: &ITEM,
                },
            ),
            optional(
                "buttons",
                Check::List {
                    min: 0,
                    max: 2,
                    of: &BUTTON,
                },
            ),
        ],
        check_items_once,
    );
    static TEMPLATED: Shape = Shape::with_rule(
        &[
            TO,
            required("templateKey", Check::Text(usize::MAX)),
            optional("body", Check::Object(&BODY)),
        ],
        check_digest,
    );
    TEMPLATED.check_request(request, Dialect::Body)
}

const TO: Field = required("to", Check::Text(usize::MAX));
const ITEM_KEY: Field = required("itemKey", Check::Text(usize::MAX));

fn check_notification(request: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    check_digest(request, at, found);
    let messages = request.get("messages").and_then(Value::as_array);
    for (index, message) in messages.into_iter().flatten().enumerate() {
        if matches!(message["type"].as_str(), Some("image" | "video" | "audio")) {
            let at = at.property("messages").item(index).property("type");
            found.push(at.detail("Not allowed in LINE notification messages"));
        }
    }
}

/// A phone number is given as its SHA-256.
fn check_digest(request: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let to = request
        .get("to")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let is_digest = to.len() == 64 && to.bytes().all(|b| b.is_ascii_hexdigit());
    if !to.is_empty() && !is_digest {
        let message = "The value must be a valid SHA-256 digest.";
        found.push(at.property("to").detail(message));
    }
}

fn check_items_once(body: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let emphasized = body
        .get("emphasizedItem")
        .map(|item| (at.property("emphasizedItem"), item));
    let items = body.get("items").and_then(Value::as_array);
    let items = items.into_iter().flatten().enumerate();
    let items = items.map(|(index, item)| (at.property("items").item(index), item));
    let mut seen = HashSet::new();
    for (at, item) in items.chain(emphasized) {
        let Some(key) = item["itemKey"].as_str() else {
            continue;
        };
        if !seen.insert(key) {
            let message = format!(
                "Duplicate itemKey in items or between emphasizedItem and items are not allowed: \
                 {key}"
            );
            found.push(at.property("itemKey").detail(message));
        }
    }
}
