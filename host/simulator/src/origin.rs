//! Keeps the pages of other sites away from the control API, and from the page.
//!
//! Whoever develops a bot also reads the web, and any page there can send requests to this machine.
//! Browsers say for which site they ask: in `Sec-Fetch-Site` (W3C, "Fetch Metadata Request
//! Headers") when they take the address for safe, as loopback is; elsewhere in `Origin` (Fetch
//! standard), with every request that changes something. A site can also have its own name lead to
//! this machine ("DNS rebinding"), and then asks as if it were the simulator's page; but `Host` has
//! that name. So a name is taken only when nobody else can own it, or when the user said so; an address
//! is nobody's name. Programs that are no browsers send neither of the others.

use std::net::IpAddr;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::settings::Settings;
use crate::world::Shared;

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a page of another site is told.
const OTHER_SITE: &str = "pages of other sites cannot use the control API";

/// For the control API.
pub(crate) async fn own_pages_only(
    State(shared): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let refused = if is_of_own_site(headers) {
        check_name(headers, &shared.settings).err()
    } else {
        Some(OTHER_SITE.to_owned())
    };
    match refused {
        Some(message) => {
            (StatusCode::FORBIDDEN, Json(json!({ "message": message }))).into_response()
        }
        None => next.run(request).await,
    }
}

/// For the page: links to it may be anywhere, but it would not work under another name.
pub(crate) async fn own_names_only(
    State(shared): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    match check_name(request.headers(), &shared.settings) {
        Ok(()) => next.run(request).await,
        Err(message) => (StatusCode::FORBIDDEN, format!("{message}\n")).into_response(),
    }
}

/// Whether the headers speak of no page, or of one that came from here.
fn is_of_own_site(headers: &HeaderMap) -> bool {
    let site = headers.get(SITE);
    let origin = headers.get(ORIGIN).map(HeaderValue::as_bytes);
    let host = headers.get(HOST).map(HeaderValue::as_bytes);
    let is_here = |origin: &[u8]| {
        let schemes: [&[u8]; 2] = [b"http://", b"https://"];
        let mut hosts = schemes.iter().filter_map(|it| origin.strip_prefix(*it));
        hosts.any(|it| Some(it) == host)
    };
    site.is_none_or(|site| site == "same-origin" || site == "none") && origin.is_none_or(is_here)
}

/// Says why the host that is asked for is not the simulator's.
fn check_name(headers: &HeaderMap, settings: &Settings) -> Result<(), String> {
    let host = headers.get(HOST).map(HeaderValue::as_bytes);
    let Some(Ok(host)) = host.map(Authority::try_from) else {
        return Err("the request names no host".to_owned());
    };
    let name = host.host();
    let is_allowed = settings
        .hosts
        .iter()
        .any(|it| it.eq_ignore_ascii_case(name));
    if is_allowed || name.eq_ignore_ascii_case("localhost") {
        return Ok(());
    }
    let address: Option<IpAddr> = name
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse()
        .ok();
    if settings.listen.ip().to_canonical().is_loopback() {
        if address.is_some_and(|it| it.to_canonical().is_loopback()) {
            return Ok(());
        }
        return Err(format!(
            "the simulator listens on a loopback address, and {name} is none of its names; ask for it as \
             127.0.0.1 or localhost, or start it with --allow-host {name}"
        ));
    }
    // In a network, names without a dot are its own: `simulator`, a service of a composition.
    if address.is_some() || !name.contains('.') {
        return Ok(());
    }
    Err(format!(
        "{name} is none of the simulator's names, so that no site gets in under its own; ask for it by its \
         address, or start it with --allow-host {name}"
    ))
}
