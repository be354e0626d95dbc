//! Fixed layouts (LINE reference, "Template messages").

use serde::Serialize;

use super::action::Action;

/// A fixed layout.
#[allow(
    clippy::large_enum_variant,
    reason = "there are five at most at a time"
)]
#[derive(Clone, Debug, Serialize)]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Template {
    /// An image, a title, a text and buttons.
    Buttons {
        /// HTTPS.
        #[serde(skip_serializing_if = "Option::is_none")]
        thumbnail_image_url: Option<String>,
        /// `rectangle` or `square`.
        #[serde(skip_serializing_if = "Option::is_none")]
        image_aspect_ratio: Option<String>,
        /// `cover` or `contain`.
        #[serde(skip_serializing_if = "Option::is_none")]
        image_size: Option<String>,
        /// `#RRGGBB`.
        #[serde(skip_serializing_if = "Option::is_none")]
        image_background_color: Option<String>,
        /// In bold.
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// Under the title.
        text: String,
        /// What a tap outside the buttons does.
        #[serde(skip_serializing_if = "Option::is_none")]
        default_action: Option<Action>,
        /// The buttons.
        actions: Vec<Action>,
    },
    /// A question with two buttons.
    Confirm {
        /// The question.
        text: String,
        /// The buttons.
        actions: Vec<Action>,
    },
    /// Columns to swipe through.
    Carousel {
        /// At most 10.
        columns: Vec<Column>,
        /// `rectangle` or `square`.
        #[serde(skip_serializing_if = "Option::is_none")]
        image_aspect_ratio: Option<String>,
        /// `cover` or `contain`.
        #[serde(skip_serializing_if = "Option::is_none")]
        image_size: Option<String>,
    },
    /// Images to swipe through.
    ImageCarousel {
        /// At most 10.
        columns: Vec<ImageColumn>,
    },
}

/// A column of a carousel.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    /// HTTPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail_image_url: Option<String>,
    /// `#RRGGBB`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_background_color: Option<String>,
    /// In bold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Under the title.
    pub text: String,
    /// What a tap outside the buttons does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_action: Option<Action>,
    /// The buttons.
    pub actions: Vec<Action>,
}

/// An image of an image carousel.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageColumn {
    /// HTTPS.
    pub image_url: String,
    /// What a tap does.
    pub action: Action,
}
