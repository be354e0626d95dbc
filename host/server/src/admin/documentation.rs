//! The description of the API, for programs at `/v1/openapi.json` and for people at `/v1/docs`. Both are the
//! same on every host and tell nothing of this one, so they need no token: a browser that opens a page has none.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use serde_json::Value;

use super::operator::Operator;

/// The files of the page, by path and media type.
const FILES: [(&str, &str, &[u8]); 3] = [
    (
        "/v1/docs",
        "text/html; charset=utf-8",
        include_bytes!("../../web/index.html"),
    ),
    (
        "/v1/docs/page.css",
        "text/css; charset=utf-8",
        include_bytes!("../../web/page.css"),
    ),
    (
        "/v1/docs/page.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../web/page.js"),
    ),
];

/// The page runs its own script, and talks to its own host.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
];

pub(super) fn routes(description: &Value) -> Router<Arc<Operator>> {
    let description = Bytes::from(description.to_string());
    let mut routes = Router::new().route(
        "/v1/openapi.json",
        get(async move || answer("application/json", description)),
    );
    for (path, media_type, bytes) in FILES {
        let bytes = Bytes::from_static(bytes);
        routes = routes.route(path, get(async move || answer(media_type, bytes)));
    }
    routes
}

fn answer(media_type: &'static str, bytes: Bytes) -> Response {
    let media_type = (header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    let mut response = bytes.into_response();
    let headers = HEADERS.into_iter().chain([media_type]);
    response.headers_mut().extend(headers);
    response
}
