//! Sending one request, again where that is safe, and reading its answer.

use std::time::{Duration, Instant};

use reqwest::{RequestBuilder, Response, StatusCode};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Client;
use crate::Error;
use crate::error::{Answer, Detail};

/// How often a request is made at most. Each counts against LINE's rate limit.
const ATTEMPTS: u32 = 3;

/// The pause before the second attempt; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// The largest JSON answer that is read. LINE's largest (a page of 1,000 user ids) is 40 KB.
const ANSWER_LIMIT: usize = 1 << 20;

/// The longest piece of an answer that is not LINE's JSON that goes into an error message.
const EXCERPT: usize = 200;

/// When a request may be made again (LINE documentation, "Retry failed API requests").
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Repeat {
    /// After a 5xx status or without an answer: the request changes nothing.
    Safely,
    /// The same, because the request has a retry key. LINE answers 409 when it took an earlier
    /// attempt, which is success.
    WithKey,
    /// Only while it certainly did not reach LINE.
    Unsent,
}

impl Repeat {
    fn succeeded(self, status: StatusCode) -> bool {
        status.is_success() || self == Self::WithKey && status == StatusCode::CONFLICT
    }

    fn helps(self, error: &Error) -> bool {
        match error {
            Error::Answer(answer) => self != Self::Unsent && answer.status >= 500,
            Error::NoAnswer { .. } => self != Self::Unsent || error.is_unsent(),
            _ => false,
        }
    }
}

/// LINE's error body. Some errors leave `details` out.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    message: String,
    details: Vec<Detail>,
}

impl Client {
    /// The JSON answer of a GET request to the API.
    pub(super) async fn get_json<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
    ) -> Result<T, Error> {
        let settings = &self.platform.settings;
        let url = format!("{}{path}", settings.api_base);
        let request = || self.request().get(&url).timeout(settings.timeout);
        self.call(operation, Repeat::Safely, request, read_json)
            .await
    }

    /// The HTTP client.
    pub(super) fn request(&self) -> &reqwest::Client {
        &self.platform.http
    }

    /// Makes a request, and reads its answer, until that succeeds or must not be tried again.
    pub(super) async fn call<T, F: Future<Output = Result<T, Error>>>(
        &self,
        operation: &'static str,
        repeat: Repeat,
        request: impl Fn() -> RequestBuilder,
        read: impl Fn(&'static str, Response) -> F,
    ) -> Result<T, Error> {
        let mut attempt = 1;
        loop {
            let started = Instant::now();
            let request = request().bearer_auth(self.access_token.expose_secret());
            let result = request.send().await;
            trace_call(operation, repeat, attempt, started, &result);
            let result = match result {
                Ok(response) if repeat.succeeded(response.status()) => {
                    read(operation, response).await
                }
                Ok(response) => Err(error_answer(operation, response).await),
                Err(source) => Err(no_answer(operation, source)),
            };
            match result {
                Err(error) if attempt < ATTEMPTS && repeat.helps(&error) => {
                    tokio::time::sleep(pause(attempt)).await;
                    attempt += 1;
                }
                result => return result,
            }
        }
    }
}

/// Doubles with each attempt, and spreads by half so that channels do not come back in step.
fn pause(attempt: u32) -> Duration {
    let base = FIRST_PAUSE * 2_u32.pow(attempt - 1);
    base + base.mul_f64(fastrand::f64() / 2.0)
}

/// LINE asks to keep what it needs to look into a request (LINE documentation, "Development
/// guidelines"): the operation, the status and the request id. Not the URL, which may hold a user's
/// id.
fn trace_call(
    operation: &str,
    repeat: Repeat,
    attempt: u32,
    started: Instant,
    result: &Result<Response, reqwest::Error>,
) {
    let milliseconds = started.elapsed().as_secs_f64() * 1_000.0;
    match result {
        Ok(response) => {
            let status = response.status().as_u16();
            let request_id = request_id(response);
            if repeat.succeeded(response.status()) {
                tracing::debug!(
                    operation,
                    attempt,
                    milliseconds,
                    status,
                    request_id,
                    "LINE answered"
                );
            } else {
                tracing::warn!(
                    operation,
                    attempt,
                    milliseconds,
                    status,
                    request_id,
                    "LINE answered an error"
                );
            }
        }
        Err(error) => tracing::warn!(
            operation,
            attempt,
            milliseconds,
            timeout = error.is_timeout(),
            connect = error.is_connect(),
            "LINE did not answer"
        ),
    }
}

pub(super) fn request_id(response: &Response) -> Option<String> {
    let id = response.headers().get("x-line-request-id")?;
    id.to_str().ok().map(str::to_owned)
}

/// Turns an error answer into an error, whatever its body is: some come from LINE's edge as HTML.
async fn error_answer(operation: &'static str, response: Response) -> Error {
    let status = response.status().as_u16();
    let request_id = request_id(&response);
    let body = read_body(operation, response).await.unwrap_or_default();
    let body = serde_json::from_slice(&body).unwrap_or_else(|_| ErrorBody {
        message: excerpt(&body),
        details: Vec::new(),
    });
    Error::Answer(Box::new(Answer {
        operation,
        status,
        message: body.message,
        details: body.details,
        request_id,
    }))
}

/// Reads a JSON answer.
pub(super) async fn read_json<T: DeserializeOwned>(
    operation: &'static str,
    response: Response,
) -> Result<T, Error> {
    let request_id = request_id(&response);
    let body = read_body(operation, response).await?;
    serde_json::from_slice(&body).map_err(|error| Error::Unreadable {
        operation,
        reason: format!("{error}, in {:?}", excerpt(&body)),
        request_id,
    })
}

async fn read_body(operation: &'static str, mut response: Response) -> Result<Vec<u8>, Error> {
    let request_id = request_id(&response);
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|source| no_answer(operation, source))?
    {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_LIMIT {
            return Err(Error::Unreadable {
                operation,
                reason: format!("it is longer than {ANSWER_LIMIT} bytes"),
                request_id,
            });
        }
    }
    Ok(body)
}

pub(super) fn no_answer(operation: &'static str, source: reqwest::Error) -> Error {
    Error::NoAnswer {
        operation,
        source: source.without_url(),
    }
}

fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(EXCERPT)]);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Checks that `id` can stand in a path: a plugin's argument must not reach another endpoint.
pub(super) fn path_segment<'a>(argument: &'static str, id: &'a str) -> Result<&'a str, Error> {
    const LONGEST: usize = 100;
    let reason = if id.is_empty() {
        String::from("it is empty")
    } else if id.len() > LONGEST {
        format!("it has {} bytes, more than {LONGEST}", id.len())
    } else if let Some(odd) = id
        .chars()
        .find(|c| !c.is_ascii_alphanumeric() && !"-_".contains(*c))
    {
        format!("it contains {odd:?}; LINE's ids have letters, digits, `-` and `_`")
    } else {
        return Ok(id);
    };
    Err(Error::Argument { argument, reason })
}
