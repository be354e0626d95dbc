//! Module channels and mission stickers (LINE reference for corporate customers).

use serde_json::Value;

use super::check::{Check, Shape, find_errors, optional, required};
use super::detail::Detail;

/// What is wrong with the body that acquires the control of a chat.
pub(crate) fn chat_control(request: &Value) -> Vec<Detail> {
    static CONTROL: Shape = Shape::new(&[
        optional("expired", Check::Boolean),
        optional("ttl", Check::Range(1, 365 * 24 * 3_600)),
    ]);
    find_errors(&CONTROL, request)
}

/// What is wrong with the body that detaches a module channel.
pub(crate) fn detachment(request: &Value) -> Vec<Detail> {
    static DETACHMENT: Shape = Shape::new(&[required("botId", Check::Text(usize::MAX))]);
    find_errors(&DETACHMENT, request)
}

/// What is wrong with the body that grants a mission sticker.
pub(crate) fn mission(request: &Value) -> Vec<Detail> {
    static MISSION: Shape = Shape::new(&[
        required("to", Check::Text(usize::MAX)),
        required("productId", Check::Text(usize::MAX)),
        required("productType", Check::OneOf(&["STICKER"])),
        required("sendPresentMessage", Check::Boolean),
    ]);
    find_errors(&MISSION, request)
}
