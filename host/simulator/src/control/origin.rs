//! Keeps the pages of other sites away from the control API.
//!
//! Whoever develops a bot also reads the web, and any page there can send requests to this machine.
//! Browsers say for which site they ask: in `Sec-Fetch-Site` (W3C, "Fetch Metadata Request
//! Headers") when they take the address for safe, as loopback is; elsewhere in `Origin` (Fetch
//! standard), with every request that changes something. A site can also have its own name lead to
//! this machine ("DNS rebinding"), and then asks as if it were the simulator's page; but `Host` has
//! that name, and nobody needs one on a loopback address. Programs that are no browsers send neither.

use std::net::IpAddr;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::world::Shared;

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

pub(super) async fn own_pages_only(
    State(shared): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let on_loopback = shared.settings.listen.ip().to_canonical().is_loopback();
    let message = if !is_of_own_site(headers) {
        "pages of other sites cannot use the control API"
    } else if on_loopback && !is_for_loopback(headers) {
        "the control API listens on a loopback address; ask for it as 127.0.0.1 or localhost"
    } else {
        return next.run(request).await;
    };
    (StatusCode::FORBIDDEN, Json(json!({ "message": message }))).into_response()
}

/// Whether the headers speak of no page, or of one that came from here.
fn is_of_own_site(headers: &HeaderMap) -> bool {
    let site = headers.get(SITE);
    let origin = headers.get(ORIGIN).map(HeaderValue::as_bytes);
    let host = headers.get(HOST).map(HeaderValue::as_bytes);
    site.is_none_or(|site| site == "same-origin" || site == "none")
        && origin.is_none_or(|origin| origin.strip_prefix(b"http://") == Some(host.unwrap_or(b"")))
}

/// Whether the host that is asked for is this machine, whatever name servers say.
fn is_for_loopback(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).map(HeaderValue::as_bytes);
    let Some(Ok(host)) = host.map(Authority::try_from) else {
        return false;
    };
    let name = host.host();
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || address
            .parse()
            .is_ok_and(|address: IpAddr| address.to_canonical().is_loopback())
}
