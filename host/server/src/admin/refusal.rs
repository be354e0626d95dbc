//! Why the operator does not get what was asked for.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use botbox_line::error::with_causes;
use botbox_store::StoreError;

/// The most clients that follow at a time: an eighth of the listener's connections, so that the rest
/// of the API can always be reached.
pub(super) const FOLLOWERS: usize = 8;

#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// What was asked for is not right, in words for the operator.
    #[error("{0}")]
    BadRequest(String),
    /// It is not there, in words for the operator.
    #[error("{0}")]
    NotFound(String),
    #[error("{FOLLOWERS} clients follow already, the limit: end one of them")]
    TooManyFollowers,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        if let Self::Store(error) = &self {
            tracing::error!(why = with_causes(error), "the store failed the operator");
        }
        (self.status(), format!("{self}\n")).into_response()
    }
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::TooManyFollowers | Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}
