//! One error of a request, as LINE reports it.

use serde::Serialize;

/// One entry of `details` in an error response (LINE reference, "Error responses").
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Detail {
    pub(super) message: String,
    pub(super) property: String,
}

impl Detail {
    pub(crate) fn new(property: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            property: property.into(),
        }
    }
}
