//! Actions (LINE reference, "Action objects" and "Specifications of the label").

use jiff::civil::{Date, DateTime, Time};
use serde_json::{Map, Value};

use super::check::{Check, Field, Path, Shape, Union, given, optional, required, text};
use super::detail::Detail;
use super::dialect::Problem;

/// Actions of templates.
pub(super) static TEMPLATE: Union = Union {
    common: &[required("label", Check::Graphemes(20))],
    kinds: &[&ANYWHERE],
};

/// Default actions of templates.
pub(super) static UNLABELLED: Union = Union {
    common: &[optional("label", Check::Graphemes(20))],
    kinds: &[&ANYWHERE],
};

/// Actions of image carousels.
pub(super) static IMAGE_CAROUSEL: Union = Union {
    common: &[optional("label", Check::Graphemes(12))],
    kinds: &[&ANYWHERE],
};

/// Actions of quick reply buttons.
pub(super) static QUICK_REPLY: Union = Union {
    common: &[required("label", Check::Graphemes(20))],
    kinds: &[&ANYWHERE, &PHONE],
};

/// Actions of Flex buttons.
pub(super) static FLEX_BUTTON: Union = Union {
    common: &[required("label", Check::Graphemes(40))],
    kinds: &[&ANYWHERE],
};

/// Actions of Flex videos.
pub(super) static FLEX_VIDEO: Union = Union {
    common: &[optional("label", Check::Graphemes(40))],
    kinds: &[&[("uri", Shape::new(&URI))]],
};

/// Actions of other Flex components.
pub(super) static FLEX: Union = Union {
    common: &[optional("label", Check::Graphemes(40))],
    kinds: &[&ANYWHERE],
};

/// Actions of rich menus.
pub(super) static RICH_MENU: Union = Union {
    common: &[optional("label", Check::Graphemes(20))],
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
        Shape::new(&[required("text", Check::Graphemes(300))]),
    ),
    ("uri", Shape::new(&URI)),
    (
        "datetimepicker",
        Shape::with_rule(
            &[
                required("data", Check::Text(300)),
                required("mode", Check::OneOf(&["date", "time", "datetime"])),
                optional("initial", Check::Text(usize::MAX)),
                optional("max", Check::Text(usize::MAX)),
                optional("min", Check::Text(usize::MAX)),
            ],
            check_times,
        ),
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
    optional("displayText", Check::Graphemes(300)),
    optional("text", Check::Graphemes(300)),
    optional(
        "inputOption",
        Check::OneOf(&["closeRichMenu", "openRichMenu", "openKeyboard", "openVoice"]),
    ),
    optional("fillInText", Check::Graphemes(300)),
];

/// The longest URI of an action, in characters: since 2026-10-27, and 1,000 before (models of
/// LINE's official SDKs).
const MAX_URI: usize = 10_000;

static URI: [Field; 2] = [
    required("uri", Check::Link(MAX_URI)),
    optional("altUri", Check::Object(&ALT)),
];

static ALT: Shape = Shape::new(&[optional("desktop", Check::Link(MAX_URI))]);

fn check_postback(action: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    if given(action, "displayText").is_some() && given(action, "text").is_some() {
        let problem = "Not allowed together with displayText";
        found.push(at.property("text").detail(problem));
    }
    let keyboard = given(action, "inputOption").is_some_and(|option| option == "openKeyboard");
    if given(action, "fillInText").is_some() && !keyboard {
        let problem = "Only allowed with openKeyboard";
        found.push(at.property("fillInText").detail(problem));
    }
}

/// The values of a datetime picker are of the form that its mode has, and in order (LINE
/// reference, "Date and time format").
fn check_times(action: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let mode = text(action, "mode");
    let mut time = |name| {
        let given = action.get(name)?.as_str()?;
        let time = parse_time(mode, given);
        if time.is_none() {
            let problem = Problem::Said("invalid datetime format for the specified mode");
            found.push(at.property(name).detail(problem));
        }
        time
    };
    if !matches!(mode, "date" | "time" | "datetime") {
        return;
    }
    time("initial");
    if let (Some(min), Some(max)) = (time("min"), time("max"))
        && min >= max
    {
        found.push(at.detail(Problem::Said("invalid date time order")));
    }
}

/// A moment of the mode's form: a date of the years 1900 to 2100, a time of the day, or both.
fn parse_time(mode: &str, text: &str) -> Option<DateTime> {
    let date = |text: &str| -> Option<Date> {
        let date: Date = is_written_as(text, "0000-00-00").then(|| text.parse().ok())??;
        (1900..=2100).contains(&date.year()).then_some(date)
    };
    let time =
        |text: &str| -> Option<Time> { is_written_as(text, "00:00").then(|| text.parse().ok())? };
    match mode {
        "date" => Some(date(text)?.to_datetime(Time::midnight())),
        "time" => Some(Date::ZERO.to_datetime(time(text)?)),
        _ => {
            let (day, hour) = text.split_once(['T', 't'])?;
            Some(date(day)?.to_datetime(time(hour)?))
        }
    }
}

/// Whether `text` has digits where `form` has them, and else is `form`.
fn is_written_as(text: &str, form: &str) -> bool {
    let fits = |(b, form): (u8, u8)| match form {
        b'0' => b.is_ascii_digit(),
        other => b == other,
    };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)
}
