//! Actions (LINE reference, "Action objects" and "Specifications of the label").

use serde_json::{Map, Value};

use super::check::{Check, Field, Path, Shape, Union, optional, required};
use super::detail::Detail;

/// Actions of templates.
pub(super) static TEMPLATE: Union = Union {
    common: &[required("label", Check::Label(20))],
    kinds: &[&ANYWHERE],
};

/// Default actions of templates.
pub(super) static UNLABELLED: Union = Union {
    common: &[optional("label", Check::Label(20))],
    kinds: &[&ANYWHERE],
};

/// Actions of image carousels.
pub(super) static IMAGE_CAROUSEL: Union = Union {
    common: &[optional("label", Check::Label(12))],
    kinds: &[&ANYWHERE],
};

/// Actions of quick reply buttons.
pub(super) static QUICK_REPLY: Union = Union {
    common: &[required("label", Check::Label(20))],
    kinds: &[&ANYWHERE, &PHONE],
};

/// Actions of Flex buttons.
pub(super) static FLEX_BUTTON: Union = Union {
    common: &[required("label", Check::Label(40))],
    kinds: &[&ANYWHERE],
};

/// Actions of other Flex components.
pub(super) static FLEX: Union = Union {
    common: &[optional("label", Check::Label(40))],
    kinds: &[&ANYWHERE],
};

/// Actions of rich menus.
pub(super) static RICH_MENU: Union = Union {
    common: &[optional("label", Check::Label(20))],
    kinds: &[&ANYWHERE, &SWITCH],
};

static SWITCH: [(&str, Shape); 1] = [(
    "richmenuswitch",
    Shape::new(&[
        required("richMenuAliasId", Check::Text(32)),
        required("data", Check::Text(300)),
    ]),
)];

static ANYWHERE: [(&str, Shape); 5] = [
    ("postback", Shape::with_rule(&POSTBACK, check_postback)),
    (
        "message",
        Shape::new(&[required("text", Check::Label(300))]),
    ),
    (
        "uri",
        Shape::new(&[
            required("uri", Check::Link(1000)),
            optional("altUri", Check::Object(&ALT)),
        ]),
    ),
    (
        "datetimepicker",
        Shape::new(&[
            required("data", Check::Text(300)),
            required("mode", Check::OneOf(&["date", "time", "datetime"])),
            optional("initial", Check::Text(16)),
            optional("max", Check::Text(16)),
            optional("min", Check::Text(16)),
        ]),
    ),
    (
        "clipboard",
        Shape::new(&[required("clipboardText", Check::Text(1000))]),
    ),
];

static PHONE: [(&str, Shape); 3] = [
    ("camera", Shape::new(&[])),
    ("cameraRoll", Shape::new(&[])),
    ("location", Shape::new(&[])),
];

static POSTBACK: [Field; 5] = [
    required("data", Check::Text(300)),
    optional("displayText", Check::Label(300)),
    optional("text", Check::Label(300)),
    optional(
        "inputOption",
        Check::OneOf(&["closeRichMenu", "openRichMenu", "openKeyboard", "openVoice"]),
    ),
    optional("fillInText", Check::Label(300)),
];

static ALT: Shape = Shape::new(&[optional("desktop", Check::Link(1000))]);

fn check_postback(action: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    if action.contains_key("displayText") && action.contains_key("text") {
        found.push(
            at.property("text")
                .detail("Not allowed together with displayText"),
        );
    }
    let keyboard = action
        .get("inputOption")
        .is_some_and(|option| option == "openKeyboard");
    if action.contains_key("fillInText") && !keyboard {
        found.push(
            at.property("fillInText")
                .detail("Only allowed with openKeyboard"),
        );
    }
}
