//! Making a request, again where that is safe.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::CONTENT_LENGTH;
use reqwest::{Method, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use tracing::field::{Empty, display};
use tracing::{Instrument, trace_span};

use super::authorization::Authorization;
use super::platform::Platform;
use super::request::Request;
use super::response::{
    RawResponse, accepted_request_id, error_response, no_response, read_json, read_raw,
};
use super::room::Room;
use super::trace;
use crate::TRACE_TARGET;
use crate::error::{Error, ErrorKind};
use crate::operation::Repeat;

/// How often a request is made at most. Each counts against LINE's rate limit.
const ATTEMPTS: u32 = 3;

/// The pause before the second attempt; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

impl<A: Authorization> Request<'_, A> {
    /// Makes the request, and takes no more of its response than that it succeeded.
    pub(crate) async fn send(self) -> Result<(), Error> {
        self.make(async |_, _, _| Ok(())).await
    }

    /// Makes the request, and reads its response as JSON.
    pub(crate) async fn receive<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.make(read_json).await
    }

    /// Makes the request, and returns LINE's id of it, by which LINE tells what came of it. Of a request
    /// that LINE took already, the id of that one. Empty if LINE tells none: what it took, it took.
    pub(crate) async fn receive_id(self) -> Result<String, Error> {
        self.make(async |_, response, _| Ok(accepted_request_id(&response)))
            .await
    }

    /// Both [`receive`](Self::receive) and [`receive_id`](Self::receive_id).
    pub(crate) async fn receive_with_id<T: DeserializeOwned>(self) -> Result<(T, String), Error> {
        self.make(|operation, response, room| async move {
            let id = accepted_request_id(&response);
            Ok((read_json(operation, response, room).await?, id))
        })
        .await
    }

    /// Makes the request, and takes its response as it is: at most `limit` bytes.
    pub(crate) async fn receive_raw(self, limit: usize) -> Result<RawResponse, Error> {
        self.make(|operation, response, room| read_raw(operation, response, room, limit))
            .await
    }

    /// Makes the request, and leaves its response to be read piece by piece.
    pub(crate) async fn receive_stream(mut self) -> Result<Response, Error> {
        self.streams = true;
        self.make(async |_, response, _| Ok(response)).await
    }

    /// Makes the request, and has who records it hear what came of it.
    async fn make<T, F: Future<Output = Result<T, Error>>>(
        self,
        read: impl Fn(&'static str, Response, Room) -> F,
    ) -> Result<T, Error> {
        let made = self.make_until_final(read).await;
        if let Some(recorder) = self.recorder {
            let path = self.path_and_query();
            recorder.record(self.method.as_str(), path, self.body.as_ref(), made.is_ok());
        }
        made
    }

    fn path_and_query(&self) -> String {
        let mut path = self.path.clone();
        for (number, (name, value)) in self.query.iter().enumerate() {
            path.push(if number == 0 { '?' } else { '&' });
            path.push_str(name);
            path.push('=');
            path.push_str(value);
        }
        path
    }

    /// Makes the request, and reads its response, until that succeeds or must not be tried again.
    async fn make_until_final<T, F: Future<Output = Result<T, Error>>>(
        &self,
        read: impl Fn(&'static str, Response, Room) -> F,
    ) -> Result<T, Error> {
        let bytes = self.body.as_ref().map_or(0, Bytes::len);
        self.room.take_for_request(bytes)?;
        let mut attempt = 1;
        let mut replaced = false;
        // Why it is not known what came of an earlier attempt.
        let mut unknown = None;
        loop {
            let token = match self.admit().await {
                Ok(token) => token,
                Err(error) => return Err(self.repeat.final_error(unknown, error)),
            };
            let span = trace_span!(
                target: TRACE_TARGET,
                "LINE",
                operation = self.operation,
                attempt,
                error = Empty
            );
            let made = self.attempt(attempt, token.as_deref(), &read);
            let error = match made.instrument(span.clone()).await {
                Ok(result) => return Ok(result),
                Err(error) => error,
            };
            span.record("error", display(&error));
            drop(span);
            // LINE did nothing, so what follows is no further attempt.
            if !replaced && is_unauthorized(&error) && self.replaces(token.as_ref()) {
                replaced = true;
                continue;
            }
            if attempt == ATTEMPTS || !self.repeat.helps(&error) {
                if error.kind() == ErrorKind::QuotaExceeded {
                    self.connection.quota_spent.notify_one();
                }
                return Err(self.repeat.final_error(unknown, error));
            }
            tokio::time::sleep(pause(attempt)).await;
            if !error.is_refusal() {
                unknown = Some(error);
            }
            attempt += 1;
        }
    }

    /// Waits for what a request needs before it may be sent: a token, and its turn.
    async fn admit(&self) -> Result<Option<Arc<SecretString>>, Error> {
        let token = self.authorization.token().await?;
        let rates = &self.connection.rates;
        rates.admit(self.operation, self.rate).await?;
        Ok(token)
    }

    /// Whether there will be another token than this, which LINE refused.
    fn replaces(&self, refused: Option<&Arc<SecretString>>) -> bool {
        refused.is_some_and(|refused| self.authorization.replaces(refused))
    }

    /// Makes the request once, and reads its response.
    async fn attempt<T, F: Future<Output = Result<T, Error>>>(
        &self,
        attempt: u32,
        token: Option<&SecretString>,
        read: impl Fn(&'static str, Response, Room) -> F,
    ) -> Result<T, Error> {
        let Self {
            connection,
            operation,
            ..
        } = *self;
        let room = || self.room.clone();
        let started = Instant::now();
        match self.send_once(token).await {
            Ok(response) if self.repeat.succeeded(response.status()) => {
                trace::success(operation, attempt, started, &response);
                read(operation, response, room()).await
            }
            Ok(response) => {
                let error = error_response(operation, response, room()).await;
                if connection.failures.passes(1) {
                    trace::error(attempt, started, &error);
                }
                Err(Error::Response(Box::new(error)))
            }
            Err(source) => {
                if connection.failures.passes(1) {
                    trace::no_response(operation, attempt, started, &source);
                }
                Err(no_response(operation, source))
            }
        }
    }

    async fn send_once(&self, token: Option<&SecretString>) -> Result<Response, reqwest::Error> {
        let Platform {
            http,
            streams,
            settings,
            ..
        } = &*self.connection.platform;
        let url = format!("{}{}", settings.base(self.server), self.path);
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

impl Repeat {
    /// Whether a response with this status means that LINE took the request, now or before.
    fn succeeded(self, status: StatusCode) -> bool {
        status.is_success() || self == Self::WithKey && status == StatusCode::CONFLICT
    }

    /// Whether a request that failed so may be made again, and may then succeed.
    fn helps(self, error: &Error) -> bool {
        match error {
            Error::Response(response) => self != Self::Unsent && response.status >= 500,
            Error::NoResponse { .. } => self != Self::Unsent || error.is_unsent(),
            _ => false,
        }
    }

    /// Why a request failed whose last attempt failed with `last`, after one whose outcome is not known.
    /// A request that did not reach LINE says nothing of the earlier one, nor does a refusal of what has
    /// a retry key: LINE may check rate and token before the key. What only reads, or does the same
    /// again, has LINE's last answer.
    fn final_error(self, unknown: Option<Error>, last: Error) -> Error {
        let is_silent = last.is_unsent() || self == Self::WithKey && last.is_refusal();
        unknown.filter(|_| is_silent).unwrap_or(last)
    }
}

fn is_unauthorized(error: &Error) -> bool {
    matches!(error, Error::Response(response) if response.status == StatusCode::UNAUTHORIZED)
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
