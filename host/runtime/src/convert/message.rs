//! Messages, from the plugin to LINE.

use std::collections::BTreeMap;

use botbox_line::message::{self, Body, MESSAGES_PER_REQUEST};

use super::action::{action, actions};
use super::argument::{invalid, json_object};
use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::messages::{
    CarouselColumn, ImagemapAction, ImagemapArea, ImagemapEffect, ImagemapMessage, ImagemapVideo,
    Message, MessageBody, QuickReplyItem, SentMessage, Substitution, Template, TextEmoji,
    TextV2Message,
};

/// The messages of one request. A wrong number of them is refused here, as is what is not JSON, with an error
/// like LINE's.
pub(crate) fn messages(messages: Vec<Message>) -> Result<Vec<message::Message>, CallError> {
    let count = messages.len();
    if !(1..=MESSAGES_PER_REQUEST).contains(&count) {
        return Err(invalid(
            "messages",
            format!("{count} messages given; LINE takes 1 to {MESSAGES_PER_REQUEST}"),
        ));
    }
    let numbered = messages.into_iter().enumerate();
    numbered
        .map(|(index, it)| convert(it).map_err(|what| invalid(&format!("messages[{index}]"), what)))
        .collect()
}

/// The messages that LINE took.
pub(crate) fn sent(
    messages: impl IntoIterator<Item = botbox_line::api::SentMessage>,
) -> Vec<SentMessage> {
    let sent = |it: botbox_line::api::SentMessage| SentMessage {
        id: it.id,
        quote_token: it.quote_token,
    };
    messages.into_iter().map(sent).collect()
}

fn convert(message: Message) -> Result<message::Message, String> {
    let body = match message.body {
        MessageBody::RawJson(json) => {
            if !message.quick_reply.is_empty() || message.sender.is_some() {
                let why = "quick replies and sender of a raw message go into its JSON";
                return Err(String::from(why));
            }
            return Ok(message::Message::Raw(json_object("the message", json)?));
        }
        body => typed(body)?,
    };
    let items: Vec<_> =
        (message.quick_reply.into_iter().map(quick_reply_item)).collect::<Result<_, _>>()?;
    Ok(message::Message::Typed(message::TypedMessage {
        body,
        quick_reply: (!items.is_empty()).then_some(message::QuickReply { items }),
        sender: message.sender.map(|it| message::Sender {
            name: it.name,
            icon_url: it.icon_url,
        }),
    }))
}

fn quick_reply_item(item: QuickReplyItem) -> Result<message::QuickReplyItem, String> {
    Ok(message::QuickReplyItem::Action {
        image_url: item.image_url,
        action: action(item.action)?,
    })
}

fn typed(body: MessageBody) -> Result<Body, String> {
    Ok(match body {
        MessageBody::Text(it) => {
            let emoji = |it: TextEmoji| message::Emoji {
                index: it.index,
                product_id: it.product_id,
                emoji_id: it.emoji_id,
            };
            Body::Text {
                text: it.text,
                emojis: it.emojis.into_iter().map(emoji).collect(),
                quote_token: it.quote_token,
            }
        }
        MessageBody::TextV2(it) => text_v2(it)?,
        MessageBody::Sticker(it) => Body::Sticker {
            package_id: it.package_id,
            sticker_id: it.sticker_id,
            quote_token: it.quote_token,
        },
        MessageBody::Image(it) => Body::Image {
            original_content_url: it.original_content_url,
            preview_image_url: it.preview_image_url,
        },
        MessageBody::Video(it) => Body::Video {
            original_content_url: it.original_content_url,
            preview_image_url: it.preview_image_url,
            tracking_id: it.tracking_id,
        },
        MessageBody::Audio(it) => Body::Audio {
            original_content_url: it.original_content_url,
            duration: it.duration,
        },
        MessageBody::Location(it) => Body::Location {
            title: it.title,
            address: it.address,
            latitude: it.latitude,
            longitude: it.longitude,
        },
        MessageBody::Coupon(it) => Body::Coupon {
            coupon_id: it.coupon_id,
            delivery_tag: it.delivery_tag,
        },
        MessageBody::Imagemap(it) => imagemap(it),
        MessageBody::Template(it) => Body::Template {
            alt_text: it.alt_text,
            template: template(it.template)?,
        },
        MessageBody::Flex(it) => Body::Flex {
            alt_text: it.alt_text,
            contents: json_object("contents", it.contents)?,
        },
        MessageBody::RawJson(_) => return Err(String::from("a raw message has no type")),
    })
}

