//! The log of calls to LINE.
//!
//! LINE asks to keep what it needs to look into a request (LINE documentation, "Development
//! guidelines"): the operation, the status and the request id. The URL is not logged: it may hold a
//! user's id.

use std::time::Instant;

use reqwest::Response;

use super::response::request_id;
use crate::error::ErrorResponse;

/// The longest piece of LINE's message that is logged, in bytes: 1,000, more than LINE's own have. What
/// answers in LINE's place may be a whole page.
const LOGGED_ERROR: usize = 1_000;

/// Logs that LINE did what it was asked to.
pub(super) fn success(operation: &str, attempt: u32, started: Instant, response: &Response) {
    let took_ms = since(started);
    let status = response.status().as_u16();
    let request_id = request_id(response);
    tracing::debug!(
        operation,
        attempt,
        took_ms,
        status,
        request_id,
        "LINE answered"
    );
}

/// Logs that LINE answered with an error, and what it says of it.
pub(super) fn error(attempt: u32, started: Instant, response: &ErrorResponse) {
    let took_ms = since(started);
    let mut why = response.explanation();
    if why.len() > LOGGED_ERROR {
        why.truncate(why.floor_char_boundary(LOGGED_ERROR));
        why.push('…');
    }
    let ErrorResponse {
        operation,
        status,
        request_id,
        ..
    } = response;
    tracing::warn!(
        operation,
        attempt,
        took_ms,
        status,
        request_id,
        why,
        "LINE answered an error"
    );
}

/// Logs that no complete response came.
pub(super) fn no_response(operation: &str, attempt: u32, started: Instant, error: &reqwest::Error) {
    let took_ms = since(started);
    tracing::warn!(
        operation,
        attempt,
        took_ms,
        timeout = error.is_timeout(),
        connect = error.is_connect(),
        "LINE did not answer"
    );
}

/// How long ago, in milliseconds with one decimal.
fn since(started: Instant) -> f64 {
    (started.elapsed().as_secs_f64() * 10_000.0).round() / 10.0
}
