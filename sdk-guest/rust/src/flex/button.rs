//! Buttons (LINE reference, "Button").

use super::properties::{flexible, object, placed, properties};
use super::values::{AdjustMode, ButtonHeight, ButtonStyle, Gravity};
use crate::bindings::botbox::line::messages::Action;
use crate::json::Object;

object! {
    /// A button.
    Button
}

/// A button that does something. It shows the action's label, which is required and has at most
/// 40 characters.
#[must_use]
pub fn button(action: Action) -> Button {
    Button(Object::typed("button").with("action", action))
}

flexible!(Button);
placed!(Button);

properties!(Button {
    /// How high it is.
    height: ButtonHeight => "height",
    /// How it looks.
    style: ButtonStyle => "style",
    /// Of the letters of a `link`, and else of the background. `#RRGGBB` or `#RRGGBBAA`.
    color: into String => "color",
    /// Where it stands in its height.
    gravity: Gravity => "gravity",
    /// What becomes of a label that is too wide.
    adjust_mode: AdjustMode => "adjustMode",
    /// Whether it grows with the letters in the user's settings.
    scaling: bool => "scaling",
});