fn text_v2(text: TextV2Message) -> Result<Body, String> {
    let mut substitution = BTreeMap::new();
    for (name, value) in text.substitution {
        if substitution.contains_key(&name) {
            return Err(format!("two substitutions have the name {name:?}"));
        }
        substitution.insert(name, substitute(value));
    }
    Ok(Body::TextV2 {
        text: text.text,
        substitution,
        quote_token: text.quote_token,
    })
}

fn substitute(substitution: Substitution) -> message::Substitution {
    match substitution {
        Substitution::MentionUser(user_id) => message::Substitution::Mention {
            mentionee: message::Mentionee::User { user_id },
        },
        Substitution::MentionAll => message::Substitution::Mention {
            mentionee: message::Mentionee::All,
        },
        Substitution::Emoji(it) => message::Substitution::Emoji {
            product_id: it.product_id,
            emoji_id: it.emoji_id,
        },
    }
}

fn imagemap(imagemap: ImagemapMessage) -> Body {
    Body::Imagemap {
        base_url: imagemap.base_url,
        alt_text: imagemap.alt_text,
        base_size: message::Size {
            width: imagemap.base_size.width,
            height: imagemap.base_size.height,
        },
        video: imagemap.video.map(imagemap_video),
        actions: imagemap.actions.into_iter().map(imagemap_action).collect(),
    }
}

fn imagemap_video(video: ImagemapVideo) -> message::ImagemapVideo {
    message::ImagemapVideo {
        original_content_url: video.original_content_url,
        preview_image_url: video.preview_image_url,
        area: area(video.area),
        external_link: video.external_link.map(|it| message::ExternalLink {
            link_uri: it.link_uri,
            label: it.label,
        }),
    }
}

fn imagemap_action(action: ImagemapAction) -> message::ImagemapAction {
    let label = action.label;
    let area = area(action.area);
    match action.effect {
        ImagemapEffect::Uri(link_uri) => message::ImagemapAction::Uri {
            link_uri,
            label,
            area,
        },
        ImagemapEffect::Message(text) => message::ImagemapAction::Message { text, label, area },
        ImagemapEffect::Clipboard(clipboard_text) => message::ImagemapAction::Clipboard {
            clipboard_text,
            label,
            area,
        },
    }
}

fn area(area: ImagemapArea) -> message::Area {
    message::Area {
        x: area.x,
        y: area.y,
        width: area.width,
        height: area.height,
    }
}

fn template(template: Template) -> Result<message::Template, String> {
    Ok(match template {
        Template::Buttons(it) => message::Template::Buttons {
            thumbnail_image_url: it.thumbnail_image_url,
            image_aspect_ratio: it.image_aspect_ratio,
            image_size: it.image_size,
            image_background_color: it.image_background_color,
            title: it.title,
            text: it.text,
            default_action: it.default_action.map(action).transpose()?,
            actions: actions(it.actions)?,
        },
        Template::Confirm(it) => message::Template::Confirm {
            text: it.text,
            actions: actions(it.actions)?,
        },
        Template::Carousel(it) => message::Template::Carousel {
            columns: it
                .columns
                .into_iter()
                .map(column)
                .collect::<Result<_, _>>()?,
            image_aspect_ratio: it.image_aspect_ratio,
            image_size: it.image_size,
        },
        Template::ImageCarousel(it) => {
            let columns = it.columns.into_iter().map(|it| {
                Ok(message::ImageColumn {
                    image_url: it.image_url,
                    action: action(it.action)?,
                })
            });
            message::Template::ImageCarousel {
                columns: columns.collect::<Result<_, String>>()?,
            }
        }
    })
}

fn column(column: CarouselColumn) -> Result<message::Column, String> {
    Ok(message::Column {
        thumbnail_image_url: column.thumbnail_image_url,
        image_background_color: column.image_background_color,
        title: column.title,
        text: column.text,
        default_action: column.default_action.map(action).transpose()?,
        actions: actions(column.actions)?,
    })
}
