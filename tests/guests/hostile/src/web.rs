//! Requests to where nobody let it go, and streams without end.

use wasip2::http::outgoing_handler::handle;
use wasip2::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, IncomingResponse, Method, OutgoingRequest, Scheme,
};
use wasip2::io::streams::StreamError;

use crate::got::{Got, until_refused};

/// This machine, its network, and what clouds tell their machines, in all their spellings.
const INSIDE: [&str; 14] = [
    "127.0.0.1:8081",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "0.0.0.0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[fe80::1]",
    "169.254.169.254",
    "10.0.0.1",
    "192.168.0.1",
    "localhost",
    "metadata.google.internal",
];

type Outcome<T> = core::result::Result<T, ErrorCode>;

pub(crate) fn run(words: &[&str]) -> Option<Got> {
    Some(match *words {
        ["inside"] => inside(),
        ["get", origin] => format!("{:?}", fetch(origin).map(|it| it.status())),
        ["headers"] => headers(),
        ["never-ending", origin] => read_all(origin),
        ["never-read", origin] => until_refused(|| fetch(origin)),
        ["endless-body", origin] => endless_body(origin),
        _ => return None,
    })
}

fn inside() -> Got {
    let denied = |origin: &&str| {
        let got = fetch(origin);
        matches!(
            got,
            Err(ErrorCode::HttpRequestDenied | ErrorCode::HttpRequestUriInvalid)
        )
    };
    let count = INSIDE.iter().filter(|it| denied(it)).count();
    format!("{count} of {} are denied", INSIDE.len())
}

/// Headers that are two, and those that are the host's.
fn headers() -> Got {
    let headers = [
        ("x", "a\r\nauthorization: Bearer x"),
        ("x", "a\nb: c"),
        ("x", "a\0"),
        ("x\r\ny", "a"),
        ("x: y", "a"),
        ("", "a"),
        ("host", "other.test"),
        ("connection", "upgrade"),
        ("transfer-encoding", "chunked"),
        ("upgrade", "websocket"),
        ("proxy-connection", "keep-alive"),
        ("keep-alive", "1"),
        ("expect", "100-continue"),
    ];
    let refused = |(name, value): &(&str, &str)| {
        let fields = Fields::new();
        fields.append(name, value.as_bytes()).is_err()
    };
    let refused_headers = headers.iter().filter(|it| refused(it)).count();
    let request = OutgoingRequest::new(Fields::new());
    let other = |method: &str| request.set_method(&Method::Other(method.to_owned()));
    let parts = [
        request.set_path_with_query(Some("/ HTTP/1.1\r\nx: y")),
        request.set_authority(Some("a.test\r\nx: y")),
        other("GET / HTTP/1.1\r\nx: y"),
    ];
    let refused_parts = parts.iter().filter(|it| it.is_err()).count();
    format!(
        "{refused_headers} of {} headers and {refused_parts} of {} other parts are refused",
        headers.len(),
        parts.len()
    )
}

fn request(method: &Method, origin: &str) -> OutgoingRequest {
    let request = OutgoingRequest::new(Fields::new());
    // What is refused here is refused as a whole below.
    let _ = request
        .set_method(method)
        .and(request.set_scheme(Some(&Scheme::Http)))
        .and(request.set_authority(Some(origin)))
        .and(request.set_path_with_query(Some("/")));
    request
}

fn fetch(origin: &str) -> Outcome<IncomingResponse> {
    head(&handle(request(&Method::Get, origin), None)?)
}

fn head(response: &FutureIncomingResponse) -> Outcome<IncomingResponse> {
    response.subscribe().block();
    response.get().expect("ready").expect("asked once")
}

/// Reads a response to its end.
fn read_all(origin: &str) -> Got {
    let response = fetch(origin).expect("a response");
    let body = response.consume().expect("the first body");
    let stream = body.stream().expect("the first stream");
    let mut bytes = 0;
    loop {
        match stream.blocking_read(1 << 16) {
            Ok(piece) => bytes += piece.len(),
            Err(StreamError::Closed) => return format!("{bytes} bytes"),
            Err(StreamError::LastOperationFailed(error)) => return error.to_debug_string(),
        }
    }
}

/// Writes a body until nobody takes it any more. Returns what became of the request.
fn endless_body(origin: &str) -> Got {
    let request = request(&Method::Post, origin);
    let body = request.body().expect("the first body");
    let response = handle(request, None).expect("a request");
    let stream = body.write().expect("the first stream");
    while stream.blocking_write_and_flush(&[b'x'; 4096]).is_ok() {}
    format!("{:?}", head(&response).map(|it| it.status()))
}
