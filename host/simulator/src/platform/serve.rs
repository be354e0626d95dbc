//! The way of one call: who calls, what is performed, what goes wrong on purpose, the record.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::future::Future;
use std::time::Instant;

use axum::body::to_bytes;
use axum::extract::connect_info::ConnectInfo;
use axum::extract::{Query, RawPathParams, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, post, put};
use axum::{Extension, Router};
use botbox_line::Operation;
use botbox_line::operation::Repeat;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::answer::{Answer, Refusal};
use crate::bots::Bot;
use crate::bots::log::{self, Times};
use crate::connection::AbortHandle;
use crate::faults::{Misbehaviour, Strike};
use crate::form::Form;
use crate::servers::Servers;
use crate::world::{Shared, World};
use crate::{clock, ids};

/// The largest request body, in bytes (LINE reference, "Status codes").
const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;

/// The largest body with a file, in bytes: 1,500,000 lines with an id each (LINE reference, "Create
/// audience for uploading user IDs (by file)").
const MAX_FILE_BYTES: usize = 60_000_000;

/// How much of a larger body is read before the call is refused. A client that is still writing
/// when the connection closes would not see why.
const MAX_READ_BYTES: usize = 32 * MAX_BODY_BYTES;

const RETRY_KEY: HeaderName = HeaderName::from_static("x-line-retry-key");

/// A call of a bot.
#[derive(Clone)]
pub(super) struct Call {
    /// Empty when an operation that is open to all does not say which bot it is for.
    pub(super) bot_id: String,
    pub(super) request_id: String,
    head: Parts,
    params: Vec<(String, String)>,
    body: Bytes,
    /// When it was accepted, in milliseconds since 1970.
    pub(super) time: u64,
    began: Instant,
}

/// How the bot that makes a call is identified.
#[derive(Clone, Copy)]
enum Access {
    /// By the access token that the call carries.
    Token,
    /// By what the call says, which the operation itself must check.
    Claim(Claim),
}

/// Finds the bot that a call claims to be from.
type Claim = fn(&World, &Call) -> Option<String>;

/// The route of an operation, which `perform` performs.
pub(super) fn operation<F, Fut>(operation: Operation, perform: F) -> Router<Shared>
where
    F: Fn(Shared, Call) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = Result<Answer, Refusal>> + Send,
{
    route(operation, Access::Token, perform)
}

/// The route of an operation that needs no access token.
pub(super) fn open_operation<F, Fut>(
    operation: Operation,
    claim: Claim,
    perform: F,
) -> Router<Shared>
where
    F: Fn(Shared, Call) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = Result<Answer, Refusal>> + Send,
{
    route(operation, Access::Claim(claim), perform)
}

fn route<F, Fut>(operation: Operation, access: Access, perform: F) -> Router<Shared>
where
    F: Fn(Shared, Call) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = Result<Answer, Refusal>> + Send,
{
    let handler = move |State(shared): State<Shared>,
                        Extension(servers): Extension<Servers>,
                        params: RawPathParams,
                        request: Request| {
        let params = params
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let params = params.collect();
        async move {
            if !servers.have(operation.endpoint().server, request.headers()) {
                return not_found(State(shared), request).await;
            }
            let limit = max_body_bytes(operation);
            let call = match Call::accept(&shared, request, params, limit, access).await {
                Ok(call) => call,
                Err(response) => return response,
            };
            serve(shared, operation, perform, call).await
        }
    };
    let endpoint = operation.endpoint();
    let route = match endpoint.method {
        Method::POST => post(handler),
        Method::PUT => put(handler),
        Method::DELETE => delete(handler),
        _ => get(handler),
    };
    Router::new().route(endpoint.path, route)
}

/// The handler of all that LINE does not offer, or not yet here.
pub(super) async fn not_found(State(shared): State<Shared>, request: Request) -> Response {
    let (params, access) = (Vec::new(), Access::Token);
    match Call::accept(&shared, request, params, MAX_BODY_BYTES, access).await {
        Ok(call) => {
            let answer = Answer::from(Refusal::NotFound);
            call.record(&shared, Some(&answer));
            answer.into_response(&call.request_id)
        }
        // Where there is nothing, it does not matter who asks.
        Err(_) => Answer::from(Refusal::NotFound).into_response(&ids::request()),
    }
}

fn max_body_bytes(operation: Operation) -> usize {
    match operation {
        Operation::CreateAudienceForUploadingUserIds | Operation::AddUserIdsToAudience => {
            MAX_FILE_BYTES
        }
        _ => MAX_BODY_BYTES,
    }
}

