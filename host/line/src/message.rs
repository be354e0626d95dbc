//! Messages and actions that a bot sends (LINE reference, "Message objects" and "Action
//! objects").
//!
//! Their limits are LINE's to check, and its answer says what is wrong.

mod action;
mod imagemap;
mod template;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

pub use action::{Action, AltUri, TypedAction};
pub use imagemap::{Area, ExternalLink, ImagemapAction, ImagemapVideo, Size};
pub use template::{Column, ImageColumn, Template};

/// The most messages that one request may carry (LINE reference, "Send reply message").
pub const MESSAGES_PER_REQUEST: usize = 5;

/// One message.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
#[allow(
    clippy::large_enum_variant,
    reason = "there are five at most at a time"
)]
pub enum Message {
    /// With its common properties.
    Typed(TypedMessage),
    /// A whole message object, whatever LINE accepts.
    Raw(Box<RawValue>),
}

/// A message with the properties that all messages can have.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TypedMessage {
    /// What is sent.
    #[serde(flatten)]
    pub body: Body,
    /// Buttons above the keyboard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quick_reply: Option<QuickReply>,
    /// Who the message seems to be from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<Sender>,
}

/// Buttons above the keyboard.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QuickReply {
    /// At most 13.
    pub items: Vec<QuickReplyItem>,
}

/// A button above the keyboard.
#[derive(Clone, Debug, Serialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum QuickReplyItem {
    /// An action.
    Action {
        /// HTTPS.
        #[serde(skip_serializing_if = "Option::is_none")]
        image_url: Option<String>,
        /// What a tap does.
        action: Action,
    },
}

/// Who a message seems to be from.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sender {
    /// At most 20 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// HTTPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon_url: Option<String>,
}

/// What is sent.
#[derive(Clone, Debug, Serialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Body {
    /// A text.
    Text {
        /// At most 5,000 UTF-16 code units.
        text: String,
        /// At most 20.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        emojis: Vec<Emoji>,
        /// The quote token of the message to quote.
        #[serde(skip_serializing_if = "Option::is_none")]
        quote_token: Option<String>,
    },
    /// A text with substitutions.
    TextV2 {
        /// At most 5,000 UTF-16 code units.
        text: String,
        /// What replaces each `{name}` in the text.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        substitution: BTreeMap<String, Substitution>,
        /// The quote token of the message to quote.
        #[serde(skip_serializing_if = "Option::is_none")]
        quote_token: Option<String>,
    },
    /// A sticker.
    Sticker {
        /// Its package.
        package_id: String,
        /// The sticker in the package.
        sticker_id: String,
        /// The quote token of the message to quote.
        #[serde(skip_serializing_if = "Option::is_none")]
        quote_token: Option<String>,
    },
    /// An image.
    Image {
        /// HTTPS.
        original_content_url: String,
        /// HTTPS.
        preview_image_url: String,
    },
    /// A video.
    Video {
        /// HTTPS.
        original_content_url: String,
        /// HTTPS.
        preview_image_url: String,
        /// Comes back in an event when a user has watched the video to its end.
        #[serde(skip_serializing_if = "Option::is_none")]
        tracking_id: Option<String>,
    },
    /// A sound.
    Audio {
        /// HTTPS.
        original_content_url: String,
        /// In milliseconds.
        duration: u32,
    },
    /// A place.
    Location {
        /// Its name.
        title: String,
        /// Its address.
        address: String,
        /// In degrees.
        latitude: f64,
        /// In degrees.
        longitude: f64,
    },
    /// A coupon.
    Coupon {
        /// Which one.
        coupon_id: String,
        /// At most 30 characters.
        #[serde(skip_serializing_if = "Option::is_none")]
        delivery_tag: Option<String>,
    },
    /// An image with areas to tap.
    Imagemap {
        /// HTTPS.
        base_url: String,
        /// Shown in notifications.
        alt_text: String,
        /// Its width must be 1,040.
        base_size: Size,
        /// Plays over the image.
        #[serde(skip_serializing_if = "Option::is_none")]
        video: Option<ImagemapVideo>,
        /// At most 50.
        actions: Vec<ImagemapAction>,
    },
    /// A message with a fixed layout.
    Template {
        /// Shown in notifications.
        alt_text: String,
        /// The layout.
        template: Template,
    },
    /// A message with a free layout.
    Flex {
        /// Shown in notifications.
        alt_text: String,
        /// A bubble or a carousel.
        contents: Box<RawValue>,
    },
}

/// A LINE emoji that replaces a `$` of the text.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Emoji {
    /// Where the `$` is, in UTF-16 code units.
    pub index: u32,
    /// Its product.
    pub product_id: String,
    /// The emoji in the product.
    pub emoji_id: String,
}

/// What replaces a `{name}` in a text.
#[derive(Clone, Debug, Serialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Substitution {
    /// A mention.
    Mention {
        /// Of whom.
        mentionee: Mentionee,
    },
    /// A LINE emoji.
    Emoji {
        /// Its product.
        product_id: String,
        /// The emoji in the product.
        emoji_id: String,
    },
}

/// Who is mentioned.
#[derive(Clone, Debug, Serialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Mentionee {
    /// A user.
    User {
        /// The id.
        user_id: String,
    },
    /// Everybody.
    All,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    fn plain(body: Body) -> Message {
        Message::Typed(TypedMessage {
            body,
            quick_reply: None,
            sender: None,
        })
    }

    #[test]
    fn messages_are_written_as_line_reads_them() {
        let messages = [
            Message::Typed(TypedMessage {
                body: Body::Text {
                    text: "hi".into(),
                    emojis: Vec::new(),
                    quote_token: None,
                },
                quick_reply: Some(QuickReply {
                    items: vec![QuickReplyItem::Action {
                        image_url: None,
                        action: Action::Typed(TypedAction::CameraRoll {
                            label: "Photos".into(),
                        }),
                    }],
                }),
                sender: Some(Sender {
                    name: Some("Cony".into()),
                    icon_url: None,
                }),
            }),
            plain(Body::Template {
                alt_text: "choose".into(),
                template: Template::ImageCarousel {
                    columns: vec![ImageColumn {
                        image_url: "https://example.com/1.png".into(),
                        action: Action::Typed(TypedAction::DatetimePicker {
                            label: None,
                            data: "d".into(),
                            mode: "date".into(),
                            initial: None,
                            max: Some("2026-12-24".into()),
                            min: None,
                        }),
                    }],
                },
            }),
            plain(Body::Flex {
                alt_text: "flex".into(),
                contents: raw(r#"{"type":"bubble"}"#),
            }),
            Message::Raw(raw(r#"{"type":"coupon","couponId":"1"}"#)),
        ];
        assert_eq!(
            serde_json::to_value(messages).unwrap(),
            json!([
                {
                    "type": "text",
                    "text": "hi",
                    "quickReply": {"items": [
                        {"type": "action", "action": {"type": "cameraRoll", "label": "Photos"}},
                    ]},
                    "sender": {"name": "Cony"},
                },
                {"type": "template", "altText": "choose", "template": {
                    "type": "image_carousel",
                    "columns": [{
                        "imageUrl": "https://example.com/1.png",
                        "action": {"type": "datetimepicker", "data": "d", "mode": "date", "max": "2026-12-24"},
                    }],
                }},
                {"type": "flex", "altText": "flex", "contents": {"type": "bubble"}},
                {"type": "coupon", "couponId": "1"},
            ])
        );
    }
}
