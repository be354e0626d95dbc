//! Templates (LINE reference, "Template messages").

use serde_json::{Map, Value};

use super::actions;
use super::check::{Check, Field, Path, Shape, Union, optional, required};
use super::detail::Detail;

/// The `template` of a template message.
pub(super) static TEMPLATE: Union = Union {
    common: &[],
    kinds: &[&[
        ("buttons", Shape::with_rule(&BUTTONS, check_buttons_text)),
        (
            "confirm",
            Shape::new(&[
                required("text", Check::Label(240)),
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
const TITLE: Field = optional("title", Check::Label(40));
const DEFAULT_ACTION: Field = optional("defaultAction", Check::Union(&actions::UNLABELLED));
const ASPECT_RATIO: Field = optional("imageAspectRatio", Check::OneOf(&["rectangle", "square"]));
const IMAGE_SIZE: Field = optional("imageSize", Check::OneOf(&["cover", "contain"]));

static BUTTONS: [Field; 8] = [
    THUMBNAIL,
    ASPECT_RATIO,
    IMAGE_SIZE,
    BACKGROUND,
    TITLE,
    required("text", Check::Label(160)),
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
        required("text", Check::Label(120)),
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
    let text = object
        .get("text")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let crowded = is_given(object, "thumbnailImageUrl") || is_given(object, "title");
    if crowded && text.chars().count() <= alone {
        Check::Label(60).check(&text.into(), &at.property("text"), found);
    }
}

/// All columns of a carousel look alike.
fn check_columns_alike(template: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let columns = template.get("columns").and_then(Value::as_array);
    let columns = || columns.into_iter().flatten().filter_map(Value::as_object);
    let Some(first) = columns().next() else {
        return;
    };
    let actions = |column: &Map<String, Value>| {
        column
            .get("actions")
            .and_then(Value::as_array)
            .map_or(0, Vec::len)
    };
    let at = at.property("columns");
    if columns().any(|column| actions(column) != actions(first)) {
        found.push(at.detail("All columns must have as many actions as the first"));
    }
    for property in ["thumbnailImageUrl", "title"] {
        if columns().any(|column| is_given(column, property) != is_given(first, property)) {
            found.push(at.detail(format!("Either all columns or none must have {property}")));
        }
    }
}

fn is_given(object: &Map<String, Value>, property: &str) -> bool {
    object.get(property).is_some_and(|value| !value.is_null())
}
