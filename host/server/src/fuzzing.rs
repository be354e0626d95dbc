//! What `fuzz/` reaches of the pages.

use std::io;
use std::path::Path;

use axum::extract::Request;
use axum::response::Response;

/// Answers a request for a published medium with its file.
///
/// # Errors
///
/// When the file can't be read.
pub async fn medium(file: &Path, request: Request) -> io::Result<Response> {
    crate::pages::media::file(file, request).await
}
