//! What is wrong with a request, as LINE reports it.

use serde::Serialize;

/// One entry of `details` in an error response (LINE reference, "Error responses").
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Detail {
    pub(super) message: String,
    pub(super) property: String,
}

/// Why a request is refused. Details are never empty.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Invalid {
    /// The body is not what the operation takes.
    #[error("The request body has {} error(s)", .0.len())]
    Body(Vec<Detail>),
    /// A message is not what LINE can show. Bodies are checked as a whole before, and messages one
    /// by one.
    #[error("A message (messages[{index}]) in the request body is invalid")]
    Message { index: usize, details: Vec<Detail> },
}

impl Detail {
    pub(crate) fn new(property: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            property: property.into(),
        }
    }
}

impl Invalid {
    pub(super) fn unless_empty(details: Vec<Detail>) -> Result<(), Self> {
        if details.is_empty() {
            Ok(())
        } else {
            Err(Self::Body(details))
        }
    }

    /// A body with one error.
    pub(crate) fn of(property: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Body(vec![Detail::new(property, message)])
    }

    pub(crate) fn details(&self) -> &[Detail] {
        let (Self::Body(details) | Self::Message { details, .. }) = self;
        details
    }
}
