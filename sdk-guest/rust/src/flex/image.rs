//! Images (LINE reference, "Image").

use super::properties::{flexible, object, placed, properties};
use super::values::{Align, AspectMode, AspectRatio, Gravity, ImageSize};
use crate::bindings::botbox::line::messages::Action;
use crate::json::Object;

object! {
    /// An image.
    Image
}

/// An image by its HTTPS URL of at most 2,000 characters: JPEG or PNG, at most 1,024 by 1,024
/// pixels, at most 10 MB, and 300 KB when it is animated.
pub fn image(url: impl Into<String>) -> Image {
    Image(Object::typed("image").with("url", url.into()))
}

flexible!(Image);
placed!(Image);

properties!(Image {
    /// How wide it is at most.
    size: into ImageSize => "size",
    /// Of its place, whatever the image's is. LINE's default: 1 to 1.
    aspect_ratio: into AspectRatio => "aspectRatio",
    /// How it fills its place.
    aspect_mode: AspectMode => "aspectMode",
    /// Where it stands in its width.
    align: Align => "align",
    /// Where it stands in its height.
    gravity: Gravity => "gravity",
    /// `#RRGGBB` or `#RRGGBBAA`.
    background_color: into String => "backgroundColor",
    /// Whether an animated PNG plays; at most 10 in a message.
    animated: bool => "animated",
    /// What a tap on it does.
    action: Action => "action",
});
