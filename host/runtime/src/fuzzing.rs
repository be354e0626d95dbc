//! What `fuzz/` reaches of the conversions between LINE's types and the WIT package's: any value of a type that
//! guests hand over, and any event.

use botbox_line::webhook;

use crate::beacons::Beacons;
use crate::bindings::botbox::line::events::{Event, ReplyState};
use crate::bindings::botbox::line::messages::{
    Action, AudioMessage, ButtonsTemplate, CarouselColumn, CarouselTemplate, ClipboardAction,
    ConfirmTemplate, CouponMessage, DatetimePickerAction, EmojiSubstitution, FlexMessage,
    ImageCarouselColumn, ImageCarouselTemplate, ImageMessage, ImagemapAction, ImagemapArea,
    ImagemapEffect, ImagemapLink, ImagemapMessage, ImagemapSize, ImagemapVideo, LocationMessage,
    Message, MessageAction, MessageBody, PostbackAction, QuickReplyItem, RichMenuSwitchAction,
    Sender, StickerMessage, Substitution, Template, TemplateMessage, TextEmoji, TextMessage,
    TextV2Message, UriAction, VideoMessage,
};
use crate::bindings::botbox::line::rich_menu::{
    RichMenu, RichMenuArea, RichMenuBounds, RichMenuSize,
};
use crate::convert;

/// What a guest's messages and rich menus become on the way to LINE: JSON for each that is taken.
///
/// # Errors
///
/// When there is an argument that LINE would refuse: with what is wrong.
pub fn messages(shape: &[u8], texts: &[&str]) -> Result<Vec<String>, String> {
    let mut guest = Guest::new(shape, texts);
    let messages = guest.list(Guest::message);
    let count = messages.len();
    let messages = convert::messages(messages).map_err(|it| it.message)?;
    assert_eq!(messages.len(), count, "none is lost");
    messages
        .iter()
        .map(|it| serde_json::to_string(it).map_err(|error| error.to_string()))
        .collect()
}

/// The same for a rich menu, which comes back as what LINE has then.
///
/// # Errors
///
/// When there is an argument that LINE would refuse: with what is wrong.
pub fn rich_menu(shape: &[u8], texts: &[&str]) -> Result<String, String> {
    let menu = Guest::new(shape, texts).rich_menu();
    let areas = menu.areas.len();
    let menu = convert::rich_menu(menu).map_err(|it| it.message)?;
    assert_eq!(menu.areas.len(), areas, "none is lost");
    serde_json::to_string(&menu).map_err(|error| error.to_string())
}

/// Shows a guest an event. Returns the id that it sees.
pub fn event(event: webhook::Event) -> String {
    let seen: Event = convert::event(event, ReplyState::Open, 1, &Beacons::default());
    seen.id
}

/// A guest that hands over what a fuzzer likes.
struct Guest<'a> {
    /// What it chooses.
    shape: std::slice::Iter<'a, u8>,
    /// What it says, over and over.
    texts: std::iter::Cycle<std::slice::Iter<'a, &'a str>>,
}

