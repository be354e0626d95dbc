//! What stands between components (LINE reference, "Separator" and "Filler").

use super::properties::{flexible, object, properties};
use super::values::Spacing;
use crate::json::Object;

object! {
    /// A line across a box.
    Separator
}

object! {
    /// Free space.
    Filler
}

/// A line between two components: upright in horizontal boxes, level in vertical ones.
#[must_use]
pub fn separator() -> Separator {
    Separator(Object::typed("separator"))
}

/// Free space. LINE discourages it: margins and paddings do more.
#[must_use]
pub fn filler() -> Filler {
    Filler(Object::typed("filler"))
}

flexible!(Filler);

properties!(Separator {
    /// The least space before it, instead of the box's spacing.
    margin: into Spacing => "margin",
    /// `#RRGGBB` or `#RRGGBBAA`.
    color: into String => "color",
});
