//! Flex containers and components (LINE reference, "Flex Message").
//!
//! Structure, required properties and the closed sets of values are checked; sizes, margins and
//! offsets are not.

use serde_json::{Map, Value};

use super::actions;
use super::check::{Check, Field, Path, Shape, Union, optional, required};
use super::detail::Detail;

/// The largest bubble, in bytes of JSON.
const MAX_BUBBLE_BYTES: usize = 30 * 1024;

/// The largest carousel, in bytes of JSON.
const MAX_CAROUSEL_BYTES: usize = 50 * 1024;

/// The `contents` of a Flex message.
pub(super) static CONTAINER: Union = Union {
    common: &[],
    kinds: &[&BUBBLES, &CAROUSELS],
};

static BUBBLES: [(&str, Shape); 1] = [("bubble", Shape::new(&BUBBLE))];

static CAROUSELS: [(&str, Shape); 1] = [(
    "carousel",
    Shape::new(&[required(
        "contents",
        Check::List {
            min: 1,
            max: 12,
            of: &Check::Union(&ONLY_BUBBLE),
        },
    )]),
)];

static ONLY_BUBBLE: Union = Union {
    common: &[],
    kinds: &[&BUBBLES],
};

static BUBBLE: [Field; 8] = [
    optional(
        "size",
        Check::OneOf(&["nano", "micro", "deca", "hecto", "kilo", "mega", "giga"]),
    ),
    optional("direction", Check::OneOf(&["ltr", "rtl"])),
    optional("header", Check::Union(&ONLY_BOX)),
    optional("hero", Check::Union(&HERO)),
    optional("body", Check::Union(&ONLY_BOX)),
    optional("footer", Check::Union(&ONLY_BOX)),
    optional("styles", Check::Anything),
    ACTION,
];

static ONLY_BOX: Union = Union {
    common: &[],
    kinds: &[&BOX],
};
static HERO: Union = Union {
    common: &[],
    kinds: &[&BOX, &IMAGE, &VIDEO],
};
static BOX_OR_IMAGE: Union = Union {
    common: &[],
    kinds: &[&BOX, &IMAGE],
};
static INSIDE_BOX: Union = Union {
    common: &[],
    kinds: &[&BOX, &IMAGE, &SMALL],
};
static SPAN: Union = Union {
    common: &[],
    kinds: &[&[(
        "span",
        Shape::new(&[optional("text", Check::Text(usize::MAX)), COLOR]),
    )]],
};

const ACTION: Field = optional("action", Check::Union(&actions::FLEX));
const COLOR: Field = optional("color", Check::Color);
const BACKGROUND: Field = optional("backgroundColor", Check::Color);
const GRAVITY: Field = optional("gravity", Check::OneOf(&["top", "bottom", "center"]));
const ALIGN: Field = optional("align", Check::OneOf(&["start", "end", "center"]));
const POSITION: Field = optional("position", Check::OneOf(&["relative", "absolute"]));

static BOX: [(&str, Shape); 1] = [(
    "box",
    Shape::with_rule(
        &[
            required(
                "layout",
                Check::OneOf(&["horizontal", "vertical", "baseline"]),
            ),
            required(
                "contents",
                Check::List {
                    min: 0,
                    max: usize::MAX,
                    of: &Check::Union(&INSIDE_BOX),
                },
            ),
            POSITION,
            BACKGROUND,
            ACTION,
        ],
        check_layout,
    ),
)];

static IMAGE: [(&str, Shape); 1] = [(
    "image",
    Shape::new(&[
        required("url", Check::Https(2000)),
        optional("aspectMode", Check::OneOf(&["fit", "cover"])),
        optional("animated", Check::Boolean),
        ALIGN,
        GRAVITY,
        POSITION,
        BACKGROUND,
        ACTION,
    ]),
)];

static VIDEO: [(&str, Shape); 1] = [(
    "video",
    Shape::new(&[
        required("url", Check::Https(2000)),
        required("previewUrl", Check::Https(2000)),
        required("altContent", Check::Union(&BOX_OR_IMAGE)),
        ACTION,
    ]),
)];

static SMALL: [(&str, Shape); 5] = [
    (
        "button",
        Shape::new(&[
            required("action", Check::Union(&actions::FLEX_BUTTON)),
            optional("height", Check::OneOf(&["sm", "md"])),
            optional("style", Check::OneOf(&["primary", "secondary", "link"])),
            optional("adjustMode", Check::OneOf(&["shrink-to-fit"])),
            COLOR,
            GRAVITY,
            POSITION,
        ]),
    ),
    (
        "icon",
        Shape::new(&[required("url", Check::Https(2000)), POSITION]),
    ),
    (
        "text",
        Shape::with_rule(
            &[
                optional("text", Check::Text(usize::MAX)),
                optional(
                    "contents",
                    Check::List {
                        min: 0,
                        max: usize::MAX,
                        of: &Check::Union(&SPAN),
                    },
                ),
                optional("wrap", Check::Boolean),
                optional("maxLines", Check::Whole(0)),
                optional("weight", Check::OneOf(&["regular", "bold"])),
                optional("style", Check::OneOf(&["normal", "italic"])),
                optional(
                    "decoration",
                    Check::OneOf(&["none", "underline", "line-through"]),
                ),
                optional("adjustMode", Check::OneOf(&["shrink-to-fit"])),
                COLOR,
                ALIGN,
                GRAVITY,
                POSITION,
                ACTION,
            ],
            check_text_or_spans,
        ),
    ),
    ("separator", Shape::new(&[COLOR])),
    ("filler", Shape::new(&[])),
];

/// The JSON of a container has a largest size.
pub(super) fn check_size(message: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let Some(contents) = message.get("contents") else {
        return;
    };
    let max = if contents["type"] == "bubble" {
        MAX_BUBBLE_BYTES
    } else {
        MAX_CAROUSEL_BYTES
    };
    if contents.to_string().len() > max {
        found.push(
            at.property("contents")
                .detail(format!("Must be at most {max} bytes")),
        );
    }
}

/// A baseline box has other components than the other layouts.
fn check_layout(object: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let baseline = object
        .get("layout")
        .is_some_and(|layout| layout == "baseline");
    let (layout, barred): (_, &[&str]) = if baseline {
        ("baseline", &["box", "button", "image", "separator"])
    } else {
        ("horizontal or vertical", &["icon"])
    };
    let contents = object.get("contents").and_then(Value::as_array);
    for (index, component) in contents.into_iter().flatten().enumerate() {
        if component["type"]
            .as_str()
            .is_some_and(|kind| barred.contains(&kind))
        {
            let at = at.property("contents").item(index).property("type");
            found.push(at.detail(format!("Not allowed in a {layout} box")));
        }
    }
}

fn check_text_or_spans(object: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let spans = object
        .get("contents")
        .and_then(Value::as_array)
        .is_some_and(|c| !c.is_empty());
    let text = object
        .get("text")
        .and_then(Value::as_str)
        .is_some_and(|text| !text.is_empty());
    if !spans && !text {
        found.push(at.property("text").detail("May not be empty"));
    }
}
