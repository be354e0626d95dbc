//! Every kind of message and action, with all that each can have.

use botbox_sdk::flex::{
    AdjustMode, Align, AspectMode, BorderWidth, Bubble, BubbleSize, ButtonHeight, ButtonStyle,
    Decoration, Direction, Gravity, JustifyContent, Position, Size, Space, Video, Weight, percent,
    px,
};
use botbox_sdk::messages::{
    CarouselColumn, EmojiSubstitution, ImageCarouselColumn, ImagemapAction, ImagemapArea,
    ImagemapEffect, ImagemapLink, ImagemapMessage, ImagemapSize, ImagemapVideo, MessageBody,
    Substitution, TextEmoji, TextMessage,
};
use botbox_sdk::prelude::*;

const PICTURE: &str = "https://example.com/picture.png";
const VIDEO: &str = "https://example.com/video.mp4";

pub(crate) fn all(who: &str) -> Vec<Message> {
    vec![
        message::text("hello")
            .quick_reply([
                action::camera("Camera"),
                action::camera_roll("Photos"),
                action::location("Place"),
                action::clipboard("Copy", "copied"),
            ])
            .sender("Cony", Some(String::from(PICTURE))),
        text_with_emoji(),
        message::text_v2(
            "{who} and {all} {smile} {{braces}}",
            [
                ("who", Substitution::MentionUser(who.to_owned())),
                ("all", Substitution::MentionAll),
                ("smile", Substitution::Emoji(smile())),
            ],
        ),
        message::sticker("446", "1988"),
        message::image(PICTURE, PICTURE),
        message::video(VIDEO, PICTURE),
        message::audio("https://example.com/sound.m4a", 1_200),
        message::location("Here", "1 Main Street", 35.5, -139.25),
        message::coupon("01JYNW8JMQVFBNWF1APF8Z3FS7"),
        message::imagemap(imagemap()),
        message::buttons("alt", "Choose", all_actions()),
        message::confirm(
            "alt",
            "Sure?",
            [action::message("Yes", "yes"), action::message("No", "no")],
        ),
        message::carousel("alt", [column("one"), column("two")]),
        message::image_carousel(
            "alt",
            [ImageCarouselColumn {
                image_url: String::from(PICTURE),
                action: action::uri("Open", "tel:110"),
            }],
        ),
        message::flex(
            "alt",
            r#"{"type":"bubble","body":{"type":"box","layout":"vertical","contents":[]}}"#,
        ),
        message::flex("alt", flex::carousel([bubble()])),
        message::flex("alt", bubble().hero(film())),
        message::raw_json(r#"{"type":"text","text":"raw"}"#),
    ]
}

/// All components but videos, which can't be in carousels.
fn bubble() -> Bubble {
    let shares = flex::horizontal((
        flex::text("left").flex(1).align(Align::Start).wrap(true),
        flex::separator().margin(px(2)).color("#000000"),
        flex::text("right").flex(2).gravity(Gravity::Center),
    ));
    let rating = flex::baseline((
        flex::icon(PICTURE).size(px(12)).aspect_ratio((1, 1)),
        flex::spans([
            flex::span("4").weight(Weight::Bold).size(Size::Xl3),
            flex::span(" of 5").decoration(Decoration::Underline),
        ])
        .size(px(14.5)),
        flex::filler().flex(1),
    ));
    let picture = flex::image(PICTURE)
        .size(percent(50))
        .aspect_ratio((1.91, 1))
        .aspect_mode(AspectMode::Cover)
        .action(action::uri("Open", "https://example.com"));
    let buttons = all_actions().into_iter().map(|action| {
        flex::button(action)
            .style(ButtonStyle::Secondary)
            .height(ButtonHeight::Sm)
            .adjust_mode(AdjustMode::ShrinkToFit)
            .color("#06C755")
    });
    flex::bubble()
        .size(BubbleSize::Mega)
        .direction(Direction::Ltr)
        .header(flex::vertical([flex::text("Title").size(Size::Xl)]).padding_all(Space::Lg))
        .body(
            flex::vertical((shares, rating, picture))
                .spacing(Space::Md)
                .background(flex::linear_gradient(90, "#FFFFFF", "#EEEEEE80"))
                .border_width(BorderWidth::SemiBold)
                .border_color("#CCCCCC")
                .corner_radius(px(8))
                .max_width(percent(100))
                .justify_content(JustifyContent::SpaceBetween)
                .position(Position::Relative)
                .offset_top(px(-1)),
        )
        .footer(flex::vertical(buttons.collect::<Vec<_>>()))
        .styles(flex::styles().footer(flex::block_style().separator(true)))
        .action(action::message("Say", "it"))
}

fn film() -> Video {
    flex::video(VIDEO, PICTURE, flex::image(PICTURE))
        .aspect_ratio((20, 13))
        .action(action::uri("More", "https://example.com"))
}

fn text_with_emoji() -> Message {
    let mut message = message::text("");
    let EmojiSubstitution {
        product_id,
        emoji_id,
    } = smile();
    message.body = MessageBody::Text(TextMessage {
        text: String::from("$"),
        emojis: vec![TextEmoji {
            index: 0,
            product_id,
            emoji_id,
        }],
        quote_token: None,
    });
    message
}

fn smile() -> EmojiSubstitution {
    EmojiSubstitution {
        product_id: String::from("5ac1bfd5040ab15980c9b435"),
        emoji_id: String::from("002"),
    }
}

fn all_actions() -> Vec<action::Action> {
    vec![
        action::postback("Postback", "data"),
        action::uri("Open", "https://example.com"),
        action::datetime_picker("When?", "when", "datetime"),
        action::raw_json(r#"{"type":"message","label":"Raw","text":"raw"}"#),
    ]
}

fn column(text: &str) -> CarouselColumn {
    CarouselColumn {
        thumbnail_image_url: Some(String::from(PICTURE)),
        image_background_color: Some(String::from("#FFFFFF")),
        title: Some(String::from("Title")),
        text: text.to_owned(),
        default_action: Some(action::uri("Open", "https://example.com")),
        actions: vec![action::message("Say", "it")],
    }
}

fn imagemap() -> ImagemapMessage {
    let area = ImagemapArea {
        x: 0,
        y: 0,
        width: 520,
        height: 520,
    };
    let action = |effect| ImagemapAction {
        area,
        label: None,
        effect,
    };
    ImagemapMessage {
        base_url: String::from("https://example.com/map"),
        alt_text: String::from("alt"),
        base_size: ImagemapSize {
            width: 1_040,
            height: 1_040,
        },
        video: Some(ImagemapVideo {
            original_content_url: String::from(VIDEO),
            preview_image_url: String::from(PICTURE),
            area,
            external_link: Some(ImagemapLink {
                link_uri: String::from("https://example.com"),
                label: String::from("More"),
            }),
        }),
        actions: vec![
            action(ImagemapEffect::Uri(String::from("https://example.com"))),
            action(ImagemapEffect::Message(String::from("hi"))),
            action(ImagemapEffect::Clipboard(String::from("copied"))),
        ],
    }
}
