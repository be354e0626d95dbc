//! What LINE answers.

use std::io;

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::validation::Detail;

/// On every response (LINE reference, "Response headers").
const REQUEST_ID: HeaderName = HeaderName::from_static("x-line-request-id");

/// A whole answer.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Why LINE refuses a call, in LINE's words (LINE reference, "Error messages").
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(
        "Authentication failed due to the following reason: invalid token. Confirm that the \
         access token in the authorization header is valid."
    )]
    Unauthorized,
    #[error("Not found")]
    NotFound,
    #[error("The message has been unsent")]
    Gone,
    #[error("Request body is too large")]
    TooLarge,
    #[error("Length Required")]
    LengthRequired,
    #[error("The content type, {0}, is not supported")]
    UnsupportedContentType(String),
    #[error("The request body could not be parsed as JSON (line: {line}, column: {column})")]
    NotJson { line: usize, column: usize },
    #[error("The request body has {} error(s)", .0.len())]
    Invalid(Vec<Detail>),
    #[error("The property, {0}, in the request body is invalid (line: -, column: -)")]
    InvalidProperty(String),
    #[error("The value for the '{0}' parameter is invalid")]
    InvalidParameter(&'static str),
    #[error("Invalid reply token")]
    InvalidReplyToken,
    #[error("The retry key is invalid")]
    InvalidRetryKey,
    #[error("The retry key is not supported by this API")]
    UnsupportedRetryKey,
    #[error("Failed to send messages")]
    FailedToSend,
    #[error("Invalid webhook endpoint URL")]
    InvalidWebhookEndpoint,
    #[error("The message is not a video or an audio")]
    NotTranscoded,
    /// What one area of the API says.
    #[error("{message}")]
    Specific {
        status: StatusCode,
        message: &'static str,
        /// LINE gives some of these details of their own, and some an empty list.
        details: Option<Value>,
    },
    /// In the form of OAuth (RFC 6749, section 5.2).
    #[error("{error}")]
    OAuth {
        error: &'static str,
        description: Option<String>,
    },
    #[error("Invalid start param")]
    InvalidStart,
    #[error("Invalid audience group id: {0}")]
    InvalidAudience(u64),
    #[error("Invalid request id: {0}")]
    InvalidRequestId(String),
    #[error("You have reached your monthly limit.")]
    MonthlyLimit,
    #[error("The API rate limit has been exceeded. Try again later.")]
    RateLimit,
}

impl Answer {
    /// 200 with JSON.
    pub(super) fn json(body: &Value) -> Self {
        Self::new(
            StatusCode::OK,
            HeaderValue::from_static("application/json"),
            body.to_string(),
        )
    }

    /// 202 with an empty object: the platform will see to it.
    pub(super) fn accepted() -> Self {
        Self {
            status: StatusCode::ACCEPTED,
            ..Self::json(&json!({}))
        }
    }

    pub(super) fn new(
        status: StatusCode,
        content_type: HeaderValue,
        body: impl Into<Bytes>,
    ) -> Self {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, content_type)]);
        Self {
            status,
            headers,
            body: body.into(),
        }
    }

    /// Without a body.
    pub(super) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// The response to the request that LINE calls `request_id`.
    pub(super) fn into_response(self, request_id: &str) -> Response {
        let body = Body::from(self.body);
        respond(self.status, self.headers, body, request_id)
    }

    /// The same, but the connection breaks in the middle of the body.
    pub(super) fn into_truncated_response(mut self, request_id: &str) -> Response {
        self.headers.insert(CONTENT_LENGTH, self.body.len().into());
        let half = self.body.slice(..self.body.len() / 2);
        let broken = stream::once(async {
            // Lets the server write out what it has before it sees the end.
            tokio::task::yield_now().await;
            Err(io::Error::from(io::ErrorKind::ConnectionAborted))
        });
        let body = Body::from_stream(stream::iter([Ok(half)]).chain(broken));
        respond(self.status, self.headers, body, request_id)
    }
}

fn respond(status: StatusCode, headers: HeaderMap, body: Body, request_id: &str) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    if let Ok(request_id) = HeaderValue::try_from(request_id) {
        response.headers_mut().insert(REQUEST_ID, request_id);
    }
    response.headers_mut().extend(headers);
    response
}

impl Refusal {
    pub(super) const fn specific(status: StatusCode, message: &'static str) -> Self {
        Self::Specific {
            status,
            message,
            details: None,
        }
    }

    /// With an empty list of details.
    pub(super) const fn undetailed(status: StatusCode, message: &'static str) -> Self {
        Self::Specific {
            status,
            message,
            details: Some(Value::Array(Vec::new())),
        }
    }

    /// Refuses a request body with errors.
    pub(super) fn unless_valid(details: Vec<Detail>) -> Result<(), Self> {
        if details.is_empty() {
            Ok(())
        } else {
            Err(Self::Invalid(details))
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Gone => StatusCode::GONE,
            Self::MonthlyLimit | Self::RateLimit => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::LengthRequired => StatusCode::LENGTH_REQUIRED,
            Self::UnsupportedContentType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NotJson { .. }
            | Self::Invalid(_)
            | Self::InvalidProperty(_)
            | Self::InvalidParameter(_)
            | Self::InvalidReplyToken
            | Self::InvalidRetryKey
            | Self::UnsupportedRetryKey
            | Self::FailedToSend
            | Self::InvalidWebhookEndpoint
            | Self::NotTranscoded
            | Self::InvalidStart
            | Self::InvalidAudience(_)
            | Self::InvalidRequestId(_)
            | Self::OAuth { .. } => StatusCode::BAD_REQUEST,
            Self::Specific { status, .. } => *status,
        }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let mut body = json!({ "message": refusal.to_string() });
        match &refusal {
            Refusal::OAuth { error, description } => {
                body = json!({ "error": error });
                if let Some(description) = description {
                    body["error_description"] = description.as_str().into();
                }
            }
            Refusal::Invalid(details) => body["details"] = json!(details),
            Refusal::Specific {
                details: Some(details),
                ..
            } => body["details"] = details.clone(),
            _ => {}
        }
        Self {
            status: refusal.status(),
            ..Self::json(&body)
        }
    }
}
