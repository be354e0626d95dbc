//! Rich menus and what links them (LINE reference, "Rich menu object" and "Rich menu operation
//! object").

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::actions;
use super::check::{Check, Field, Path, Shape, Union, optional, required};
use super::detail::{Detail, Invalid};
use super::dialect::Dialect;
use crate::ids;

/// Checks a rich menu object.
pub(crate) fn rich_menu(object: &Value) -> Result<(), Invalid> {
    static SIZE: Shape = Shape::with_rule(
        &[
            required("width", Check::Range(800, 2500)),
            required("height", Check::Whole(250)),
        ],
        check_ratio,
    );
    static BOUNDS: Shape = Shape::new(&[
        required("x", Check::Whole(0)),
        required("y", Check::Whole(0)),
        required("width", Check::Whole(1)),
        required("height", Check::Whole(1)),
    ]);
    static AREA: Check = Check::Object(&Shape::new(&[
        required("bounds", Check::Object(&BOUNDS)),
        required("action", Check::Union(&actions::RICH_MENU)),
    ]));
    static RICH_MENU: Shape = Shape::new(&[
        required("size", Check::Object(&SIZE)),
        required("selected", Check::Boolean),
        required("name", Check::Graphemes(300)),
        required("chatBarText", Check::Graphemes(14)),
        required(
            "areas",
            Check::List {
                min: 0,
                max: 20,
                of: &AREA,
            },
        ),
    ]);
    RICH_MENU.check_request(object, Dialect::RichMenu)
}

/// Whether a rich menu may have this width and height: at least 1.45 times as wide as high.
pub(crate) fn is_rich_menu_ratio(width: u32, height: u32) -> bool {
    u64::from(width) * 100 >= u64::from(height) * 145
}

/// Checks the body that links a rich menu to users (LINE reference, "Link rich menu
/// to multiple users").
pub(crate) fn rich_menu_link(request: &Value) -> Result<(), Invalid> {
    static LINK: Shape = Shape::with_rule(&[RICH_MENU_ID, USER_IDS], check_rich_menu_id);
    LINK.check_request(request, Dialect::RichMenu)
}

/// Checks the body that unlinks users' rich menus.
pub(crate) fn rich_menu_unlink(request: &Value) -> Result<(), Invalid> {
    static UNLINK: Shape = Shape::new(&[USER_IDS]);
    UNLINK.check_request(request, Dialect::RichMenu)
}

/// Checks the body that makes an alias (LINE reference, "Create rich menu alias").
pub(crate) fn rich_menu_alias(request: &Value) -> Result<(), Invalid> {
    static ALIAS: Shape = Shape::with_rule(
        &[
            required(
                "richMenuAliasId",
                Check::Pattern {
                    max: 32,
                    allows: is_alias_character,
                },
            ),
            RICH_MENU_ID,
        ],
        check_rich_menu_id,
    );
    ALIAS.check_request(request, Dialect::RichMenu)
}

/// Checks the body that leads an alias elsewhere.
pub(crate) fn rich_menu_alias_target(request: &Value) -> Result<(), Invalid> {
    static TARGET: Shape = Shape::with_rule(&[RICH_MENU_ID], check_rich_menu_id);
    TARGET.check_request(request, Dialect::RichMenu)
}

/// Whether `alias` has the form of an alias.
pub(crate) fn is_rich_menu_alias(alias: &str) -> bool {
    (1..=32).contains(&alias.len()) && alias.chars().all(is_alias_character)
}

/// Checks the body of a batch (LINE reference, "Replace or unlink the linked rich
/// menus in batches").
pub(crate) fn rich_menu_batch(request: &Value) -> Result<(), Invalid> {
    static FROM: Field = required("from", Check::Text(usize::MAX));
    static OPERATION: Union = Union {
        common: &[],
        kinds: &[&[
            (
                "link",
                Shape::with_rule(
                    &[FROM, required("to", Check::Text(usize::MAX))],
                    check_batch_ids,
                ),
            ),
            ("unlink", Shape::with_rule(&[FROM], check_batch_ids)),
            ("unlinkAll", Shape::new(&[])),
        ]],
    };
    static OPERATIONS: Check = Check::Union(&OPERATION);
    static BATCH: Shape = Shape::with_rule(
        &[
            required(
                "operations",
                Check::List {
                    min: 1,
                    max: 1000,
                    of: &OPERATIONS,
                },
            ),
            optional(
                "resumeRequestKey",
                Check::Pattern {
                    max: 100,
                    allows: |c| c.is_ascii_alphanumeric() || c == '-' || c == '_',
                },
            ),
        ],
        check_operations_together,
    );
    BATCH.check_request(request, Dialect::RichMenu)
}

const RICH_MENU_ID: Field = required("richMenuId", Check::Text(usize::MAX));
static USER_ID: Check = Check::Text(usize::MAX);
const USER_IDS: Field = required(
    "userIds",
    Check::List {
        min: 1,
        max: 500,
        of: &USER_ID,
    },
);

fn is_alias_character(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_'
}

fn check_ratio(size: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let number = |name| u32::try_from(size.get(name)?.as_u64()?).ok();
    if let (Some(width), Some(height)) = (number("width"), number("height"))
        && !is_rich_menu_ratio(width, height)
    {
        found.push(at.detail("Width must be at least 1.45 times the height"));
    }
}

fn check_rich_menu_id(object: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    check_id("richMenuId", object, at, found);
}

fn check_batch_ids(operation: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    check_id("from", operation, at, found);
    check_id("to", operation, at, found);
}

/// A missing id has been reported already.
fn check_id(name: &str, object: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let id = object.get(name).and_then(Value::as_str).unwrap_or_default();
    if !id.is_empty() && !ids::is_rich_menu(id) {
        found.push(at.property(name).detail("invalid richMenuId"));
    }
}

fn check_operations_together(batch: &Map<String, Value>, _: &Path, found: &mut Vec<Detail>) {
    let operations = batch.get("operations").and_then(Value::as_array);
    let operations = || operations.into_iter().flatten();
    let all = |operation: &Value| operation["type"] == "unlinkAll";
    if operations().any(all) && operations().count() > 1 {
        let message = "'unlinkAll' type can't be combined with other type";
        found.push(Detail::new("operations[].type", message));
    }
    let mut seen = HashSet::new();
    for from in operations().filter_map(|operation| operation["from"].as_str()) {
        if !seen.insert(from) {
            let message = format!("from richmenu ({from}) is duplicated");
            found.push(Detail::new("operations[].from", message));
        }
    }
}
