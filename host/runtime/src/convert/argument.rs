//! Arguments that are JSON, and the error for those that are wrong.

use serde_json::value::RawValue;

use crate::bindings::botbox::line::errors::{CallError, ErrorDetail, ErrorKind};

/// A JSON object that the plugin gave as the argument `name`.
pub(crate) fn json_argument(name: &str, json: String) -> Result<Box<RawValue>, CallError> {
    json_object(name, json).map_err(|what| invalid(name, what))
}

/// The error for an argument that can't be sent to LINE, in the form of LINE's own.
pub(crate) fn invalid(property: &str, message: String) -> CallError {
    CallError {
        kind: ErrorKind::Invalid,
        message: format!("{property}: {message}"),
        details: vec![ErrorDetail {
            property: property.to_owned(),
            message,
        }],
        request_id: None,
    }
}

/// Checks that a plugin's text is a JSON object.
pub(super) fn json_object(what: &str, json: String) -> Result<Box<RawValue>, String> {
    let json =
        RawValue::from_string(json).map_err(|error| format!("{what} is not JSON: {error}"))?;
    if json.get().starts_with('{') {
        Ok(json)
    } else {
        Err(format!("{what} is not a JSON object"))
    }
}
