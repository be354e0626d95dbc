//! Icons (LINE reference, "Icon").

use super::properties::{object, placed, properties};
use super::values::{AspectRatio, IconSize};
use crate::json::Object;

object! {
    /// A small image beside a text.
    Icon
}

/// An icon by its HTTPS URL of at most 2,000 characters: JPEG or PNG, at most 1,024 by 1,024
/// pixels, at most 1 MB. In baseline boxes only.
pub fn icon(url: impl Into<String>) -> Icon {
    Icon(Object::typed("icon").with("url", url.into()))
}

placed!(Icon);

properties!(Icon {
    /// How wide it is at most.
    size: into IconSize => "size",
    /// LINE's default: 1 to 1.
    aspect_ratio: into AspectRatio => "aspectRatio",
    /// Whether it grows with the letters in the user's settings.
    scaling: bool => "scaling",
});
