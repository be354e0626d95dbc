//! Module channels and mission stickers (LINE reference for corporate customers).

use serde_json::Value;

use super::check::{Check, Shape, optional, required};
use super::detail::Invalid;
use super::dialect::Dialect;

/// Checks the body that acquires the control of a chat.
pub(crate) fn chat_control(request: &Value) -> Result<(), Invalid> {
    static CONTROL: Shape = Shape::new(&[
        optional("expired", Check::Boolean),
        optional("ttl", Check::Range(1, 365 * 24 * 3_600)),
    ]);
    CONTROL.check_request(request, Dialect::Body)
}

/// Checks the body that detaches a module channel.
pub(crate) fn detachment(request: &Value) -> Result<(), Invalid> {
    static DETACHMENT: Shape = Shape::new(&[required("botId", Check::Text(usize::MAX))]);
    DETACHMENT.check_request(request, Dialect::Body)
}

/// Checks the body that grants a mission sticker.
pub(crate) fn mission(request: &Value) -> Result<(), Invalid> {
    static MISSION: Shape = Shape::new(&[
        required("to", Check::Text(usize::MAX)),
        required("productId", Check::Text(usize::MAX)),
        required("productType", Check::OneOf(&["STICKER"])),
        required("sendPresentMessage", Check::Boolean),
    ]);
    MISSION.check_request(request, Dialect::Body)
}
