//! Keeps the pages of other sites away from the control API.
//!
//! Whoever develops a bot also reads the web, and any page there can send requests to this machine.
//! Browsers tell on whose behalf they ask (W3C, "Fetch Metadata Request Headers"); programs that are
//! no browsers tell nothing.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderName, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

pub(super) async fn own_pages_only(request: Request, next: Next) -> Response {
    let site = request.headers().get(SITE);
    if site.is_none_or(|site| site == "same-origin" || site == "none") {
        return next.run(request).await;
    }
    let message = "pages of other sites cannot use the control API";
    (StatusCode::FORBIDDEN, Json(json!({ "message": message }))).into_response()
}
