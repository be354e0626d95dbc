//! Bubbles (LINE reference, "Bubble").

use super::flex_box::FlexBox;
use super::image::Image;
use super::properties::{any_of, object, properties};
use super::values::{BubbleSize, Direction};
use super::video::Video;
use crate::bindings::botbox::line::messages::Action;
use crate::json::Object;

object! {
    /// One bubble: a header, a hero, a body and a footer, each optional.
    Bubble
}

any_of! {
    /// A box, an image, or a video.
    Hero: FlexBox | Image | Video
}

object! {
    /// How the blocks of a bubble look.
    Styles
}

object! {
    /// How a block of a bubble looks.
    BlockStyle
}

/// An empty bubble. At most 30 KB of JSON.
#[must_use]
pub fn bubble() -> Bubble {
    Bubble(Object::typed("bubble"))
}

/// The styles of a bubble's blocks, none set.
#[must_use]
pub fn styles() -> Styles {
    Styles(Object::new())
}

/// The style of a block, nothing set.
#[must_use]
pub fn block_style() -> BlockStyle {
    BlockStyle(Object::new())
}

properties!(Bubble {
    /// How wide it is.
    size: BubbleSize => "size",
    /// Where texts and horizontal boxes start.
    direction: Direction => "direction",
    /// The block at the top.
    header: FlexBox => "header",
    /// The block below the header: a box, an image, or a video.
    hero: into Hero => "hero",
    /// The block below the hero.
    body: FlexBox => "body",
    /// The block at the bottom.
    footer: FlexBox => "footer",
    /// How the blocks look.
    styles: Styles => "styles",
    /// What a tap on it does.
    action: Action => "action",
});

properties!(Styles {
    /// How the header looks.
    header: BlockStyle => "header",
    /// How the hero looks.
    hero: BlockStyle => "hero",
    /// How the body looks.
    body: BlockStyle => "body",
    /// How the footer looks.
    footer: BlockStyle => "footer",
});

properties!(BlockStyle {
    /// `#RRGGBB` or `#RRGGBBAA`.
    background_color: into String => "backgroundColor",
    /// Whether a line stands above the block, unless it is the first.
    separator: bool => "separator",
    /// `#RRGGBB` or `#RRGGBBAA`.
    separator_color: into String => "separatorColor",
});
