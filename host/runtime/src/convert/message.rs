//! Messages, from the plugin to LINE.

use botbox_line::message::{self, MESSAGES_PER_REQUEST};
use serde_json::value::RawValue;

use crate::bindings::botbox::line::errors::{CallError, ErrorDetail, ErrorKind};
use crate::bindings::botbox::line::messages::{Action, CarouselColumn, Message, Template};

/// The messages of one request. What LINE would refuse for its form is refused here, in LINE's
/// way: their number, and JSON that is none.
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

fn invalid(property: &str, message: String) -> CallError {
    CallError {
        kind: ErrorKind::Invalid,
        message: format!("{property}: {message}"),
        details: vec![ErrorDetail {
            property: property.to_owned(),
            message,
        }],
        request_id: None,
    }
}

fn convert(message: Message) -> Result<message::Message, String> {
    Ok(match message {
        Message::Text(it) => message::Message::Text {
            text: it.text,
            quote_token: it.quote_token,
        },
        Message::Sticker(it) => message::Message::Sticker {
            package_id: it.package_id,
            sticker_id: it.sticker_id,
            quote_token: it.quote_token,
        },
        Message::Image(it) => message::Message::Image {
            original_content_url: it.original_content_url,
            preview_image_url: it.preview_image_url,
        },
        Message::Video(it) => message::Message::Video {
            original_content_url: it.original_content_url,
            preview_image_url: it.preview_image_url,
            tracking_id: it.tracking_id,
        },
        Message::Audio(it) => message::Message::Audio {
            original_content_url: it.original_content_url,
            duration: it.duration,
        },
        Message::Location(it) => message::Message::Location {
            title: it.title,
            address: it.address,
            latitude: it.latitude,
            longitude: it.longitude,
        },
        Message::Template(it) => message::Message::Template {
            alt_text: it.alt_text,
            template: template(it.template)?,
        },
        Message::Flex(it) => message::Message::Flex {
            alt_text: it.alt_text,
            contents: json_object("contents", it.contents)?,
        },
        Message::RawJson(json) => message::Message::Raw(json_object("the message", json)?),
    })
}

fn template(template: Template) -> Result<message::Template, String> {
    Ok(match template {
        Template::Buttons(it) => message::Template::Buttons {
            thumbnail_image_url: it.thumbnail_image_url,
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
        title: column.title,
        text: column.text,
        default_action: column.default_action.map(action).transpose()?,
        actions: actions(column.actions)?,
    })
}

fn actions(actions: Vec<Action>) -> Result<Vec<message::Action>, String> {
    actions.into_iter().map(action).collect()
}

fn action(action: Action) -> Result<message::Action, String> {
    Ok(match action {
        Action::Postback(it) => message::Action::Postback {
            label: it.label,
            data: it.data,
            display_text: it.display_text,
        },
        Action::Message(it) => message::Action::Message {
            label: it.label,
            text: it.text,
        },
        Action::Uri(it) => message::Action::Uri {
            label: it.label,
            uri: it.uri,
        },
        Action::DatetimePicker(it) => message::Action::DatetimePicker {
            label: it.label,
            data: it.data,
            mode: it.mode,
            initial: it.initial,
            max: it.max,
            min: it.min,
        },
        Action::Clipboard(it) => message::Action::Clipboard {
            label: it.label,
            clipboard_text: it.clipboard_text,
        },
        Action::RawJson(json) => message::Action::Raw(json_object("the action", json)?),
    })
}

fn json_object(what: &str, json: String) -> Result<Box<RawValue>, String> {
    let json =
        RawValue::from_string(json).map_err(|error| format!("{what} is not JSON: {error}"))?;
    if json.get().starts_with('{') {
        Ok(json)
    } else {
        Err(format!("{what} is not a JSON object"))
    }
}
