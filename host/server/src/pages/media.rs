//! Hands published media out.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path as InPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower_http::services::ServeFile;

use crate::channel::directory::Directory;
use crate::services::media::name::Name;

/// The most media of all channels that are fetched at a time: an eighth of the listener's connections. A
/// film that thousands open at once must not keep LINE's webhooks waiting.
const DOWNLOADS: usize = 256;

/// One of the channel, and one of the host.
type Permits = [OwnedSemaphorePermit; 2];

struct Pages {
    directory: Arc<Directory>,
    downloads: Arc<Semaphore>,
}

pub(crate) fn routes(directory: Arc<Directory>) -> Router {
    let downloads = Arc::new(Semaphore::new(DOWNLOADS));
    let pages = Arc::new(Pages {
        directory,
        downloads,
    });
    Router::new()
        .route("/media/{channel}/{name}", get(medium))
        .with_state(pages)
}

async fn medium(
    State(pages): State<Arc<Pages>>,
    path: Result<InPath<(String, String)>, PathRejection>,
    request: Request,
) -> Response {
    let Some((channel, name)) = path.ok().and_then(|InPath((channel, name))| {
        let name: Name = name.parse().ok()?;
        Some((channel, name))
    }) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let channel = pages.directory.get(&channel);
    let media = channel.and_then(|channel| channel.setup().services.media.clone());
    let Some(media) = media.filter(|it| !it.time_left(&name).is_zero()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let permit = |downloads: &Arc<Semaphore>| Arc::clone(downloads).try_acquire_owned();
    let (Ok(own), Ok(shared)) = (permit(&media.downloads), permit(&pages.downloads)) else {
        let later = [(header::RETRY_AFTER, "5")];
        return (StatusCode::SERVICE_UNAVAILABLE, later).into_response();
    };
    match file(&media.path(&name), request).await {
        Ok(response) => {
            let mut response = response.map(|body| holding([own, shared], body));
            if response.status().is_success() {
                describe(&mut response, &name, media.time_left(&name));
            }
            response
        }
        Err(error) => {
            tracing::warn!(%error, "cannot read a medium");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// A file, or the part of it that is asked for.
pub(crate) async fn file(path: &Path, request: Request) -> io::Result<Response> {
    let response = ServeFile::new(path).try_call(request).await?;
    Ok(response.map(Body::new))
}

/// Keeps the permits until the body has gone out, or nobody wants it any more.
fn holding(permits: Permits, body: Body) -> Body {
    let pieces = body.into_data_stream();
    Body::from_stream(pieces.inspect(move |_| {
        let _held = &permits;
    }))
}

/// Says what it is, and for how long. A browser must not find another type in the bytes, nor run
/// what it might find.
fn describe(response: &mut Response, name: &Name, time_left: Duration) {
    let seconds = time_left.as_secs();
    let headers = response.headers_mut();
    let content_type = HeaderValue::from_static(name.kind.content_type());
    headers.insert(header::CONTENT_TYPE, content_type);
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(caching) = format!("public, max-age={seconds}, immutable").try_into() {
        headers.insert(header::CACHE_CONTROL, caching);
    }
}
