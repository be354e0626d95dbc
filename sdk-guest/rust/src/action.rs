//! What buttons do.

pub use crate::bindings::botbox::line::messages::Action;
use crate::bindings::botbox::line::messages::{
    ClipboardAction, DatetimePickerAction, MessageAction, PostbackAction, RichMenuSwitchAction,
    UriAction,
};

/// Sends the bot a postback event with `data`.
pub fn postback(label: impl Into<String>, data: impl Into<String>) -> Action {
    Action::Postback(PostbackAction {
        label: Some(label.into()),
        data: data.into(),
        display_text: None,
        input_option: None,
        fill_in_text: None,
    })
}

/// Makes the user send a text.
pub fn message(label: impl Into<String>, text: impl Into<String>) -> Action {
    Action::Message(MessageAction {
        label: Some(label.into()),
        text: text.into(),
    })
}

/// Opens a URI: `http`, `https`, `line` or `tel`.
pub fn uri(label: impl Into<String>, uri: impl Into<String>) -> Action {
    Action::Uri(UriAction {
        label: Some(label.into()),
        uri: uri.into(),
        alt_uri_desktop: None,
    })
}

/// Lets the user pick a `date`, `time` or `datetime`, which comes back in a postback event.
pub fn datetime_picker(
    label: impl Into<String>,
    data: impl Into<String>,
    mode: impl Into<String>,
) -> Action {
    Action::DatetimePicker(DatetimePickerAction {
        label: Some(label.into()),
        data: data.into(),
        mode: mode.into(),
        initial: None,
        max: None,
        min: None,
    })
}

/// Copies a text to the user's clipboard.
pub fn clipboard(label: impl Into<String>, text: impl Into<String>) -> Action {
    Action::Clipboard(ClipboardAction {
        label: Some(label.into()),
        clipboard_text: text.into(),
    })
}

/// Opens the camera; in quick replies only.
pub fn camera(label: impl Into<String>) -> Action {
    Action::Camera(label.into())
}

/// Opens the photos; in quick replies only.
pub fn camera_roll(label: impl Into<String>) -> Action {
    Action::CameraRoll(label.into())
}

/// Lets the user send a place; in quick replies only.
pub fn location(label: impl Into<String>) -> Action {
    Action::Location(label.into())
}

/// Shows another rich menu by its alias; in rich menus only.
pub fn rich_menu_switch(
    label: impl Into<String>,
    alias_id: impl Into<String>,
    data: impl Into<String>,
) -> Action {
    Action::RichMenuSwitch(RichMenuSwitchAction {
        label: Some(label.into()),
        rich_menu_alias_id: alias_id.into(),
        data: data.into(),
    })
}

/// A whole action object as JSON.
pub fn raw_json(json: impl Into<String>) -> Action {
    Action::RawJson(json.into())
}
