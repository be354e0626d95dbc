//! Why the control API refuses a request.

use axum::Json;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::events::Impossible;
use crate::state::Contradiction;

/// A refusal; its text is the `message` of the answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum ControlError {
    /// 404.
    #[error("no {0} {1}")]
    NotFound(&'static str, String),
    /// 400.
    #[error("the request body is not as expected: {0}")]
    Json(#[from] serde_json::Error),
    /// 400.
    #[error("{0}")]
    BadRequest(&'static str),
    /// 409.
    #[error("another bot has this {0}")]
    Taken(&'static str),
    /// 400, or 404 when something unknown is named.
    #[error(transparent)]
    Impossible(#[from] Impossible),
    /// 400.
    #[error(transparent)]
    Contradiction(#[from] Contradiction),
    /// 413, or what else is wrong with the body.
    #[error(transparent)]
    Body(#[from] BytesRejection),
    /// 400.
    #[error(transparent)]
    Query(#[from] QueryRejection),
    /// 507.
    #[error("no room for more than {0} {1}")]
    Full(usize, &'static str),
}

/// `body` as JSON; its content type does not matter.
pub(super) fn parse<T: DeserializeOwned>(
    body: Result<Bytes, BytesRejection>,
) -> Result<T, ControlError> {
    Ok(serde_json::from_slice(&body?)?)
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::NotFound(..) => StatusCode::NOT_FOUND,
            Self::Json(_)
            | Self::BadRequest(_)
            | Self::Contradiction(_)
            | Self::Impossible(Impossible::Untyped | Impossible::Incomplete(_)) => {
                StatusCode::BAD_REQUEST
            }
            Self::Impossible(_) => StatusCode::NOT_FOUND,
            Self::Taken(_) => StatusCode::CONFLICT,
            Self::Body(rejection) => rejection.status(),
            Self::Query(rejection) => rejection.status(),
            Self::Full(..) => StatusCode::INSUFFICIENT_STORAGE,
        };
        (status, Json(json!({ "message": self.to_string() }))).into_response()
    }
}
