//! The parts of an imagemap (LINE reference, "Imagemap message").

use serde::{Deserialize, Serialize};

/// A size in pixels.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Size {
    /// The width.
    pub width: u32,
    /// The height.
    pub height: u32,
}

/// A rectangle in pixels.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Area {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// The width.
    pub width: u32,
    /// The height.
    pub height: u32,
}

/// A video over an imagemap.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImagemapVideo {
    /// HTTPS.
    pub original_content_url: String,
    /// HTTPS.
    pub preview_image_url: String,
    /// Where it plays.
    pub area: Area,
    /// A link that is shown after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_link: Option<ExternalLink>,
}

/// A link that is shown after a video.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExternalLink {
    /// Where it leads.
    pub link_uri: String,
    /// What it says.
    pub label: String,
}

/// What a tap on an area does.
#[derive(Clone, Debug, Serialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum ImagemapAction {
    /// Opens a URI.
    Uri {
        /// The URI.
        link_uri: String,
        /// What the button says.
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// The area that is tapped.
        area: Area,
    },
    /// Makes the user send a text.
    Message {
        /// The text.
        text: String,
        /// What the button says.
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// The area that is tapped.
        area: Area,
    },
    /// Copies a text.
    Clipboard {
        /// The text.
        clipboard_text: String,
        /// What the button says.
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// The area that is tapped.
        area: Area,
    },
}
