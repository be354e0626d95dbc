//! Requests by `wasi:http`.

use std::time::Duration;

use wasip2::http::outgoing_handler::handle;
use wasip2::http::types::{
    ErrorCode, Fields, IncomingBody, IncomingResponse, Method, OutgoingBody, OutgoingRequest,
    RequestOptions, Scheme, http_error_code,
};
use wasip2::io::streams::{InputStream, StreamError};

use super::error::Error;
use super::request::Request;
use super::response::Response;
use super::url::Url;

/// How much of a body is handed over at a time: 4 KiB, the most that a blocking write takes.
const WRITTEN: usize = 4 << 10;
/// How much of a body is asked for at a time: 64 KiB.
const READ: u64 = 64 << 10;

pub(super) fn send(request: &Request) -> Result<Response, Error> {
    let url = Url::parse(request.url())?;
    let answer = begin(request, &url).and_then(|response| read(&response));
    match answer {
        Ok(response) => Ok(response.of(request.url())),
        Err(failure) => Err(failure.of(request.url(), &url)),
    }
}

/// Why a request failed, before it is known what for.
enum Failure {
    Refused(String),
    Code(ErrorCode),
}

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Self {
        Self::Code(code)
    }
}

/// What only a fault of this module or of the host can bring about.
fn broken(what: &str) -> Failure {
    Failure::Code(ErrorCode::InternalError(Some(what.to_owned())))
}

impl Failure {
    fn of(self, url: &str, parts: &Url<'_>) -> Error {
        let url = url.to_owned();
        match self {
            Self::Refused(why) => Error::Invalid { why },
            Self::Code(ErrorCode::HttpRequestDenied) => Error::Denied {
                origin: parts.origin(),
            },
            Self::Code(code) if is_temporary(&code) => Error::Unavailable {
                url,
                why: told(code),
            },
            Self::Code(code) => Error::Failed {
                url,
                why: told(code),
            },
        }
    }
}

fn is_temporary(code: &ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::DnsTimeout
            | ErrorCode::DnsError(_)
            | ErrorCode::DestinationUnavailable
            | ErrorCode::ConnectionRefused
            | ErrorCode::ConnectionTerminated
            | ErrorCode::ConnectionTimeout
            | ErrorCode::ConnectionReadTimeout
            | ErrorCode::ConnectionWriteTimeout
            | ErrorCode::ConnectionLimitReached
            | ErrorCode::HttpResponseIncomplete
            | ErrorCode::HttpResponseTimeout
    )
}

fn told(code: ErrorCode) -> String {
    match code {
        ErrorCode::InternalError(Some(why)) => why,
        code => format!("{code:?}"),
    }
}

fn begin(request: &Request, url: &Url<'_>) -> Result<IncomingResponse, Failure> {
    let headers = Fields::new();
    for (name, value) in request.headers() {
        headers.append(name, value.as_bytes()).map_err(|error| {
            Failure::Refused(format!("the header {name} is refused: {error:?}"))
        })?;
    }
    let outgoing = OutgoingRequest::new(headers);
    let scheme = if url.is_https {
        Scheme::Https
    } else {
        Scheme::Http
    };
    outgoing
        .set_method(&method(request.method()))
        .and(outgoing.set_scheme(Some(&scheme)))
        .and(outgoing.set_authority(Some(url.authority)))
        .and(outgoing.set_path_with_query(Some(url.path)))
        .map_err(|()| {
            let (method, url) = (request.method(), request.url());
            Failure::Refused(format!("`{method} {url}` can't be requested"))
        })?;
    let body = outgoing.body().map_err(|()| broken("there is no body"))?;
    let response = handle(outgoing, options(request.patience()))?;
    write(body, request.bytes())?;
    response.subscribe().block();
    let response = response
        .get()
        .ok_or_else(|| broken("there is no response"))?;
    Ok(response.map_err(|()| broken("the response was taken"))??)
}

fn method(name: &str) -> Method {
    match name {
        "GET" => Method::Get,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "DELETE" => Method::Delete,
        "PATCH" => Method::Patch,
        "HEAD" => Method::Head,
        other => Method::Other(other.to_owned()),
    }
}

fn options(timeout: Option<Duration>) -> Option<RequestOptions> {
    let timeout = timeout?.as_nanos().try_into().unwrap_or(u64::MAX);
    let options = RequestOptions::new();
    // A host that has no such option has its own patience.
    let _ = options.set_connect_timeout(Some(timeout));
    let _ = options.set_first_byte_timeout(Some(timeout));
    let _ = options.set_between_bytes_timeout(Some(timeout));
    Some(options)
}

fn write(body: OutgoingBody, bytes: &[u8]) -> Result<(), Failure> {
    let stream = body.write().map_err(|()| broken("the body is taken"))?;
    for piece in bytes.chunks(WRITTEN) {
        // The response tells why.
        if stream.blocking_write_and_flush(piece).is_err() {
            return Ok(());
        }
    }
    drop(stream);
    Ok(OutgoingBody::finish(body, None)?)
}

fn read(response: &IncomingResponse) -> Result<Response, Failure> {
    let headers = response.headers().entries().into_iter();
    let headers: Vec<_> = headers
        .filter_map(|(name, value)| Some((name, String::from_utf8(value).ok()?)))
        .collect();
    let incoming = response
        .consume()
        .map_err(|()| broken("the body is taken"))?;
    let stream = incoming
        .stream()
        .map_err(|()| broken("the body is taken"))?;
    let body = read_all(&stream)?;
    drop(stream);
    // Nobody asks for what comes behind the body.
    drop(IncomingBody::finish(incoming));
    let answer = Response::new(response.status(), body);
    Ok(headers.into_iter().fold(answer, |answer, (name, value)| {
        answer.with_header(name, value)
    }))
}

fn read_all(stream: &InputStream) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    loop {
        match stream.blocking_read(READ) {
            Ok(piece) => body.extend(piece),
            Err(StreamError::Closed) => return Ok(body),
            Err(StreamError::LastOperationFailed(error)) => {
                let code = http_error_code(&error);
                let code =
                    code.unwrap_or_else(|| ErrorCode::InternalError(Some(error.to_debug_string())));
                return Err(code.into());
            }
        }
    }
}
