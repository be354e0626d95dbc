//! Actions as JSON (LINE reference, "Action objects").

use crate::bindings::botbox::line::messages::{
    Action, ClipboardAction, DatetimePickerAction, MessageAction, PostbackAction,
    RichMenuSwitchAction, UriAction,
};
use crate::json::{Json, Object, Written};

impl Json for Action {
    fn json(self) -> Written {
        match self {
            Self::Postback(it) => it.json(),
            Self::Message(it) => it.json(),
            Self::Uri(it) => it.json(),
            Self::DatetimePicker(it) => it.json(),
            Self::Clipboard(it) => it.json(),
            Self::RichMenuSwitch(it) => it.json(),
            Self::Camera(label) => labelled("camera", Some(label)).json(),
            Self::CameraRoll(label) => labelled("cameraRoll", Some(label)).json(),
            Self::Location(label) => labelled("location", Some(label)).json(),
            // The host refuses contents that are no JSON.
            Self::RawJson(json) => Written(json),
        }
    }
}

impl Json for PostbackAction {
    fn json(self) -> Written {
        labelled("postback", self.label)
            .with("data", self.data)
            .with_some("displayText", self.display_text)
            .with_some("inputOption", self.input_option)
            .with_some("fillInText", self.fill_in_text)
            .json()
    }
}

impl Json for MessageAction {
    fn json(self) -> Written {
        labelled("message", self.label)
            .with("text", self.text)
            .json()
    }
}

impl Json for UriAction {
    fn json(self) -> Written {
        let desktop = |uri: String| Object::new().with("desktop", uri);
        labelled("uri", self.label)
            .with("uri", self.uri)
            .with_some("altUri", self.alt_uri_desktop.map(desktop))
            .json()
    }
}

impl Json for DatetimePickerAction {
    fn json(self) -> Written {
        labelled("datetimepicker", self.label)
            .with("data", self.data)
            .with("mode", self.mode)
            .with_some("initial", self.initial)
            .with_some("max", self.max)
            .with_some("min", self.min)
            .json()
    }
}

impl Json for ClipboardAction {
    fn json(self) -> Written {
        labelled("clipboard", self.label)
            .with("clipboardText", self.clipboard_text)
            .json()
    }
}

impl Json for RichMenuSwitchAction {
    fn json(self) -> Written {
        labelled("richmenuswitch", self.label)
            .with("richMenuAliasId", self.rich_menu_alias_id)
            .with("data", self.data)
            .json()
    }
}

fn labelled(kind: &str, label: Option<String>) -> Object {
    Object::typed(kind).with_some("label", label)
}
