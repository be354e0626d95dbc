//! What is wrong, for people and programs (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

/// What is wrong.
#[derive(Serialize, JsonSchema)]
pub(super) struct Problem {
    /// Names the kind of problem, for programs.
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    /// The kind of problem in words.
    pub(super) title: &'static str,
    /// The status of the answer.
    pub(super) status: u16,
    /// What is wrong, and what to do, for people.
    pub(super) detail: String,
    /// What is wrong with keys of the body.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub(super) errors: Vec<KeyProblem>,
}

/// What is wrong with a key of the body.
#[derive(Serialize, JsonSchema)]
pub(super) struct KeyProblem {
    /// The key, such as `limits.cpu_ms`. Empty: the whole body.
    pub(super) key: String,
    /// What is wrong with it.
    pub(super) detail: String,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status);
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // Texts and numbers.
        let mut body = serde_json::to_vec(&self).unwrap_or_default();
        body.push(b'\n');
        let mut response = (status, body).into_response();
        let json = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response
    }
}
