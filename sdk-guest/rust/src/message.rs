//! Messages to send. LINE's limits stand with the types in [`messages`](crate::messages).

use crate::messages::{
    Action, AudioMessage, ButtonsTemplate, CarouselColumn, CarouselTemplate, ConfirmTemplate,
    FlexMessage, ImageCarouselColumn, ImageCarouselTemplate, ImageMessage, LocationMessage,
    Message, StickerMessage, Template, TemplateMessage, TextMessage, VideoMessage,
};

/// A text.
pub fn text(text: impl Into<String>) -> Message {
    Message::Text(TextMessage {
        text: text.into(),
        quote_token: None,
    })
}

/// A text that quotes another message by its quote token.
pub fn quote(quote_token: impl Into<String>, text: impl Into<String>) -> Message {
    Message::Text(TextMessage {
        text: text.into(),
        quote_token: Some(quote_token.into()),
    })
}

/// A sticker.
pub fn sticker(package_id: impl Into<String>, sticker_id: impl Into<String>) -> Message {
    Message::Sticker(StickerMessage {
        package_id: package_id.into(),
        sticker_id: sticker_id.into(),
        quote_token: None,
    })
}

/// An image by its HTTPS URLs.
pub fn image(original: impl Into<String>, preview: impl Into<String>) -> Message {
    Message::Image(ImageMessage {
        original_content_url: original.into(),
        preview_image_url: preview.into(),
    })
}

/// A video by its HTTPS URLs.
pub fn video(original: impl Into<String>, preview: impl Into<String>) -> Message {
    Message::Video(VideoMessage {
        original_content_url: original.into(),
        preview_image_url: preview.into(),
        tracking_id: None,
    })
}

/// A sound by its HTTPS URL, and its length in milliseconds.
pub fn audio(original: impl Into<String>, duration: u32) -> Message {
    Message::Audio(AudioMessage {
        original_content_url: original.into(),
        duration,
    })
}

/// A place.
pub fn location(
    title: impl Into<String>,
    address: impl Into<String>,
    latitude: f64,
    longitude: f64,
) -> Message {
    Message::Location(LocationMessage {
        title: title.into(),
        address: address.into(),
        latitude,
        longitude,
    })
}

/// A text with up to 4 buttons.
pub fn buttons(
    alt_text: impl Into<String>,
    text: impl Into<String>,
    actions: impl Into<Vec<Action>>,
) -> Message {
    template(
        alt_text,
        Template::Buttons(ButtonsTemplate {
            thumbnail_image_url: None,
            title: None,
            text: text.into(),
            default_action: None,
            actions: actions.into(),
        }),
    )
}

/// A question with two buttons.
pub fn confirm(
    alt_text: impl Into<String>,
    text: impl Into<String>,
    actions: [Action; 2],
) -> Message {
    template(
        alt_text,
        Template::Confirm(ConfirmTemplate {
            text: text.into(),
            actions: actions.into(),
        }),
    )
}

/// Up to 10 columns to swipe through.
pub fn carousel(alt_text: impl Into<String>, columns: impl Into<Vec<CarouselColumn>>) -> Message {
    let columns = columns.into();
    template(alt_text, Template::Carousel(CarouselTemplate { columns }))
}

/// Up to 10 images to swipe through.
pub fn image_carousel(
    alt_text: impl Into<String>,
    columns: impl Into<Vec<ImageCarouselColumn>>,
) -> Message {
    let columns = columns.into();
    template(
        alt_text,
        Template::ImageCarousel(ImageCarouselTemplate { columns }),
    )
}

/// A message with one of the fixed layouts.
pub fn template(alt_text: impl Into<String>, template: Template) -> Message {
    Message::Template(TemplateMessage {
        alt_text: alt_text.into(),
        template,
    })
}

/// A message with a free layout: a bubble or a carousel as JSON.
pub fn flex(alt_text: impl Into<String>, contents: impl Into<String>) -> Message {
    Message::Flex(FlexMessage {
        alt_text: alt_text.into(),
        contents: contents.into(),
    })
}

/// A whole message object as JSON.
pub fn raw_json(json: impl Into<String>) -> Message {
    Message::RawJson(json.into())
}

impl From<&str> for Message {
    fn from(string: &str) -> Self {
        text(string)
    }
}

impl From<String> for Message {
    fn from(string: String) -> Self {
        text(string)
    }
}