impl<'a> Guest<'a> {
    fn new(shape: &'a [u8], texts: &'a [&'a str]) -> Self {
        Self {
            shape: shape.iter(),
            texts: texts.iter().cycle(),
        }
    }

    /// One of so many.
    fn choice(&mut self, count: u8) -> u8 {
        self.shape.next().map_or(0, |it| it % count)
    }

    fn number(&mut self) -> u32 {
        let mut byte = || self.shape.next().copied().unwrap_or_default();
        u32::from_le_bytes([byte(), byte(), byte(), byte()])
    }

    /// Any number, and what is none.
    fn real(&mut self) -> f64 {
        let (high, low) = (self.number(), self.number());
        f64::from_bits(u64::from(high) << 32 | u64::from(low))
    }

    fn text(&mut self) -> String {
        self.texts
            .next()
            .copied()
            .map(str::to_owned)
            .unwrap_or_default()
    }

    fn option<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.choice(2) == 1).then(|| make(self))
    }

    fn maybe_text(&mut self) -> Option<String> {
        self.option(Self::text)
    }

    fn list<T>(&mut self, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let count = self.choice(8);
        (0..count).map(|_| make(self)).collect()
    }

    fn message(&mut self) -> Message {
        Message {
            body: self.body(),
            quick_reply: self.list(|it| QuickReplyItem {
                image_url: it.maybe_text(),
                action: it.action(),
            }),
            sender: self.option(|it| Sender {
                name: it.maybe_text(),
                icon_url: it.maybe_text(),
            }),
        }
    }

    fn body(&mut self) -> MessageBody {
        match self.choice(12) {
            0 => MessageBody::RawJson(self.text()),
            1 => MessageBody::Text(TextMessage {
                text: self.text(),
                emojis: self.list(|it| TextEmoji {
                    index: it.number(),
                    product_id: it.text(),
                    emoji_id: it.text(),
                }),
                quote_token: self.maybe_text(),
            }),
            2 => MessageBody::TextV2(TextV2Message {
                text: self.text(),
                substitution: self.list(|it| (it.text(), it.substitution())),
                quote_token: self.maybe_text(),
            }),
            3 => MessageBody::Sticker(StickerMessage {
                package_id: self.text(),
                sticker_id: self.text(),
                quote_token: self.maybe_text(),
            }),
            4 => MessageBody::Image(ImageMessage {
                original_content_url: self.text(),
                preview_image_url: self.text(),
            }),
            5 => MessageBody::Video(VideoMessage {
                original_content_url: self.text(),
                preview_image_url: self.text(),
                tracking_id: self.maybe_text(),
            }),
            6 => MessageBody::Audio(AudioMessage {
                original_content_url: self.text(),
                duration: self.number(),
            }),
            7 => MessageBody::Location(LocationMessage {
                title: self.text(),
                address: self.text(),
                latitude: self.real(),
                longitude: self.real(),
            }),
            8 => MessageBody::Coupon(CouponMessage {
                coupon_id: self.text(),
                delivery_tag: self.maybe_text(),
            }),
            9 => MessageBody::Imagemap(self.imagemap()),
            10 => MessageBody::Template(TemplateMessage {
                alt_text: self.text(),
                template: self.template(),
            }),
            _ => MessageBody::Flex(FlexMessage {
                alt_text: self.text(),
                contents: self.text(),
            }),
        }
    }

    fn substitution(&mut self) -> Substitution {
        match self.choice(3) {
            0 => Substitution::MentionAll,
            1 => Substitution::MentionUser(self.text()),
            _ => Substitution::Emoji(EmojiSubstitution {
                product_id: self.text(),
                emoji_id: self.text(),
            }),
        }
    }

    fn imagemap(&mut self) -> ImagemapMessage {
        ImagemapMessage {
            base_url: self.text(),
            alt_text: self.text(),
            base_size: ImagemapSize {
                width: self.number(),
                height: self.number(),
            },
            video: self.option(|it| ImagemapVideo {
                original_content_url: it.text(),
                preview_image_url: it.text(),
                area: it.area(),
                external_link: it.option(|it| ImagemapLink {
                    link_uri: it.text(),
                    label: it.text(),
                }),
            }),
            actions: self.list(|it| ImagemapAction {
                area: it.area(),
                label: it.maybe_text(),
                effect: match it.choice(3) {
                    0 => ImagemapEffect::Uri(it.text()),
                    1 => ImagemapEffect::Message(it.text()),
                    _ => ImagemapEffect::Clipboard(it.text()),
                },
            }),
        }
    }

    fn area(&mut self) -> ImagemapArea {
        ImagemapArea {
            x: self.number(),
            y: self.number(),
            width: self.number(),
            height: self.number(),
        }
    }

    fn template(&mut self) -> Template {
        match self.choice(4) {
            0 => Template::Buttons(ButtonsTemplate {
                thumbnail_image_url: self.maybe_text(),
                image_aspect_ratio: self.maybe_text(),
                image_size: self.maybe_text(),
                image_background_color: self.maybe_text(),
                title: self.maybe_text(),
                text: self.text(),
                default_action: self.option(Self::action),
                actions: self.list(Self::action),
            }),
            1 => Template::Confirm(ConfirmTemplate {
                text: self.text(),
                actions: self.list(Self::action),
            }),
            2 => Template::Carousel(CarouselTemplate {
                columns: self.list(|it| CarouselColumn {
                    thumbnail_image_url: it.maybe_text(),
                    image_background_color: it.maybe_text(),
                    title: it.maybe_text(),
                    text: it.text(),
                    default_action: it.option(Self::action),
                    actions: it.list(Self::action),
                }),
                image_aspect_ratio: self.maybe_text(),
                image_size: self.maybe_text(),
            }),
            _ => Template::ImageCarousel(ImageCarouselTemplate {
                columns: self.list(|it| ImageCarouselColumn {
                    image_url: it.text(),
                    action: it.action(),
                }),
            }),
        }
    }

    fn action(&mut self) -> Action {
        match self.choice(10) {
            0 => Action::RawJson(self.text()),
            1 => Action::Postback(PostbackAction {
                label: self.maybe_text(),
                data: self.text(),
                display_text: self.maybe_text(),
                input_option: self.maybe_text(),
                fill_in_text: self.maybe_text(),
            }),
            2 => Action::Message(MessageAction {
                label: self.maybe_text(),
                text: self.text(),
            }),
            3 => Action::Uri(UriAction {
                label: self.maybe_text(),
                uri: self.text(),
                alt_uri_desktop: self.maybe_text(),
            }),
            4 => Action::DatetimePicker(DatetimePickerAction {
                label: self.maybe_text(),
                data: self.text(),
                mode: self.text(),
                initial: self.maybe_text(),
                max: self.maybe_text(),
                min: self.maybe_text(),
            }),
            5 => Action::Clipboard(ClipboardAction {
                label: self.maybe_text(),
                clipboard_text: self.text(),
            }),
            6 => Action::RichMenuSwitch(RichMenuSwitchAction {
                label: self.maybe_text(),
                rich_menu_alias_id: self.text(),
                data: self.text(),
            }),
            7 => Action::Camera(self.text()),
            8 => Action::CameraRoll(self.text()),
            _ => Action::Location(self.text()),
        }
    }

    fn rich_menu(&mut self) -> RichMenu {
        RichMenu {
            size: RichMenuSize {
                width: self.number(),
                height: self.number(),
            },
            selected: self.choice(2) == 1,
            name: self.text(),
            chat_bar_text: self.text(),
            areas: self.list(|it| RichMenuArea {
                bounds: RichMenuBounds {
                    x: it.number(),
                    y: it.number(),
                    width: it.number(),
                    height: it.number(),
                },
                action: it.action(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    use super::*;

    /// Texts, and what is nearly JSON.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof![".{0,20}", r#"\{("[a-z]":(1|"x"|\{\}|\[\]),?){0,3}\}?"#]
    }

    proptest! {
        /// A text never leaves its quotes, whatever the message.
        #[test]
        fn what_guests_hand_over_is_refused_or_one_object(
            shape in vec(any::<u8>(), 0..200),
            texts in vec(text(), 0..8),
        ) {
            let texts: Vec<_> = texts.iter().map(String::as_str).collect();
            let menu = rich_menu(&shape, &texts).into_iter();
            for json in messages(&shape, &texts).into_iter().flatten().chain(menu) {
                let value = serde_json::from_str::<&RawValue>(&json);
                prop_assert!(value.is_ok_and(|it| it.get().starts_with('{')), "{}", json);
            }
        }
    }
}