async fn serve<F, Fut>(shared: Shared, operation: Operation, perform: F, call: Call) -> Response
where
    F: Fn(Shared, Call) -> Fut,
    Fut: Future<Output = Result<Answer, Refusal>>,
{
    let busy = shared.busy();
    let right_answer = async {
        // LINE's edge has answered so where nothing told that there is no body.
        if !call.tells_length() {
            return Refusal::LengthRequired.into();
        }
        if !call.is_within_rate(&shared, operation) {
            return Refusal::RateLimit.into();
        }
        if call.retry_key().is_some() && operation.endpoint().repeat != Repeat::WithKey {
            return Refusal::UnsupportedRetryKey.into();
        }
        perform(shared.clone(), call.clone())
            .await
            .unwrap_or_else(Answer::from)
    };
    let strike = shared.world().faults.strike(&call.bot_id, operation);
    let Some(Strike {
        perform_first,
        misbehaviour,
    }) = strike
    else {
        let answer = right_answer.await;
        call.record(&shared, Some(&answer));
        return answer.into_response(&call.request_id);
    };
    match misbehaviour {
        Misbehaviour::Answer(answer) => {
            if perform_first {
                right_answer.await;
            }
            call.record(&shared, Some(&answer));
            answer.into_response(&call.request_id)
        }
        Misbehaviour::Hang => {
            if perform_first {
                right_answer.await;
            }
            call.record(&shared, None);
            drop(busy);
            shared.until_stopped().await;
            // Only the client's own patience or the end of the simulator ends this call.
            Answer::empty(StatusCode::SERVICE_UNAVAILABLE).into_response(&call.request_id)
        }
        Misbehaviour::Drop => {
            if perform_first {
                right_answer.await;
            }
            call.record(&shared, None);
            if let Some(ConnectInfo(abort)) = call.head.extensions.get() {
                let abort: &AbortHandle = abort;
                abort.abort();
            }
            // It is not written any more.
            Answer::empty(StatusCode::SERVICE_UNAVAILABLE).into_response(&call.request_id)
        }
        Misbehaviour::Truncate => {
            let answer = right_answer.await;
            call.record(&shared, Some(&answer));
            answer.into_truncated_response(&call.request_id)
        }
        Misbehaviour::Delay(delay) => {
            let pause = tokio::time::timeout(delay, shared.until_stopped());
            let answer = if perform_first {
                let answer = right_answer.await;
                let _ = pause.await;
                answer
            } else {
                let _ = pause.await;
                right_answer.await
            };
            call.record(&shared, Some(&answer));
            answer.into_response(&call.request_id)
        }
    }
}

impl Call {
    /// The call that `request` makes, or the response to one that is refused whatever it asks.
    async fn accept(
        shared: &Shared,
        request: Request,
        params: Vec<(String, String)>,
        max_body_bytes: usize,
        access: Access,
    ) -> Result<Self, Response> {
        let (head, body) = request.into_parts();
        let request_id = ids::request();
        let time = clock::now_ms(&shared.settings.clock);
        let bot_id = match access {
            Access::Token => authenticate(&shared.world(), &head.headers),
            Access::Claim(_) => Some(String::new()),
        };
        let Some(bot_id) = bot_id else {
            return Err(Answer::from(Refusal::Unauthorized).into_response(&request_id));
        };
        let mut call = Self {
            bot_id,
            request_id,
            head,
            params,
            body: Bytes::new(),
            time,
            began: Instant::now(),
        };
        // When the client broke off, nobody reads the answer.
        let body = to_bytes(body, MAX_READ_BYTES).await.ok();
        if let Some(body) = body.filter(|body| body.len() <= max_body_bytes) {
            call.body = body;
            if let Access::Claim(claim) = access {
                call.bot_id = claim(&shared.world(), &call).unwrap_or_default();
            }
            Ok(call)
        } else {
            let answer = Answer::from(Refusal::TooLarge);
            call.record(shared, Some(&answer));
            Err(answer.into_response(&call.request_id))
        }
    }

    /// A part of the path.
    pub(super) fn param(&self, name: &str) -> &str {
        let param = self.params.iter().find(|(known, _)| known == name);
        param.map_or("", |(_, value)| value)
    }

    /// The user that the path names.
    pub(super) fn user_id(&self) -> Result<&str, Refusal> {
        let user_id = self.param("userId");
        if ids::is_user(user_id) {
            Ok(user_id)
        } else {
            Err(Refusal::InvalidParameter("userId"))
        }
    }

