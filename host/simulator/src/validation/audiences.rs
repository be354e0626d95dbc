//! Audiences (LINE reference, "Managing Audience").

use serde_json::Value;

use super::check::{Check, Field, Shape, optional, required};
use super::detail::Invalid;
use super::dialect::Dialect;

/// Checks the body that uploads an audience.
pub(crate) fn audience_upload(request: &Value) -> Result<(), Invalid> {
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
    UPLOAD.check_request(request, Dialect::Body)
}

/// Checks the body that adds to an uploaded audience.
pub(crate) fn audience_addition(request: &Value) -> Result<(), Invalid> {
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
    ADDITION.check_request(request, Dialect::Body)
}

/// Checks the body that makes an audience of who tapped a link or saw a message.
pub(crate) fn audience_of_message(request: &Value) -> Result<(), Invalid> {
    static OF_MESSAGE: Shape = Shape::new(&[
        required("description", Check::Text(usize::MAX)),
        required("requestId", Check::Text(usize::MAX)),
        optional("clickUrl", Check::Link(2000)),
    ]);
    OF_MESSAGE.check_request(request, Dialect::Body)
}

/// Checks the body that renames an audience.
pub(crate) fn audience_name(request: &Value) -> Result<(), Invalid> {
    static NAME: Shape = Shape::new(&[required("description", Check::Text(usize::MAX))]);
    NAME.check_request(request, Dialect::Body)
}

const UPLOAD_DESCRIPTION: Field = optional("uploadDescription", Check::Text(300));
static MEMBER: Check = Check::Object(&Shape::new(&[required("id", Check::Text(usize::MAX))]));
