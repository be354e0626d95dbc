//! Actions, between the plugin and LINE.

use botbox_line::message::{self, AltUri, TypedAction};

use super::argument::json_object;
use crate::bindings::botbox::line::messages::{
    Action, ClipboardAction, DatetimePickerAction, MessageAction, PostbackAction,
    RichMenuSwitchAction, UriAction,
};

pub(super) fn actions(actions: Vec<Action>) -> Result<Vec<message::Action>, String> {
    actions.into_iter().map(action).collect()
}

/// An action for LINE.
pub(super) fn action(action: Action) -> Result<message::Action, String> {
    Ok(message::Action::Typed(match action {
        Action::Postback(it) => TypedAction::Postback {
            label: it.label,
            data: it.data,
            display_text: it.display_text,
            input_option: it.input_option,
            fill_in_text: it.fill_in_text,
        },
        Action::Message(it) => TypedAction::Message {
            label: it.label,
            text: it.text,
        },
        Action::Uri(it) => TypedAction::Uri {
            label: it.label,
            uri: it.uri,
            alt_uri: it.alt_uri_desktop.map(|desktop| AltUri { desktop }),
        },
        Action::DatetimePicker(it) => TypedAction::DatetimePicker {
            label: it.label,
            data: it.data,
            mode: it.mode,
            initial: it.initial,
            max: it.max,
            min: it.min,
        },
        Action::Clipboard(it) => TypedAction::Clipboard {
            label: it.label,
            clipboard_text: it.clipboard_text,
        },
        Action::RichMenuSwitch(it) => TypedAction::RichMenuSwitch {
            label: it.label,
            rich_menu_alias_id: it.rich_menu_alias_id,
            data: it.data,
        },
        Action::Camera(label) => TypedAction::Camera { label },
        Action::CameraRoll(label) => TypedAction::CameraRoll { label },
        Action::Location(label) => TypedAction::Location { label },
        Action::RawJson(json) => return Ok(message::Action::Raw(json_object("the action", json)?)),
    }))
}

/// An action from LINE.
pub(super) fn action_of_line(action: message::Action) -> Action {
    let action = match action {
        message::Action::Typed(action) => action,
        message::Action::Raw(json) => return Action::RawJson(Box::<str>::from(json).into()),
    };
    match action {
        TypedAction::Postback {
            label,
            data,
            display_text,
            input_option,
            fill_in_text,
        } => Action::Postback(PostbackAction {
            label,
            data,
            display_text,
            input_option,
            fill_in_text,
        }),
        TypedAction::Message { label, text } => Action::Message(MessageAction { label, text }),
        TypedAction::Uri {
            label,
            uri,
            alt_uri,
        } => Action::Uri(UriAction {
            label,
            uri,
            alt_uri_desktop: alt_uri.map(|it| it.desktop),
        }),
        TypedAction::DatetimePicker {
            label,
            data,
            mode,
            initial,
            max,
            min,
        } => Action::DatetimePicker(DatetimePickerAction {
            label,
            data,
            mode,
            initial,
            max,
            min,
        }),
        TypedAction::Clipboard {
            label,
            clipboard_text,
        } => Action::Clipboard(ClipboardAction {
            label,
            clipboard_text,
        }),
        TypedAction::RichMenuSwitch {
            label,
            rich_menu_alias_id,
            data,
        } => Action::RichMenuSwitch(RichMenuSwitchAction {
            label,
            rich_menu_alias_id,
            data,
        }),
        TypedAction::Camera { label } => Action::Camera(label),
        TypedAction::CameraRoll { label } => Action::CameraRoll(label),
        TypedAction::Location { label } => Action::Location(label),
    }
}
