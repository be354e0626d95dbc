//! Containers: bubbles, and carousels of bubbles (LINE reference, "Container").

use serde_json::{Map, Value};

use super::components::{BOXES, IMAGES, VIDEOS};
use super::properties::{ACTION, BACKGROUND_COLOR};
use crate::validation::check::{
    Check, Field, Path, Shape, Union, given, items, optional, required, text,
};
use crate::validation::detail::Detail;
use crate::validation::dialect::Problem;

pub(super) static CONTAINER: Union = Union {
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
