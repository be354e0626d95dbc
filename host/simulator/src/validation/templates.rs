//! Templates (LINE reference, "Template messages").

use serde_json::{Map, Value};

use super::actions;
use super::check::{
    Check, Field, Path, Shape, Union, given, graphemes, items, optional, required, text,
};
use super::detail::Detail;
use super::dialect::{Dialect, Problem};

/// What is wrong with the `template` of a template message.
pub(super) fn find_errors(template: &Value) -> Vec<Detail> {
    let mut found = Vec::new();
    let at = Path::new("template", Dialect::Message);
    Check::Union(&TEMPLATE).check(template, &at, &mut found);
    found
}

static TEMPLATE: Union = Union {
    common: &[],
    kinds: &[&[
        ("buttons", Shape::with_rule(&BUTTONS, check_buttons_text)),
        (
            "confirm",
            Shape::new(&[
                required("text", Check::Graphemes(240)),
                required(
                    "actions",
                    Check::List {
                        min: 2,
                        max: 2,
                        of: &ACTION,
                    },
                ),
            ]),
        ),
        (
            "carousel",
            Shape::with_rule(
                &[
                    required(
                        "columns",
                        Check::List {
                            min: 1,
                            max: 10,
                            of: &Check::Object(&COLUMN),
                        },
                    ),
                    ASPECT_RATIO,
                    IMAGE_SIZE,
                ],
                check_columns_alike,
            ),
        ),
        (
            "image_carousel",
            Shape::new(&[required(
                "columns",
                Check::List {
                    min: 1,
                    max: 10,
                    of: &Check::Object(&IMAGE_COLUMN),
                },
            )]),
        ),
    ]],
};

static ACTION: Check = Check::Union(&actions::TEMPLATE);

const THUMBNAIL: Field = optional("thumbnailImageUrl", Check::Https(2000));
const BACKGROUND: Field = optional("imageBackgroundColor", Check::Color);
const TITLE: Field = optional("title", Check::Graphemes(40));
const DEFAULT_ACTION: Field = optional("defaultAction", Check::Union(&actions::UNLABELLED));
const ASPECT_RATIO: Field = optional("imageAspectRatio", Check::OneOf(&["rectangle", "square"]));
const IMAGE_SIZE: Field = optional("imageSize", Check::OneOf(&["cover", "contain"]));

static BUTTONS: [Field; 8] = [
    THUMBNAIL,
    ASPECT_RATIO,
    IMAGE_SIZE,
    BACKGROUND,
    TITLE,
    required("text", Check::Graphemes(160)),
    DEFAULT_ACTION,
    required(
        "actions",
        Check::List {
            min: 1,
            max: 4,
            of: &ACTION,
        },
    ),
];

static COLUMN: Shape = Shape::with_rule(
    &[
        THUMBNAIL,
        BACKGROUND,
        TITLE,
        required("text", Check::Graphemes(120)),
        DEFAULT_ACTION,
        required(
            "actions",
            Check::List {
                min: 1,
                max: 3,
                of: &ACTION,
            },
        ),
    ],
    check_column_text,
);

static IMAGE_COLUMN: Shape = Shape::new(&[
    required("imageUrl", Check::Https(2000)),
    required("action", Check::Union(&actions::IMAGE_CAROUSEL)),
]);

fn check_buttons_text(template: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    check_text_beside(template, 160, at, found);
}

fn check_column_text(column: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    check_text_beside(column, 120, at, found);
}

/// Beside an image or a title there is room for 60 characters only. Above `alone` characters the
/// text has been reported already.
fn check_text_beside(
    object: &Map<String, Value>,
    alone: usize,
    at: &Path,
    found: &mut Vec<Detail>,
) {
    let crowded = given(object, "thumbnailImageUrl").or(given(object, "title"));
    let length = graphemes(text(object, "text"));
    if crowded.is_some() && (61..=alone).contains(&length) {
        found.push(at.property("text").detail(Problem::TooLong(60)));
    }
}

/// All columns of a carousel look alike.
fn check_columns_alike(template: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let columns = || items(template, "columns").filter_map(Value::as_object);
    let Some(first) = columns().next() else {
        return;
    };
    let at = at.property("columns");
    let actions = |column| items(column, "actions").count();
    if columns().any(|column| actions(column) != actions(first)) {
        let problem = "the number of actions must be the same in all columns";
        found.push(at.detail(problem));
    }
    for property in ["thumbnailImageUrl", "title"] {
        let has = |column| given(column, property).is_some();
        if columns().any(|column| has(column) != has(first)) {
            let problem = format!("either all columns or none must have {property}");
            found.push(at.detail(problem));
        }
    }
}