    /// A parameter of the query; `None` when it is not given.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        self.queries(name).next()
    }

    /// All values of a parameter of the query that may be given several times.
    pub(super) fn queries(&self, name: &str) -> impl Iterator<Item = String> {
        let query = Query::<Vec<(String, String)>>::try_from_uri(&self.head.uri);
        let given = query.map(|Query(given)| given).unwrap_or_default();
        let named = move |(known, value): (String, String)| (known == name).then_some(value);
        given.into_iter().filter_map(named)
    }

    /// The type of the body; empty when it is not given.
    pub(super) fn content_type(&self) -> Cow<'_, str> {
        let content_type = self.head.headers.get(CONTENT_TYPE);
        content_type.map_or(Cow::Borrowed(""), |value| {
            String::from_utf8_lossy(value.as_bytes())
        })
    }

    pub(super) fn body(&self) -> &Bytes {
        &self.body
    }

    /// A header; `None` when it is not given or not ASCII.
    pub(super) fn header(&self, name: HeaderName) -> Option<&str> {
        self.head.headers.get(name)?.to_str().ok()
    }

    pub(super) fn retry_key(&self) -> Option<&[u8]> {
        self.head.headers.get(RETRY_KEY).map(HeaderValue::as_bytes)
    }

    /// The body, which must be JSON.
    pub(super) fn json(&self) -> Result<Value, Refusal> {
        self.expect_content_type("application/json")?;
        serde_json::from_slice(&self.body).map_err(|error| Refusal::NotJson {
            line: error.line(),
            column: error.column(),
        })
    }

    /// The query, or the body, which must be a form.
    pub(super) fn form(&self) -> Result<Form, Refusal> {
        if self.head.method == Method::GET {
            let query = self.head.uri.query().unwrap_or_default();
            return Ok(Form::parse(query.as_bytes()));
        }
        self.expect_content_type("application/x-www-form-urlencoded")?;
        Ok(Form::parse(&self.body))
    }

    /// The body, where none is an empty object.
    pub(super) fn optional_json(&self) -> Result<Value, Refusal> {
        if self.body.is_empty() {
            Ok(json!({}))
        } else {
            self.json()
        }
    }

    /// The bot that calls.
    pub(super) fn bot<'a>(&self, world: &'a mut World) -> Result<&'a mut Bot, Refusal> {
        world.bot_mut(&self.bot_id).ok_or(Refusal::Unauthorized)
    }

    fn expect_content_type(&self, expected: &str) -> Result<(), Refusal> {
        let content_type = self.content_type();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case(expected) {
            Ok(())
        } else {
            Err(Refusal::UnsupportedContentType(content_type.into_owned()))
        }
    }

    /// Whether the request says how long its body is, if it can have one.
    fn tells_length(&self) -> bool {
        let Parts {
            method, headers, ..
        } = &self.head;
        let can_have = *method == Method::POST || *method == Method::PUT;
        !can_have || headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING)
    }

    fn is_within_rate(&self, shared: &Shared, operation: Operation) -> bool {
        let mut world = shared.world();
        let bot = world.bot_mut(&self.bot_id);
        bot.is_none_or(|bot| !bot.settings.rate_limits || bot.rates.take(operation, self.time))
    }

    /// The headers that people can read, but for the one with the access token.
    fn headers(&self) -> BTreeMap<String, String> {
        let headers = self.head.headers.iter();
        let headers = headers.filter(|(name, _)| **name != AUTHORIZATION);
        headers
            .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
            .collect()
    }

    fn record(&self, shared: &Shared, answer: Option<&Answer>) {
        let took = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let times = Times {
            time: self.time,
            took,
        };
        let call = log::Call {
            method: self.head.method.to_string(),
            path: self.head.uri.to_string(),
            status: answer.map(|answer| answer.status.as_u16()),
            request_id: self.request_id.clone(),
            retry_key: self
                .retry_key()
                .map(|key| String::from_utf8_lossy(key).into_owned()),
            body: self.body.clone(),
            headers: self.headers(),
            answer: answer.map(readable).unwrap_or_default(),
        };
        if let Some(bot) = shared.world().bot_mut(&self.bot_id) {
            bot.log_call(times, call);
        }
    }
}

/// The body of an answer that people can read; contents and pictures are not logged.
fn readable(answer: &Answer) -> Bytes {
    let content_type = answer.headers.get(CONTENT_TYPE);
    let content_type = content_type.map_or(&b""[..], HeaderValue::as_bytes);
    if content_type.starts_with(b"application/json") || content_type.starts_with(b"text/") {
        answer.body.clone()
    } else {
        Bytes::new()
    }
}

/// The id of the bot whose access token the request carries.
fn authenticate(world: &World, headers: &HeaderMap) -> Option<String> {
    let token = headers
        .get(AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")?;
    world.bot_of_token(token).map(str::to_owned)
}
