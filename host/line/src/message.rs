//! Messages and actions that a bot sends (LINE reference, "Message objects" and "Action
//! objects").
//!
//! Their limits are LINE's to check, and its answer says what is wrong.

use serde::Serialize;
use serde_json::value::RawValue;

/// The most messages that one request may carry (LINE reference, "Send reply message").
pub const MESSAGES_PER_REQUEST: usize = 5;

/// One message.
#[derive(Clone, Debug, Serialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Message {
    /// A text.
    Text {
        /// At most 5,000 UTF-16 code units.
        text: String,
        /// Of the message to quote.
        #[serde(skip_serializing_if = "Option::is_none")]
        quote_token: Option<String>,
    },
    /// A sticker.
    Sticker {
        /// Its package.
        package_id: String,
        /// The sticker in the package.
        sticker_id: String,
        /// Of the message to quote.
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
        /// Comes back when the video was watched.
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
    /// A message with a fixed layout.
    Template {
        /// For notifications.
        alt_text: String,
        /// The layout.
        template: Template,
    },
    /// A message with a free layout.
    Flex {
        /// For notifications.
        alt_text: String,
        /// A bubble or a carousel.
        contents: Box<RawValue>,
    },
    /// A whole message object, whatever LINE accepts.
    #[serde(untagged)]
    Raw(Box<RawValue>),
}

/// A fixed layout.
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

/// What a button does.
#[derive(Clone, Debug, Serialize)]
#[serde(
    tag = "type",
    rename_all = "lowercase",
    rename_all_fields = "camelCase"
)]
pub enum Action {
    /// Sends the bot a postback event.
    Postback {
        /// What the button says.
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// Comes back in the event.
        data: String,
        /// Appears in the chat.
        #[serde(skip_serializing_if = "Option::is_none")]
        display_text: Option<String>,
    },
    /// Makes the user send a text.
    Message {
        /// What the button says.
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// The text.
        text: String,
    },
    /// Opens a URI.
    Uri {
        /// What the button says.
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// `http`, `https`, `line` or `tel`.
        uri: String,
    },
    /// Lets the user pick a date or time.
    DatetimePicker {
        /// What the button says.
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// Comes back in the event.
        data: String,
        /// `date`, `time` or `datetime`.
        mode: String,
        /// What is picked at first.
        #[serde(skip_serializing_if = "Option::is_none")]
        initial: Option<String>,
        /// The latest.
        #[serde(skip_serializing_if = "Option::is_none")]
        max: Option<String>,
        /// The earliest.
        #[serde(skip_serializing_if = "Option::is_none")]
        min: Option<String>,
    },
    /// Copies a text.
    Clipboard {
        /// What the button says.
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// The text.
        clipboard_text: String,
    },
    /// A whole action object, whatever LINE accepts.
    #[serde(untagged)]
    Raw(Box<RawValue>),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    #[test]
    fn messages_are_written_as_line_reads_them() {
        let messages = [
            Message::Text {
                text: "hi".into(),
                quote_token: None,
            },
            Message::Template {
                alt_text: "choose".into(),
                template: Template::ImageCarousel {
                    columns: vec![ImageColumn {
                        image_url: "https://example.com/1.png".into(),
                        action: Action::DatetimePicker {
                            label: None,
                            data: "d".into(),
                            mode: "date".into(),
                            initial: None,
                            max: Some("2026-12-24".into()),
                            min: None,
                        },
                    }],
                },
            },
            Message::Flex {
                alt_text: "flex".into(),
                contents: raw(r#"{"type":"bubble"}"#),
            },
            Message::Raw(raw(r#"{"type":"coupon","couponId":"1"}"#)),
        ];
        assert_eq!(
            serde_json::to_value(messages).unwrap(),
            json!([
                {"type": "text", "text": "hi"},
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
