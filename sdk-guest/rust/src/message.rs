//! Messages to send. LINE's limits stand with the types in [`messages`](crate::messages).

use crate::bindings::botbox::line::messages::{
    Action, AudioMessage, ButtonsTemplate, CarouselColumn, CarouselTemplate, ConfirmTemplate,
    CouponMessage, FlexMessage, ImageCarouselColumn, ImageCarouselTemplate, ImageMessage,
    ImagemapMessage, LocationMessage, Message, MessageBody, QuickReplyItem, Sender, StickerMessage,
    Substitution, Template, TemplateMessage, TextMessage, TextV2Message, VideoMessage,
};
use crate::flex::Container;

/// A text.
pub fn text(text: impl Into<String>) -> Message {
    plain(MessageBody::Text(TextMessage {
        text: text.into(),
        emojis: Vec::new(),
        quote_token: None,
    }))
}

/// A text that quotes another message by its quote token.
pub fn quote(quote_token: impl Into<String>, text: impl Into<String>) -> Message {
    plain(MessageBody::Text(TextMessage {
        text: text.into(),
        emojis: Vec::new(),
        quote_token: Some(quote_token.into()),
    }))
}

/// A text in which `{name}` stands for a mention or an emoji, and `{{` and `}}` for braces.
pub fn text_v2<N: Into<String>>(
    text: impl Into<String>,
    substitution: impl IntoIterator<Item = (N, Substitution)>,
) -> Message {
    let substitution = substitution.into_iter();
    plain(MessageBody::TextV2(TextV2Message {
        text: text.into(),
        substitution: substitution.map(|(name, it)| (name.into(), it)).collect(),
        quote_token: None,
    }))
}

/// A sticker.
pub fn sticker(package_id: impl Into<String>, sticker_id: impl Into<String>) -> Message {
    plain(MessageBody::Sticker(StickerMessage {
        package_id: package_id.into(),
        sticker_id: sticker_id.into(),
        quote_token: None,
    }))
}

/// An image by its HTTPS URLs.
pub fn image(original: impl Into<String>, preview: impl Into<String>) -> Message {
    plain(MessageBody::Image(ImageMessage {
        original_content_url: original.into(),
        preview_image_url: preview.into(),
    }))
}

/// A video by its HTTPS URLs.
pub fn video(original: impl Into<String>, preview: impl Into<String>) -> Message {
    plain(MessageBody::Video(VideoMessage {
        original_content_url: original.into(),
        preview_image_url: preview.into(),
        tracking_id: None,
    }))
}

/// A sound by its HTTPS URL, and its length in milliseconds.
pub fn audio(original: impl Into<String>, duration: u32) -> Message {
    plain(MessageBody::Audio(AudioMessage {
        original_content_url: original.into(),
        duration,
    }))
}

/// A place.
pub fn location(
    title: impl Into<String>,
    address: impl Into<String>,
    latitude: f64,
    longitude: f64,
) -> Message {
    plain(MessageBody::Location(LocationMessage {
        title: title.into(),
        address: address.into(),
        latitude,
        longitude,
    }))
}

/// A coupon of the account.
pub fn coupon(coupon_id: impl Into<String>) -> Message {
    plain(MessageBody::Coupon(CouponMessage {
        coupon_id: coupon_id.into(),
        delivery_tag: None,
    }))
}

/// An image with areas to tap.
#[must_use]
pub fn imagemap(imagemap: ImagemapMessage) -> Message {
    plain(MessageBody::Imagemap(imagemap))
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
            image_aspect_ratio: None,
            image_size: None,
            image_background_color: None,
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
    template(
        alt_text,
        Template::Carousel(CarouselTemplate {
            columns,
            image_aspect_ratio: None,
            image_size: None,
        }),
    )
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
    plain(MessageBody::Template(TemplateMessage {
        alt_text: alt_text.into(),
        template,
    }))
}

/// A message with a free layout: a bubble or a carousel of [`flex`](crate::flex), or either as
/// JSON in a string.
pub fn flex(alt_text: impl Into<String>, contents: impl Into<Container>) -> Message {
    let contents: Container = contents.into();
    plain(MessageBody::Flex(FlexMessage {
        alt_text: alt_text.into(),
        contents: contents.into(),
    }))
}

/// A whole message object as JSON.
pub fn raw_json(json: impl Into<String>) -> Message {
    plain(MessageBody::RawJson(json.into()))
}

fn plain(body: MessageBody) -> Message {
    Message {
        body,
        quick_reply: Vec::new(),
        sender: None,
    }
}

impl Message {
    /// Adds buttons above the keyboard, at most 13. Those of a request's last message show.
    #[must_use]
    pub fn quick_reply(mut self, actions: impl IntoIterator<Item = Action>) -> Self {
        let item = |action| QuickReplyItem {
            image_url: None,
            action,
        };
        self.quick_reply.extend(actions.into_iter().map(item));
        self
    }

    /// Shows the message as if it came from someone else: a name of at most 20 characters, which
    /// LINE shows with the account's own, and the HTTPS URL of an icon.
    #[must_use]
    pub fn sender(mut self, name: impl Into<String>, icon_url: Option<String>) -> Self {
        self.sender = Some(Sender {
            name: Some(name.into()),
            icon_url,
        });
        self
    }
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
