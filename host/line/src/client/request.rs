//! Sending one request, again where that is safe, and reading its answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use uuid::Uuid;

use super::api::ApiAnswer;
use super::token::Token;
use super::{Client, Connection, Platform};
use crate::Error;
use crate::error::{Answer, Detail, ErrorKind};
use crate::lenient::{lenient, readable};
use crate::operation::{Endpoint, Operation, Rate, Repeat, Server, USUAL_RATE};

/// How often a request is made at most. Each counts against LINE's rate limit.
const ATTEMPTS: u32 = 3;

/// The pause before the second attempt; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// The largest answer that is read at once: 4 MiB. LINE's largest is a list of 1,000 rich menus,
/// which may have 20 areas each; with a dozen of ordinary ones they are 2 MB.
const ANSWER_LIMIT: usize = 4 << 20;

/// What is known of an operation that is not known.
static OTHER: Endpoint = Endpoint {
    id: "line-api",
    method: Method::GET,
    server: Server::Api,
    path: "",
    rate: USUAL_RATE,
    repeat: Repeat::Unsent,
};

/// The longest piece of an answer that is not LINE's JSON that goes into an error message.
const EXCERPT: usize = 200;

/// The longest piece of LINE's message that is logged, in bytes: a page has some more.
const LOGGED_ERROR: usize = 1_000;

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

/// A request to LINE, while it is put together and made.
pub(super) struct Request<'a> {
    connection: &'a Connection,
    /// Requests for a token have none.
    token: Option<&'a Token>,
    /// LINE's name of the operation.
    operation: &'static str,
    method: Method,
    server: Server,
    rate: Rate,
    repeat: Repeat,
    path: String,
    query: Vec<(&'static str, String)>,
    /// The body of a request for a token.
    form: Vec<(&'static str, SecretString)>,
    headers: HeaderMap,
    /// Written once, however often the request is made.
    body: Option<Bytes>,
    /// How long the whole answer may take, unless it streams.
    timeout: Duration,
    /// Whether the answer is read piece by piece, each in its time.
    streams: bool,
}

/// LINE's error body. Some errors leave `details` out; those about tokens have the other two
/// fields. Each is taken as it comes, so that one odd value does not cost the others.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    #[serde(deserialize_with = "lenient")]
    message: Option<String>,
    #[serde(deserialize_with = "readable")]
    details: Vec<Detail>,
    #[serde(deserialize_with = "lenient")]
    error: Option<String>,
    #[serde(deserialize_with = "lenient")]
    error_description: Option<String>,
}

impl ErrorBody {
    fn message(self) -> String {
        let Self {
            message,
            error,
            error_description,
            ..
        } = self;
        match (message, error, error_description) {
            (Some(message), ..) if !message.is_empty() => message,
            (_, Some(error), Some(description)) => format!("{error}: {description}"),
            (_, error, description) => error.or(description).unwrap_or_default(),
        }
    }
}

impl Client {
    /// A request for an operation, with the channel's access token.
    pub(super) fn request(&self, operation: Operation) -> Request<'_> {
        Request {
            token: Some(&self.token),
            ..self.connection.request(operation)
        }
    }

    /// A request for any operation, known or not, with the channel's access token. What it changes
    /// is not known, so only a GET is made again.
    pub(super) fn request_for(
        &self,
        operation: Option<Operation>,
        method: Method,
        path: String,
    ) -> Request<'_> {
        let endpoint = operation.map_or(&OTHER, Operation::endpoint);
        let repeat = match method {
            Method::GET => Repeat::Safely,
            _ => Repeat::Unsent,
        };
        Request {
            token: Some(&self.token),
            method,
            path,
            repeat,
            ..self.connection.request_to(endpoint)
        }
    }
}

impl Connection {
    /// A request for an operation that takes no access token.
    pub(super) fn request(&self, operation: Operation) -> Request<'_> {
        self.request_to(operation.endpoint())
    }

    fn request_to(&self, endpoint: &Endpoint) -> Request<'_> {
        Request {
            connection: self,
            token: None,
            operation: endpoint.id,
            method: endpoint.method.clone(),
            server: endpoint.server,
            rate: endpoint.rate,
            repeat: endpoint.repeat,
            path: endpoint.path.to_owned(),
            query: Vec::new(),
            form: Vec::new(),
            headers: HeaderMap::new(),
            body: None,
            timeout: self.platform.settings.timeout,
            streams: false,
        }
    }
}

