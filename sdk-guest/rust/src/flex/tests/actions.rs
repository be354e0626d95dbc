//! Every action.

use serde_json::json;

use super::parsed;
use crate::action;
use crate::bindings::botbox::line::messages::{
    Action, DatetimePickerAction, PostbackAction, UriAction,
};

#[test]
fn every_action() {
    let some = |text: &str| Some(text.to_owned());
    let cases = [
        (
            Action::Postback(PostbackAction {
                label: some("l"),
                data: "d".to_owned(),
                display_text: some("t"),
                input_option: some("openKeyboard"),
                fill_in_text: some("f"),
            }),
            json!({
                "type": "postback",
                "label": "l",
                "data": "d",
                "displayText": "t",
                "inputOption": "openKeyboard",
                "fillInText": "f",
            }),
        ),
        (
            action::message("l", "t"),
            json!({"type": "message", "label": "l", "text": "t"}),
        ),
        (
            Action::Uri(UriAction {
                label: None,
                uri: "line://home".to_owned(),
                alt_uri_desktop: some("https://example.com"),
            }),
            json!({
                "type": "uri",
                "uri": "line://home",
                "altUri": {"desktop": "https://example.com"},
            }),
        ),
        (
            Action::DatetimePicker(DatetimePickerAction {
                label: some("l"),
                data: "d".to_owned(),
                mode: "date".to_owned(),
                initial: some("2026-12-24"),
                max: some("2026-12-31"),
                min: some("2026-12-01"),
            }),
            json!({
                "type": "datetimepicker",
                "label": "l",
                "data": "d",
                "mode": "date",
                "initial": "2026-12-24",
                "max": "2026-12-31",
                "min": "2026-12-01",
            }),
        ),
        (
            action::clipboard("l", "t"),
            json!({"type": "clipboard", "label": "l", "clipboardText": "t"}),
        ),
        (
            action::rich_menu_switch("l", "a", "d"),
            json!({"type": "richmenuswitch", "label": "l", "richMenuAliasId": "a", "data": "d"}),
        ),
        (action::camera("l"), json!({"type": "camera", "label": "l"})),
        (
            action::camera_roll("l"),
            json!({"type": "cameraRoll", "label": "l"}),
        ),
        (
            action::location("l"),
            json!({"type": "location", "label": "l"}),
        ),
        (
            action::raw_json(r#"{"type": "dance", "steps": 3}"#),
            json!({"type": "dance", "steps": 3}),
        ),
    ];
    for (action, expected) in cases {
        assert_eq!(parsed(action), expected);
    }
}
