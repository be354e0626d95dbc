//! Components: what is in the blocks of a bubble (LINE reference, "Component").

use serde_json::{Map, Value};

use super::properties::{
    ACTION, ADJUST_MODE, ALIGN, ASPECT_RATIO, BACKGROUND_COLOR, COLOR, DECORATION, EXTENT, FLEX,
    GRAVITY, MARGIN, OFFSET_BOTTOM, OFFSET_END, OFFSET_START, OFFSET_TOP, PADDING, POSITION,
    SCALING, STYLE_OF_TEXT, TEXT_SIZE, WEIGHT,
};
use super::values;
use crate::validation::actions;
use crate::validation::check::{
    Check, Field, Path, Shape, Union, given, items, optional, required, text,
};
use crate::validation::detail::Detail;
use crate::validation::dialect::Problem;

pub(super) static BOXES: [(&str, Shape); 1] = [("box", Shape::with_rule(&BOX, check_layout))];

static BOX: [Field; 27] = [
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
    FLEX,
    MARGIN,
    optional("spacing", Check::Written(values::space)),
    optional("paddingAll", PADDING),
    optional("paddingTop", PADDING),
    optional("paddingBottom", PADDING),
    optional("paddingStart", PADDING),
    optional("paddingEnd", PADDING),
    optional("width", EXTENT),
    optional("maxWidth", EXTENT),
    optional("height", EXTENT),
    optional("maxHeight", EXTENT),
    POSITION,
    OFFSET_TOP,
    OFFSET_BOTTOM,
    OFFSET_START,
    OFFSET_END,
    BACKGROUND_COLOR,
    optional("borderColor", Check::Color),
    optional("borderWidth", Check::Written(values::border_width)),
    optional("cornerRadius", Check::Written(values::space)),
    optional(
        "justifyContent",
        Check::OneOf(&[
            "center",
            "flex-start",
            "flex-end",
            "space-between",
            "space-around",
            "space-evenly",
        ]),
    ),
    optional(
        "alignItems",
        Check::OneOf(&["center", "flex-start", "flex-end"]),
    ),
    optional("background", Check::Union(&BACKGROUND)),
    ACTION,
];

static BACKGROUND: Union = Union {
    common: &[],
    kinds: &[&[(
        "linearGradient",
        Shape::new(&[
            required("angle", Check::Written(values::angle)),
            required("startColor", Check::Color),
            required("endColor", Check::Color),
            optional("centerColor", Check::Color),
            optional("centerPosition", Check::Written(values::center_position)),
        ]),
    )]],
};

static INSIDE_BOX: Union = Union {
    common: &[],
    kinds: &[&BOXES, &IMAGES, &SMALL],
};

pub(super) static IMAGES: [(&str, Shape); 1] = [(
    "image",
    Shape::new(&[
        required("url", Check::Https(2000)),
        FLEX,
        MARGIN,
        POSITION,
        OFFSET_TOP,
        OFFSET_BOTTOM,
        OFFSET_START,
        OFFSET_END,
        ALIGN,
        GRAVITY,
        optional("size", Check::Written(values::image_size)),
        ASPECT_RATIO,
        optional("aspectMode", Check::OneOf(&["fit", "cover"])),
        BACKGROUND_COLOR,
        optional("animated", Check::Boolean),
        ACTION,
    ]),
)];

pub(super) static VIDEOS: [(&str, Shape); 1] = [(
    "video",
    Shape::new(&[
        required("url", Check::Https(2000)),
        required("previewUrl", Check::Https(2000)),
        required("altContent", Check::Union(&BOX_OR_IMAGE)),
        ASPECT_RATIO,
        optional("action", Check::Union(&actions::FLEX_VIDEO)),
    ]),
)];

static BOX_OR_IMAGE: Union = Union {
    common: &[],
    kinds: &[&BOXES, &IMAGES],
};

static SMALL: [(&str, Shape); 5] = [
    (
        "button",
        Shape::new(&[
            required("action", Check::Union(&actions::FLEX_BUTTON)),
            FLEX,
            MARGIN,
            POSITION,
            OFFSET_TOP,
            OFFSET_BOTTOM,
            OFFSET_START,
            OFFSET_END,
            optional("height", Check::OneOf(&["sm", "md"])),
            optional("style", Check::OneOf(&["primary", "secondary", "link"])),
            COLOR,
            GRAVITY,
            ADJUST_MODE,
            SCALING,
        ]),
    ),
    (
        "icon",
        Shape::new(&[
            required("url", Check::Https(2000)),
            MARGIN,
            POSITION,
            OFFSET_TOP,
            OFFSET_BOTTOM,
            OFFSET_START,
            OFFSET_END,
            TEXT_SIZE,
            ASPECT_RATIO,
            SCALING,
        ]),
    ),
    ("text", Shape::with_rule(&TEXT, check_text_or_spans)),
    ("separator", Shape::new(&[MARGIN, COLOR])),
    ("filler", Shape::new(&[FLEX])),
];

static TEXT: [Field; 22] = [
    optional("text", Check::Text(usize::MAX)),
    optional(
        "contents",
        Check::List {
            min: 0,
            max: usize::MAX,
            of: &Check::Union(&SPAN),
        },
    ),
    FLEX,
    MARGIN,
    POSITION,
    OFFSET_TOP,
    OFFSET_BOTTOM,
    OFFSET_START,
    OFFSET_END,
    TEXT_SIZE,
    ALIGN,
    GRAVITY,
    optional("wrap", Check::Boolean),
    optional("lineSpacing", Check::Written(values::line_spacing)),
    optional("maxLines", Check::Whole(0)),
    WEIGHT,
    COLOR,
    STYLE_OF_TEXT,
    DECORATION,
    ADJUST_MODE,
    SCALING,
    ACTION,
];

static SPAN: Union = Union {
    common: &[],
    kinds: &[&[(
        "span",
        Shape::new(&[
            optional("text", Check::Text(usize::MAX)),
            COLOR,
            TEXT_SIZE,
            WEIGHT,
            STYLE_OF_TEXT,
            DECORATION,
        ]),
    )]],
};

/// A baseline box has other components than the other layouts.
fn check_layout(object: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let barred: &[&str] = if text(object, "layout") == "baseline" {
        &["box", "button", "image", "separator"]
    } else {
        &["icon"]
    };
    for (index, component) in items(object, "contents").enumerate() {
        let kind = component["type"].as_str();
        if kind.is_some_and(|kind| barred.contains(&kind)) {
            let problem = "not allowed in a box of this layout";
            found.push(at.property("contents").item(index).detail(problem));
        }
    }
}

fn check_text_or_spans(object: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    if given(object, "text").is_none() && items(object, "contents").next().is_none() {
        let problem = Problem::Said("`text` or `contents` must be specified");
        found.push(at.property("text").detail(problem));
    }
}
