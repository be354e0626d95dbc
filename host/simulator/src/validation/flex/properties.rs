//! Properties that several components have (LINE reference, "Flex Message").

use super::values;
use crate::validation::actions;
use crate::validation::check::{Check, Field, optional};

pub(super) const ACTION: Field = optional("action", Check::Union(&actions::FLEX));
pub(super) const COLOR: Field = optional("color", Check::Color);
pub(super) const BACKGROUND_COLOR: Field = optional("backgroundColor", Check::Color);
pub(super) const GRAVITY: Field = optional("gravity", Check::OneOf(&["top", "bottom", "center"]));
pub(super) const ALIGN: Field = optional("align", Check::OneOf(&["start", "end", "center"]));
pub(super) const ADJUST_MODE: Field = optional("adjustMode", Check::OneOf(&["shrink-to-fit"]));
pub(super) const SCALING: Field = optional("scaling", Check::Boolean);
pub(super) const FLEX: Field = optional("flex", Check::Whole(0));
pub(super) const MARGIN: Field = optional("margin", Check::Written(values::space));
pub(super) const TEXT_SIZE: Field = optional("size", Check::Written(values::text_size));
pub(super) const ASPECT_RATIO: Field =
    optional("aspectRatio", Check::Written(values::aspect_ratio));
pub(super) const WEIGHT: Field = optional("weight", Check::OneOf(&["regular", "bold"]));
pub(super) const STYLE_OF_TEXT: Field = optional("style", Check::OneOf(&["normal", "italic"]));
pub(super) const DECORATION: Field = optional(
    "decoration",
    Check::OneOf(&["none", "underline", "line-through"]),
);

pub(super) const POSITION: Field = optional("position", Check::OneOf(&["relative", "absolute"]));
pub(super) const OFFSET: Check = Check::Written(values::offset);
pub(super) const OFFSET_TOP: Field = optional("offsetTop", OFFSET);
pub(super) const OFFSET_BOTTOM: Field = optional("offsetBottom", OFFSET);
pub(super) const OFFSET_START: Field = optional("offsetStart", OFFSET);
pub(super) const OFFSET_END: Field = optional("offsetEnd", OFFSET);

pub(super) const PADDING: Check = Check::Written(values::padding);
pub(super) const EXTENT: Check = Check::Written(values::extent);