impl Request<'_> {
    /// Puts an id into the place of the path's next parameter.
    pub(super) fn id(mut self, argument: &'static str, id: &str) -> Result<Self, Error> {
        let id = path_segment(argument, id)?;
        let parameter = self.path.find('{').zip(self.path.find('}'));
        if let Some((start, end)) = parameter {
            self.path.replace_range(start..=end, id);
        }
        Ok(self)
    }

    /// Adds a parameter to the query, if there is one.
    pub(super) fn query(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        if let Some(value) = value {
            self.query.push((name, value.to_string()));
        }
        self
    }

    /// Adds a field to the form that is the body.
    pub(super) fn form(mut self, name: &'static str, value: impl Into<SecretString>) -> Self {
        self.form.push((name, value.into()));
        self
    }

    pub(super) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// LINE takes a request once for each key, for 24 hours.
    pub(super) fn retry_key(self, key: Uuid) -> Result<Self, Error> {
        const RETRY_KEY: HeaderName = HeaderName::from_static("x-line-retry-key");
        let key = HeaderValue::try_from(key.to_string());
        let key = key.map_err(|error| bad_argument("retry key", &error))?;
        Ok(self.header(RETRY_KEY, key))
    }

    pub(super) fn json(self, body: &impl Serialize) -> Result<Self, Error> {
        let body = serde_json::to_vec(body).map_err(|error| bad_argument("body", &error))?;
        let json = HeaderValue::from_static("application/json");
        Ok(self.body(json, body.into()))
    }

    pub(super) fn body(mut self, content_type: HeaderValue, body: Bytes) -> Self {
        self.body = Some(body);
        self.header(CONTENT_TYPE, content_type)
    }

    /// Waits three times as long as usual for the answer: 30 s of the usual 10 s, which LINE advises
    /// where it works through many ids.
    pub(super) fn patiently(mut self) -> Self {
        self.timeout *= 3;
        self
    }

    /// Makes the request, and takes its JSON answer.
    pub(super) async fn answer<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.make(read_json).await
    }

    /// Makes the request, and takes its JSON answer and what [`Request::id_if_told`] takes.
    pub(super) async fn answer_and_id<T: DeserializeOwned>(self) -> Result<(T, String), Error> {
        self.make(|operation, response| async move {
            let id = accepted_id(&response);
            Ok((read_json(operation, response).await?, id))
        })
        .await
    }

    /// Makes the request, and takes LINE's id of it, by which LINE tells what came of it; empty if
    /// LINE tells none, for what it took, it took. Of a request that LINE took already, the id of that
    /// one.
    pub(super) async fn id_if_told(self) -> Result<String, Error> {
        self.make(async |_, response| Ok(accepted_id(&response)))
            .await
    }

    /// Makes the request, whose answer says nothing but that it succeeded.
    pub(super) async fn done(self) -> Result<(), Error> {
        self.make(async |_, _| Ok(())).await
    }

    /// Makes the request, and takes its answer as it is: at most `limit` bytes.
    pub(super) async fn whole(self, limit: usize) -> Result<ApiAnswer, Error> {
        self.make(|operation, response| async move {
            Ok(ApiAnswer {
                status: response.status().as_u16(),
                content_type: header(&response, CONTENT_TYPE.as_str()),
                request_id: request_id(&response),
                body: read_body(operation, response, limit).await?,
            })
        })
        .await
    }

    /// Makes the request, and leaves its answer to be read piece by piece.
    pub(super) async fn stream(mut self) -> Result<Response, Error> {
        self.streams = true;
        self.make(async |_, response| Ok(response)).await
    }

    /// Makes the request, and reads its answer, until that succeeds or must not be tried again.
    async fn make<T, F: Future<Output = Result<T, Error>>>(
        self,
        read: impl Fn(&'static str, Response) -> F,
    ) -> Result<T, Error> {
        let Self {
            operation, repeat, ..
        } = self;
        let mut attempt = 1;
        let mut replaced = false;
        let mut earlier = None;
        loop {
            // An earlier attempt may have reached LINE: what became of it is what counts.
            let token = match self.admit().await {
                Ok(token) => token,
                Err(error) => return Err(earlier.unwrap_or(error)),
            };
            let started = Instant::now();
            let result = match self.send(token.as_deref()).await {
                Ok(response) if repeat.succeeded(response.status()) => {
                    trace_answer(operation, attempt, started, &response);
                    read(operation, response).await
                }
                Ok(response) => {
                    let refused = response.status() == StatusCode::UNAUTHORIZED;
                    let answer = error_answer(operation, response).await;
                    if self.connection.failures.passes(1) {
                        trace_error(attempt, started, &answer);
                    }
                    // LINE did nothing, so this is no further attempt.
                    if refused && !replaced && self.replaces(token.as_ref()) {
                        replaced = true;
                        continue;
                    }
                    Err(Error::Answer(Box::new(answer)))
                }
                Err(source) => {
                    if self.connection.failures.passes(1) {
                        trace_no_answer(operation, attempt, started, &source);
                    }
                    Err(no_answer(operation, source))
                }
            };
            match result {
                Err(error) if attempt < ATTEMPTS && repeat.helps(&error) => {
                    tokio::time::sleep(pause(attempt)).await;
                    earlier = Some(error);
                    attempt += 1;
                }
                Err(error) => {
                    if error.kind() == ErrorKind::QuotaExceeded {
                        self.connection.quota_spent.notify_one();
                    }
                    return Err(error);
                }
                Ok(answer) => return Ok(answer),
            }
        }
    }

    /// Waits for what a request needs before it may be sent: a token, and its turn.
    async fn admit(&self) -> Result<Option<Arc<SecretString>>, Error> {
        let token = match self.token {
            Some(token) => Some(token.current().await?),
            None => None,
        };
        let rates = &self.connection.rates;
        rates.admit(self.operation, self.rate).await?;
        Ok(token)
    }

    /// Whether there will be another token than this, which LINE refused.
    fn replaces(&self, refused: Option<&Arc<SecretString>>) -> bool {
        let pair = self.token.zip(refused);
        pair.is_some_and(|(token, refused)| token.replaces(refused))
    }

    /// Makes the request once.
    async fn send(&self, token: Option<&SecretString>) -> Result<Response, reqwest::Error> {
        let Platform {
            http,
            streams,
            settings,
            ..
        } = &*self.connection.platform;
        let base = match self.server {
            Server::Api => &settings.api_base,
            Server::DataApi => &settings.data_api_base,
            Server::Manager => &settings.manager_base,
        };
        let url = format!("{base}{}", self.path);
        let http = if self.streams { streams } else { http };
        let mut request = http
            .request(self.method.clone(), url)
            .headers(self.headers.clone());
        if let Some(token) = token {
            request = request.bearer_auth(token.expose_secret());
        }
        if !self.query.is_empty() {
            request = request.query(&self.query);
        }
        if !self.streams {
            request = request.timeout(self.timeout);
        }
        if let Some(body) = &self.body {
            request = request.body(body.clone());
        }
        let is_empty = self.body.as_ref().is_none_or(Bytes::is_empty) && self.form.is_empty();
        if is_empty && has_length(&self.method) {
            // Else it goes out without a length, and LINE's edge has answered 411 to that.
            request = request.header(CONTENT_LENGTH, 0);
        }
        if !self.form.is_empty() {
            let fields = self.form.iter();
            let fields = fields.map(|(name, value)| (name, value.expose_secret()));
            request = request.form(&fields.collect::<Vec<_>>());
        }
        request.send().await
    }
}

