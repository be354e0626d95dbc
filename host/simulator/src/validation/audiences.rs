//! Audiences (LINE reference, "Managing Audience").

use serde_json::Value;

use super::check::{Check, Field, Shape, find_errors, optional, required};
use super::detail::Detail;

/// What is wrong with the body that uploads an audience.
pub(crate) fn audience_upload(request: &Value) -> Vec<Detail> {
    static UPLOAD: Shape = Shape::new(&[
        required("description", Check::Text(usize::MAX)),
        optional("isIfaAudience", Check::Boolean),
        UPLOAD_DESCRIPTION,
        optional(
            "audiences",
            Check::List {
                min: 0,
                max: 10_000,
                of: &MEMBER,
            },
        ),
    ]);
    find_errors(&UPLOAD, request)
}

/// What is wrong with the body that adds to an uploaded audience.
pub(crate) fn audience_addition(request: &Value) -> Vec<Detail> {
    static ADDITION: Shape = Shape::new(&[
        required("audienceGroupId", Check::Whole(0)),
        UPLOAD_DESCRIPTION,
        required(
            "audiences",
            Check::List {
                min: 1,
                max: 10_000,
                of: &MEMBER,
            },
        ),
    ]);
    find_errors(&ADDITION, request)
}

/// What is wrong with the body that makes an audience of who tapped a link or saw a message.
pub(crate) fn audience_of_message(request: &Value) -> Vec<Detail> {
    static OF_MESSAGE: Shape = Shape::new(&[
        required("description", Check::Text(usize::MAX)),
        required("requestId", Check::Text(usize::MAX)),
        optional("clickUrl", Check::Link(2000)),
    ]);
    find_errors(&OF_MESSAGE, request)
}

/// What is wrong with the body that renames an audience.
pub(crate) fn audience_name(request: &Value) -> Vec<Detail> {
    static NAME: Shape = Shape::new(&[required("description", Check::Text(usize::MAX))]);
    find_errors(&NAME, request)
}

const UPLOAD_DESCRIPTION: Field = optional("uploadDescription", Check::Text(300));
static MEMBER: Check = Check::Object(&Shape::new(&[required("id", Check::Text(usize::MAX))]));
