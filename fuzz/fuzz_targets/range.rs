//! Requests for a part of a published medium: what is answered is that part, or all, or a refusal.

#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use botbox_server::fuzzing;
use libfuzzer_sys::fuzz_target;
use tokio::runtime::Runtime;

/// How many bytes the file has: all that there are, in order.
const SIZE: usize = 256;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime starts"));
static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let file = folder.keep().join("medium.mp4");
    let bytes: Vec<_> = (0..SIZE).map(|it| it.to_le_bytes()[0]).collect();
    fs::write(&file, bytes).expect("it can be written");
    file
});

fuzz_target!(|input: (&[u8], &[u8])| {
    let mut request = Request::new(Body::empty());
    let names = [header::RANGE, header::IF_MODIFIED_SINCE];
    for (name, value) in names.into_iter().zip([input.0, input.1]) {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            request.headers_mut().insert(name, value);
        }
    }
    RUNTIME.block_on(async {
        let response = fuzzing::medium(&FILE, request).await.expect("it is read");
        let status = response.status().as_u16();
        let range = response.headers().get(header::CONTENT_RANGE).cloned();
        let body = to_bytes(response.into_body(), SIZE).await;
        let body = body.expect("no more than there is");
        match status {
            200 => assert_eq!(body.len(), SIZE),
            206 => {
                let range = range.expect("it says which part it is");
                let range = range.to_str().expect("in ASCII");
                let (first, last) = part(range).expect("from where, and to where");
                assert_eq!(body.len(), last - first + 1, "{range}");
                assert_eq!(usize::from(body[0]), first, "{range}");
            }
            304 | 412 => assert!(body.is_empty()),
            416 => assert!(body.len() < SIZE),
            _ => panic!("{status}"),
        }
    });
});

/// The first and the last byte of `bytes FIRST-LAST/256`.
fn part(range: &str) -> Option<(usize, usize)> {
    let (first, rest) = range.strip_prefix("bytes ")?.split_once('-')?;
    let last = rest.strip_suffix("/256")?;
    Some((first.parse().ok()?, last.parse().ok()?))
}