/// Whether a request with this method says how long its body is, also when it has none (RFC 9110,
/// section 8.6).
fn has_length(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT)
}

/// Doubles with each attempt, and spreads by half so that channels do not come back in step.
fn pause(attempt: u32) -> Duration {
    let base = FIRST_PAUSE * 2_u32.pow(attempt - 1);
    base + base.mul_f64(fastrand::f64() / 2.0)
}

/// LINE asks to keep what it needs to look into a request (LINE documentation, "Development
/// guidelines"): the operation, the status and the request id. Not the URL, which may hold a user's
/// id.
fn trace_answer(operation: &str, attempt: u32, started: Instant, response: &Response) {
    let took_ms = since(started);
    let status = response.status().as_u16();
    let request_id = request_id(response);
    tracing::debug!(
        operation,
        attempt,
        took_ms,
        status,
        request_id,
        "LINE answered"
    );
}

/// The same of an error, with what LINE says of it.
fn trace_error(attempt: u32, started: Instant, answer: &Answer) {
    let took_ms = since(started);
    let mut why = answer.told();
    if why.len() > LOGGED_ERROR {
        why.truncate(why.floor_char_boundary(LOGGED_ERROR));
        why.push('…');
    }
    let Answer {
        operation,
        status,
        request_id,
        ..
    } = answer;
    tracing::warn!(
        operation,
        attempt,
        took_ms,
        status,
        request_id,
        why,
        "LINE answered an error"
    );
}

