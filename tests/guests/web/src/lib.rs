//! Makes the requests to the web that the tests tell it, with ordinary bindings to `wasi:http`.

#![allow(
    clippy::expect_used,
    reason = "a broken promise of the host fails the test"
)]

#[path = "../../full_memory.rs"]
mod full_memory;

use botbox_sdk::prelude::*;
use wasip2::http::outgoing_handler::handle;
use wasip2::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, IncomingBody, Method, OutgoingBody, OutgoingRequest,
    RequestOptions, Scheme, http_error_code,
};
use wasip2::io::streams::{OutputStream, StreamError};

use self::full_memory::fill_memory;

bot!(obey);

/// What came of a request.
struct Answer {
    status: u16,
    location: Option<String>,
    body: Vec<u8>,
}

type Outcome<T> = core::result::Result<T, ErrorCode>;

fn obey(event: Event) -> Result {
    let words: Vec<_> = event.text().unwrap_or_default().split(' ').collect();
    let said = match words[..] {
        ["crowded", "get", url] => {
            fill_memory();
            let held = [16 << 10, 1 << 10].map(hoard_bodies);
            let said = shown(fetch(Method::Get, url, None));
            drop(held);
            said
        }
        ["crowded", "bodies"] => {
            fill_memory();
            hoard_bodies(16 << 10).0
        }
        ["get", url] => shown(fetch(Method::Get, url, None)),
        ["send", method, url] => shown(fetch(Method::Other(method.to_owned()), url, None)),
        ["long-method", length, url] => {
            let method = Method::Other("X".repeat(length.parse()?));
            shown(fetch(method, url, None))
        }
        ["post", size, url] => shown(fetch(Method::Post, url, Some(size.parse()?))),
        ["follow", url] => shown(
            fetch(Method::Get, url, None)
                .and_then(|answer| fetch(Method::Get, &answer.location.unwrap_or_default(), None)),
        ),
        ["patience", milliseconds, url] => {
            let options = RequestOptions::new();
            let nanoseconds = milliseconds.parse::<u64>()? * 1_000_000;
            let _ = options.set_connect_timeout(Some(nanoseconds));
            let _ = options.set_first_byte_timeout(Some(nanoseconds));
            let _ = options.set_between_bytes_timeout(Some(nanoseconds));
            shown(begin(Method::Get, url, None, Some(options)).and_then(finish))
        }
        ["open", count, url] => {
            let begin = |_| begin(Method::Get, url, None, None).and_then(head);
            let opened: Vec<_> = (0..count.parse()?).map(begin).collect();
            let failed = opened.iter().find_map(|it| it.as_ref().err());
            let open = opened.iter().filter(|it| it.is_ok()).count();
            format!("{open} open, {failed:?}")
        }
        ["repeat", count, url] => {
            let outcomes = (0..count.parse()?).map(|_| fetch(Method::Get, url, None));
            let outcomes: Vec<_> = outcomes.collect();
            let done = outcomes.iter().filter(|it| it.is_ok()).count();
            format!(
                "{done} done, {:?}",
                outcomes.into_iter().find_map(Outcome::err)
            )
        }
        ["header", name, value] => {
            let added = Fields::new().append(name, value.as_bytes());
            format!("{added:?}")
        }
        ref other => format!("{other:?}"),
    };
    reply(said)?;
    Ok(())
}

/// A body that is not sent.
type Unsent = (OutputStream, OutgoingBody, OutgoingRequest);

/// Writes so many bytes into each of many bodies that are not sent, until that is refused. Returns why,
/// with what it holds.
fn hoard_bodies(size: usize) -> (String, Vec<Unsent>) {
    let mut held = Vec::new();
    loop {
        let request = OutgoingRequest::new(Fields::new());
        let body = request.body().expect("the first body");
        let stream = body.write().expect("the first stream");
        let why = match stream.write(&vec![b'x'; size]) {
            Ok(()) if held.len() < 50 => {
                held.push((stream, body, request));
                continue;
            }
            Ok(()) => String::from("50 bodies"),
            Err(StreamError::LastOperationFailed(error)) => error.to_debug_string(),
            Err(StreamError::Closed) => String::from("closed"),
        };
        return (why, held);
    }
}

fn shown(outcome: Outcome<Answer>) -> String {
    match outcome {
        Ok(Answer { status, body, .. }) => {
            let text = String::from_utf8_lossy(&body[..body.len().min(100)]);
            format!("{status} {} {text}", body.len())
        }
        Err(error) => format!("{error:?}"),
    }
}

fn fetch(method: Method, url: &str, body: Option<usize>) -> Outcome<Answer> {
    begin(method, url, body, None).and_then(finish)
}

/// Sends a request, with a body of so many bytes.
fn begin(
    method: Method,
    url: &str,
    body: Option<usize>,
    options: Option<RequestOptions>,
) -> Outcome<FutureIncomingResponse> {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let path = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(path);
    let scheme = match scheme {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        other => Scheme::Other(other.to_owned()),
    };
    let request = OutgoingRequest::new(Fields::new());
    let set = request
        .set_method(&method)
        .and(request.set_scheme(Some(&scheme)))
        .and(request.set_authority(Some(authority)))
        .and(request.set_path_with_query(Some(path)));
    if set.is_err() {
        return Err(ErrorCode::InternalError(Some(String::from("refused part"))));
    }
    let Some(mut left) = body else {
        return handle(request, options);
    };
    let body = request.body().expect("the first body");
    let response = handle(request, options)?;
    let stream = body.write().expect("the first stream");
    while left > 0 {
        let piece = left.min(4096);
        // The response tells why.
        if stream.blocking_write_and_flush(&vec![b'x'; piece]).is_err() {
            return Ok(response);
        }
        left -= piece;
    }
    drop(stream);
    OutgoingBody::finish(body, None)?;
    Ok(response)
}

/// The head of the response, with what keeps it open.
fn head(response: FutureIncomingResponse) -> Outcome<wasip2::http::types::IncomingResponse> {
    response.subscribe().block();
    response.get().expect("ready").expect("asked once")
}

fn finish(response: FutureIncomingResponse) -> Outcome<Answer> {
    let response = head(response)?;
    let location = response.headers().get("location").into_iter().next();
    let incoming = response.consume().expect("the first body");
    let stream = incoming.stream().expect("the first stream");
    let mut body = Vec::new();
    loop {
        match stream.blocking_read(1 << 16) {
            Ok(piece) => body.extend(piece),
            Err(StreamError::Closed) => break,
            Err(StreamError::LastOperationFailed(error)) => {
                let text = || ErrorCode::InternalError(Some(error.to_debug_string()));
                return Err(http_error_code(&error).unwrap_or_else(text));
            }
        }
    }
    drop(stream);
    drop(IncomingBody::finish(incoming));
    Ok(Answer {
        status: response.status(),
        location: location.map(|it| String::from_utf8_lossy(&it).into_owned()),
        body,
    })
}
