//! Videos (LINE reference, "Video").

use super::flex_box::FlexBox;
use super::image::Image;
use super::properties::{any_of, object, properties};
use super::values::AspectRatio;
use crate::bindings::botbox::line::messages::Action;
use crate::json::Object;

object! {
    /// A video.
    Video
}

any_of! {
    /// A box or an image.
    AltContent: FlexBox | Image
}

/// A video, only as the hero of a bubble that is `kilo`, `mega` or `giga` and in no carousel.
///
/// `url` is of an MP4 of at most 200 MB, `preview_url` of a JPEG or PNG of at most 1 MB; both are
/// HTTPS and have at most 2,000 characters. `alt_content`, a box or an image, shows where LINE is
/// too old for videos.
pub fn video(
    url: impl Into<String>,
    preview_url: impl Into<String>,
    alt_content: impl Into<AltContent>,
) -> Video {
    let alt_content: AltContent = alt_content.into();
    Video(
        Object::typed("video")
            .with("url", url.into())
            .with("previewUrl", preview_url.into())
            .with("altContent", alt_content),
    )
}

properties!(Video {
    /// The video's own, which the preview and the alternative should have, too. LINE's default:
    /// 1 to 1.
    aspect_ratio: into AspectRatio => "aspectRatio",
    /// A [`uri`](crate::action::uri), whose label shows below the video.
    action: Action => "action",
});