fn trace_no_answer(operation: &str, attempt: u32, started: Instant, error: &reqwest::Error) {
    let took_ms = since(started);
    tracing::warn!(
        operation,
        attempt,
        took_ms,
        timeout = error.is_timeout(),
        connect = error.is_connect(),
        "LINE did not answer"
    );
}

/// How long ago, in milliseconds with one decimal.
fn since(started: Instant) -> f64 {
    (started.elapsed().as_secs_f64() * 10_000.0).round() / 10.0
}

fn request_id(response: &Response) -> Option<String> {
    header(response, "x-line-request-id")
}

fn accepted_id(response: &Response) -> String {
    let id = header(response, "x-line-accepted-request-id");
    id.or_else(|| request_id(response)).unwrap_or_default()
}

fn header(response: &Response, name: &str) -> Option<String> {
    let value = response.headers().get(name)?;
    value.to_str().ok().map(str::to_owned)
}

/// What was asked for, or nothing where LINE says that there is none.
pub(super) fn if_any<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}

/// Turns an error answer into an error, whatever its body is: some come from LINE's edge as HTML.
async fn error_answer(operation: &'static str, response: Response) -> Answer {
    let status = response.status().as_u16();
    let request_id = request_id(&response);
    let body = read_body(operation, response, ANSWER_LIMIT).await;
    let body = body.unwrap_or_default();
    let mut body = serde_json::from_slice(&body).unwrap_or_else(|_| ErrorBody {
        message: Some(excerpt(&body)),
        ..ErrorBody::default()
    });
    Answer {
        operation,
        status,
        details: std::mem::take(&mut body.details),
        message: body.message(),
        request_id,
    }
}

/// Reads a JSON answer.
async fn read_json<T: DeserializeOwned>(
    operation: &'static str,
    response: Response,
) -> Result<T, Error> {
    let request_id = request_id(&response);
    let body = read_body(operation, response, ANSWER_LIMIT).await?;
    serde_json::from_slice(&body).map_err(|error| match error.classify() {
        Category::Data => Error::Unreadable {
            operation,
            // Without the answer itself, which may have a token in it.
            reason: error.to_string(),
            request_id,
        },
        Category::Io | Category::Syntax | Category::Eof => Error::NotJson {
            operation,
            excerpt: excerpt(&body),
            request_id,
        },
    })
}

/// Reads an answer of at most `limit` bytes.
async fn read_body(
    operation: &'static str,
    mut response: Response,
    limit: usize,
) -> Result<Vec<u8>, Error> {
    let request_id = request_id(&response);
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|source| no_answer(operation, source))?
    {
        body.extend_from_slice(&chunk);
        if body.len() > limit {
            return Err(Error::Unreadable {
                operation,
                reason: format!("it is longer than {limit} bytes"),
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

/// Checks that there is somebody to call LINE about.
pub(super) fn not_empty<'a>(argument: &'static str, id: &'a str) -> Result<&'a str, Error> {
    if id.is_empty() {
        return Err(bad_argument(argument, &"it is empty"));
    }
    Ok(id)
}

/// The same of each of some ids, of which there is one at least.
pub(super) fn not_empty_ids<'a>(
    argument: &'static str,
    ids: &'a [String],
) -> Result<&'a [String], Error> {
    if ids.is_empty() {
        return Err(bad_argument(argument, &"it is empty"));
    }
    if let Some(index) = ids.iter().position(String::is_empty) {
        let why = format!("its element {index} is empty");
        return Err(bad_argument(argument, &why));
    }
    Ok(ids)
}

pub(super) fn bad_argument(argument: &'static str, reason: &dyn std::fmt::Display) -> Error {
    let reason = reason.to_string();
    Error::Argument { argument, reason }
}
