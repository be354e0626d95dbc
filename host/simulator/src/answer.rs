//! What LINE answers.

use std::borrow::Cow;
use std::io;

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::validation::Invalid;

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
    #[error("Access to this API is not available for your account")]
    NotAvailable,
    #[error("Not found")]
    NotFound,
    #[error("Request body is too large")]
    TooLarge,
    #[error("Length Required")]
    LengthRequired,
    #[error("The content type, {0}, is not supported")]
    UnsupportedContentType(String),
    #[error("The request body could not be parsed as JSON (line: {line}, column: {column})")]
    NotJson { line: usize, column: usize },
    #[error("{0}")]
    Invalid(#[from] Invalid),
    /// LINE quotes the property in some operations only.
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
    /// What one area of the API says.
    #[error("{message}")]
    Specific {
        status: StatusCode,
        message: Cow<'static, str>,
        /// LINE gives some of these details of their own, and some an empty list.
        details: Option<Value>,
    },
    /// Properties without a value.
    #[error("no reason")]
    Nothing(StatusCode),
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
            message: Cow::Borrowed(message),
            details: None,
        }
    }

    /// With an empty list of details.
    pub(super) const fn undetailed(status: StatusCode, message: &'static str) -> Self {
        Self::Specific {
            status,
            message: Cow::Borrowed(message),
            details: Some(Value::Array(Vec::new())),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::NotAvailable => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
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
            | Self::InvalidStart
            | Self::InvalidAudience(_)
            | Self::InvalidRequestId(_)
            | Self::OAuth { .. } => StatusCode::BAD_REQUEST,
            Self::Specific { status, .. } | Self::Nothing(status) => *status,
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
            Refusal::Nothing(_) => {
                body = json!({ "message": null, "key": null, "stacktrace": null, "code": null });
            }
            Refusal::Invalid(invalid) => body["details"] = json!(invalid.details()),
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
