//! Flex containers and components (LINE reference, "Flex Message").
//!
//! LINE checks them by a validator that is stricter than the others: what it does not know it
//! refuses.

mod values;

use serde_json::{Map, Value};

use super::actions;
use super::check::{Check, Field, Path, Shape, Union, given, items, optional, required, text};
use super::detail::Detail;
use super::dialect::{Dialect, Problem};

/// The largest bubble, in bytes of JSON.
const MAX_BUBBLE_BYTES: usize = 30 * 1024;

/// The largest carousel, in bytes of JSON.
const MAX_CAROUSEL_BYTES: usize = 50 * 1024;

/// How many animated images a message can have.
const MAX_ANIMATED: usize = 10;

/// What is wrong with the `contents` of a Flex message.
pub(super) fn find_errors(contents: &Value) -> Vec<Detail> {
    let (at, mut found) = (Path::root(Dialect::Flex), Vec::new());
    Check::Union(&CONTAINER).check(contents, &at, &mut found);
    check_size(contents, &at, &mut found);
    if count_animated(contents) > MAX_ANIMATED {
        let problem = format!("at most {MAX_ANIMATED} animated images are allowed");
        found.push(Detail::new("/", problem));
    }
    found
}

static CONTAINER: Union = Union {
    common: &[],
    kinds: &[&BUBBLES, &CAROUSELS],
};

static BUBBLES: [(&str, Shape); 1] = [("bubble", Shape::with_rule(&BUBBLE, check_bubble))];

static CAROUSELS: [(&str, Shape); 1] = [(
    "carousel",
    Shape::with_rule(
        &[required(
            "contents",
            Check::List {
                min: 1,
                max: 12,
                of: &Check::Union(&ONLY_BUBBLE),
            },
        )],
        check_carousel,
    ),
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
    optional("styles", Check::Object(&STYLES)),
    ACTION,
];

/// The blocks of a bubble.
const BLOCKS: [&str; 4] = ["header", "hero", "body", "footer"];

static STYLES: Shape = Shape::new(&[
    optional("header", Check::Object(&STYLE)),
    optional("hero", Check::Object(&STYLE)),
    optional("body", Check::Object(&STYLE)),
    optional("footer", Check::Object(&STYLE)),
]);

static STYLE: Shape = Shape::new(&[
    BACKGROUND_COLOR,
    optional("separator", Check::Boolean),
    optional("separatorColor", Check::Color),
]);

static ONLY_BOX: Union = Union {
    common: &[],
    kinds: &[&BOXES],
};
static HERO: Union = Union {
    common: &[],
    kinds: &[&BOXES, &IMAGES, &VIDEOS],
};
static BOX_OR_IMAGE: Union = Union {
    common: &[],
    kinds: &[&BOXES, &IMAGES],
};
static INSIDE_BOX: Union = Union {
    common: &[],
    kinds: &[&BOXES, &IMAGES, &SMALL],
};
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

const ACTION: Field = optional("action", Check::Union(&actions::FLEX));
const COLOR: Field = optional("color", Check::Color);
const BACKGROUND_COLOR: Field = optional("backgroundColor", Check::Color);
const GRAVITY: Field = optional("gravity", Check::OneOf(&["top", "bottom", "center"]));
const ALIGN: Field = optional("align", Check::OneOf(&["start", "end", "center"]));
const ADJUST_MODE: Field = optional("adjustMode", Check::OneOf(&["shrink-to-fit"]));
const SCALING: Field = optional("scaling", Check::Boolean);
const FLEX: Field = optional("flex", Check::Whole(0));
const MARGIN: Field = optional("margin", Check::Written(values::space));
const TEXT_SIZE: Field = optional("size", Check::Written(values::text_size));
const ASPECT_RATIO: Field = optional("aspectRatio", Check::Written(values::aspect_ratio));
const WEIGHT: Field = optional("weight", Check::OneOf(&["regular", "bold"]));
const STYLE_OF_TEXT: Field = optional("style", Check::OneOf(&["normal", "italic"]));
const DECORATION: Field = optional(
    "decoration",
    Check::OneOf(&["none", "underline", "line-through"]),
);

const POSITION: Field = optional("position", Check::OneOf(&["relative", "absolute"]));
const OFFSET: Check = Check::Written(values::offset);
const OFFSET_TOP: Field = optional("offsetTop", OFFSET);
const OFFSET_BOTTOM: Field = optional("offsetBottom", OFFSET);
const OFFSET_START: Field = optional("offsetStart", OFFSET);
const OFFSET_END: Field = optional("offsetEnd", OFFSET);

const PADDING: Check = Check::Written(values::padding);
const EXTENT: Check = Check::Written(values::extent);

static BOXES: [(&str, Shape); 1] = [("box", Shape::with_rule(&BOX, check_layout))];

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

static IMAGES: [(&str, Shape); 1] = [(
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

static VIDEOS: [(&str, Shape); 1] = [(
    "video",
    Shape::new(&[
        required("url", Check::Https(2000)),
        required("previewUrl", Check::Https(2000)),
        required("altContent", Check::Union(&BOX_OR_IMAGE)),
        ASPECT_RATIO,
        optional("action", Check::Union(&actions::FLEX_VIDEO)),
    ]),
)];

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

/// A bubble shows something, and a video only when it is wide enough.
fn check_bubble(bubble: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    if BLOCKS.iter().all(|block| given(bubble, block).is_none()) {
        found.push(at.detail(Problem::Said("At least one block must be specified")));
    }
    let narrow = matches!(text(bubble, "size"), "nano" | "micro" | "deca" | "hecto");
    if narrow && has_video(bubble) {
        found.push(at.property("hero").detail(NO_VIDEO));
    }
}

/// All bubbles of a carousel are equally wide, and none has a video.
fn check_carousel(carousel: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let at = at.property("contents");
    let bubbles = || items(carousel, "contents").filter_map(Value::as_object);
    if bubbles().any(has_video) {
        found.push(at.detail(NO_VIDEO));
    }
    let size = |bubble| {
        given(bubble, "size")
            .and_then(Value::as_str)
            .unwrap_or("mega")
    };
    let mut sizes = bubbles().map(size);
    let first = sizes.next();
    if sizes.any(|size| Some(size) != first) {
        found.push(at.detail(Problem::Said("all bubbles must have the same size")));
    }
}

const NO_VIDEO: Problem = Problem::Said("embedding videos in messages is not allowed");

fn has_video(bubble: &Map<String, Value>) -> bool {
    given(bubble, "hero").is_some_and(|hero| hero["type"] == "video")
}

/// The JSON of a container has a largest size.
fn check_size(contents: &Value, at: &Path, found: &mut Vec<Detail>) {
    let max = if contents["type"] == "bubble" {
        MAX_BUBBLE_BYTES
    } else {
        MAX_CAROUSEL_BYTES
    };
    if contents.to_string().len() > max {
        found.push(at.detail(Problem::Said(TOO_LARGE)));
    }
}

const TOO_LARGE: &str = "too large: a bubble has at most 30 KB of JSON, and a carousel 50 KB";

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

fn count_animated(component: &Value) -> usize {
    match component {
        Value::Object(object) => {
            let animated = given(object, "animated").is_some_and(|animated| *animated == true);
            usize::from(animated) + object.values().map(count_animated).sum::<usize>()
        }
        Value::Array(items) => items.iter().map(count_animated).sum(),
        _ => 0,
    }
}
