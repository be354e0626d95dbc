//! Texts and their parts (LINE reference, "Text" and "Span").

use super::properties::{flexible, object, placed, properties};
use super::values::{AdjustMode, Align, Decoration, Gravity, Px, TextSize, TextStyle, Weight};
use crate::bindings::botbox::line::messages::Action;
use crate::json::Object;

object! {
    /// A text.
    Text
}

object! {
    /// A part of a text with a look of its own.
    Span
}

/// A text. Not empty; `\n` breaks lines.
pub fn text(text: impl Into<String>) -> Text {
    Text(Object::typed("text").with("text", text.into()))
}

/// A text of parts that look different. What the text says of letters holds where a part says
/// nothing.
pub fn spans(spans: impl IntoIterator<Item = Span>) -> Text {
    let contents: Vec<_> = spans.into_iter().collect();
    Text(Object::typed("text").with("contents", contents))
}

/// A part of a text.
pub fn span(text: impl Into<String>) -> Span {
    Span(Object::typed("span").with("text", text.into()))
}

/// Declares the properties that say how letters look.
macro_rules! lettered {
    ($object:ident) => {
        properties!($object {
            /// How large the letters are.
            size: into TextSize => "size",
            /// `#RRGGBB` or `#RRGGBBAA`.
            color: into String => "color",
            /// How thick the letters are.
            weight: Weight => "weight",
            /// How the letters lean.
            style: TextStyle => "style",
            /// A line at the letters.
            decoration: Decoration => "decoration",
        });
    };
}

lettered!(Span);
lettered!(Text);
flexible!(Text);
placed!(Text);

properties!(Text {
    /// Where it stands in its width.
    align: Align => "align",
    /// Where it stands in its height.
    gravity: Gravity => "gravity",
    /// Whether it goes on in a new line where the width ends. LINE's default: it is cut off.
    wrap: bool => "wrap",
    /// Between the lines of a text that wraps; more than 0.
    line_spacing: Px => "lineSpacing",
    /// Cut off after so many lines; 0 for none.
    max_lines: u32 => "maxLines",
    /// What becomes of a text that is too wide.
    adjust_mode: AdjustMode => "adjustMode",
    /// Whether it grows with the letters in the user's settings.
    scaling: bool => "scaling",
    /// What a tap on it does.
    action: Action => "action",
});
