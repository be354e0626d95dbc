//! Takes webhooks in (LINE reference, "Webhooks").
//!
//! LINE waits two seconds for the answer. So a webhook is checked and its events are written to the
//! journal; they run after the answer.

use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use botbox_line::error::with_causes;
use botbox_line::log_rate::LogRate;
use botbox_line::signature;
use botbox_line::webhook::{Callback, ParseError};
use botbox_store::{StoreError, StoreHealth};
use bytes::BytesMut;
use futures_util::StreamExt;
use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::channel::Channel;
use crate::channel::counters::Counter;
use crate::channel::directory::Directory;
use crate::dispatch::Dispatcher;
use crate::http::cut;

/// The largest body that is taken: 1 MiB. LINE does not tell its own limit; a hundred long texts
/// are a tenth of this.
const BODY_LIMIT: usize = 1 << 20;

/// How much of a body that is too large is read before the answer: a sender that still writes
/// might not see it otherwise.
const DRAIN_LIMIT: usize = 8 << 20;

/// How long a body may take. LINE gives up after 2 s.
const BODY_TIME: Duration = Duration::from_secs(5);

/// The largest body that is checked and parsed where it is read: 64 KiB, which takes a millisecond.
/// More would hold up whoever shares the worker.
const SMALL_BODY: usize = 64 << 10;

/// The most larger bodies at a time. They take 256 MiB; of those that may be small, 2,048
/// connections hold half of it.
const LARGE_BODIES: usize = 256;

/// How many lines about strangers are logged within [`STRANGERS_WINDOW`].
const STRANGERS_LINES: usize = 20;

const STRANGERS_WINDOW: Duration = Duration::from_secs(10);

/// How often it is logged that the store can't keep events.
const NOT_KEPT_WINDOW: Duration = Duration::from_secs(60);

/// What taking a webhook needs.
pub(crate) struct Webhooks {
    directory: Arc<Directory>,
    dispatcher: Dispatcher,
    health: Arc<dyn StoreHealth>,
    counters: Arc<WebhookCounters>,
    log_rates: LogRates,
    large_bodies: Arc<Semaphore>,
    /// Half of the processors, at least one, for checking and parsing large bodies.
    aside: Semaphore,
}

/// How much is logged of what is refused, beside the channels' own.
struct LogRates {
    strangers: Arc<LogRate>,
    not_kept: Arc<LogRate>,
}

/// Webhook requests, by what became of them.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct WebhookCounters {
    pub(crate) accepted: Counter,
    pub(crate) unknown_channel: Counter,
    /// Near misses: of the path, or of the method.
    pub(crate) misdirected: Counter,
    pub(crate) bad_signature: Counter,
    pub(crate) too_large: Counter,
    pub(crate) incomplete: Counter,
    pub(crate) malformed: Counter,
    pub(crate) overloaded: Counter,
    /// The store could not keep the events.
    pub(crate) not_kept: Counter,
}

/// Why a webhook is not taken.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("there is no such channel")]
    UnknownChannel,
    /// Without its secret, nobody knows what is LINE's.
    #[error("the channel can't be used: the operator must mend its configuration")]
    UnusableChannel,
    #[error(
        "webhooks are taken at `POST /webhook/CHANNEL`, with the channel's id, not at `{0} {1}`"
    )]
    Misdirected(Method, String),
    #[error("the x-line-signature header is missing")]
    NoSignature,
    #[error("there is more than one x-line-signature header")]
    ManySignatures,
    #[error("the signature is not the body's")]
    WrongSignature,
    #[error("the body is larger than {BODY_LIMIT} bytes")]
    TooLarge,
    #[error("the body did not come within {} s", BODY_TIME.as_secs())]
    Slow,
    #[error("the body broke off")]
    BrokenOff,
    #[error(transparent)]
    Malformed(#[from] ParseError),
    /// LINE sends it again where the channel has webhook redelivery switched on.
    #[error(transparent)]
    Overloaded(StoreError),
    #[error("the events can't be kept: {}", with_causes(.0))]
    NotKept(StoreError),
    #[error("the host panicked while it read the webhook, which is a bug of the host")]
    Panic,
}

pub(crate) fn routes(webhooks: Arc<Webhooks>) -> Router {
    Router::new()
        .route("/webhook/{channel}", post(webhook).fallback(misdirected))
        .route("/webhook", any(misdirected))
        .route("/webhook/", any(misdirected))
        .route("/webhook/{channel}/", any(misdirected))
        .route("/webhook/{channel}/{*rest}", any(misdirected))
        .route("/healthz", get(health))
        .with_state(webhooks)
}

/// Whether the host can do its work, for whoever starts it again when it can't.
async fn health(State(webhooks): State<Arc<Webhooks>>) -> Response {
    match webhooks.health.failure() {
        // It can go on by itself, so nobody need start it again.
        None => match webhooks.health.warning() {
            None => "ok\n".into_response(),
            Some(warning) => format!("ok, but {}\n", with_causes(&warning)).into_response(),
        },
        Some(error) => {
            let why = format!("{}\n", with_causes(&error));
            (StatusCode::SERVICE_UNAVAILABLE, why).into_response()
        }
    }
}

async fn webhook(
    State(webhooks): State<Arc<Webhooks>>,
    name: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    // A path that is no text is no channel's.
    let name = name.map(|Path(name)| name).unwrap_or_default();
    let Some((channel, _entered)) = webhooks.directory.enter(&name) else {
        let refusal = match webhooks.directory.has(&name) {
            true => Refusal::UnusableChannel,
            false => Refusal::UnknownChannel,
        };
        if webhooks.log_rates.strangers.passes(1) {
            // The name is a stranger's: cut to what a channel's may have.
            let channel = cut(&name, 64);
            tracing::info!(channel, why = %refusal, "refused a webhook");
        }
        return webhooks.refuse(&refusal);
    };
    match webhooks.take(&channel, &headers, body).await {
        Ok(()) => {
            webhooks.counters.accepted.increment();
            StatusCode::OK.into_response()
        }
        Err(refusal) => {
            webhooks.log(&channel, &refusal);
            webhooks.refuse(&refusal)
        }
    }
}

/// Somebody means a webhook, and misses it.
async fn misdirected(State(webhooks): State<Arc<Webhooks>>, method: Method, uri: Uri) -> Response {
    let path = uri.path();
    let is_place = path.strip_prefix("/webhook/");
    let is_place = is_place.is_some_and(|it| !it.is_empty() && !it.contains('/'));
    let refusal = Refusal::Misdirected(method, cut(path, 128).to_owned());
    if webhooks.log_rates.strangers.passes(1) {
        tracing::info!(why = %refusal, "refused a webhook");
    }
    let mut response = webhooks.refuse(&refusal);
    if is_place {
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        let allowed = header::HeaderValue::from_static("POST");
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}

impl Webhooks {
    pub(crate) fn new(
        directory: Arc<Directory>,
        dispatcher: Dispatcher,
        health: Arc<dyn StoreHealth>,
    ) -> Self {
        let processors = available_parallelism().map_or(1, usize::from);
        Self {
            directory,
            dispatcher,
            health,
            counters: Arc::default(),
            log_rates: LogRates::new(),
            large_bodies: Arc::new(Semaphore::new(LARGE_BODIES)),
            aside: Semaphore::new(processors.div_ceil(2)),
        }
    }

    pub(crate) fn counters(&self) -> &Arc<WebhookCounters> {
        &self.counters
    }

    async fn take(
        &self,
        channel: &Arc<Channel>,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<(), Refusal> {
        let signature = find_signature(headers)?;
        let body = tokio::time::timeout(BODY_TIME, self.read(body))
            .await
            .map_err(|_| Refusal::Slow)??;
        let callback = match body.large {
            None => open(&channel.setup().secrets, &body.bytes, signature)?,
            Some(_) => self.open_aside(channel, body, signature).await?,
        };
        let dispatched = self.dispatcher.dispatch(channel, &callback.events).await;
        dispatched.map_err(|error| match error.is_refusal() {
            true => Refusal::Overloaded(error),
            false => Refusal::NotKept(error),
        })
    }

    async fn read(&self, body: Body) -> Result<ReadBody, Refusal> {
        let mut stream = body.into_data_stream();
        let mut read = ReadBody::default();
        let mut length = 0;
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(|_| Refusal::BrokenOff)?;
            length += piece.len();
            if length > DRAIN_LIMIT {
                break;
            }
            if length > SMALL_BODY && read.large.is_none() {
                // The semaphore is never closed.
                read.large = Arc::clone(&self.large_bodies).acquire_owned().await.ok();
            }
            if length <= BODY_LIMIT {
                read.bytes.extend_from_slice(&piece);
            }
        }
        if length > BODY_LIMIT {
            return Err(Refusal::TooLarge);
        }
        Ok(read)
    }

    /// Opens a large body on a thread of its own.
    async fn open_aside(
        &self,
        channel: &Arc<Channel>,
        body: ReadBody,
        signature: &[u8],
    ) -> Result<Callback, Refusal> {
        // The channel's turn first: a channel with many waits with one of them in all's line. The
        // semaphores are never closed.
        let _turn = channel.webhook_limits.large_body.acquire().await;
        let _processor = self.aside.acquire().await;
        let (setup, signature) = (channel.setup(), signature.to_owned());
        let opened =
            tokio::task::spawn_blocking(move || open(&setup.secrets, &body.bytes, &signature));
        opened.await.unwrap_or(Err(Refusal::Panic))
    }

    /// Counts a refusal, and answers it.
    fn refuse(&self, refusal: &Refusal) -> Response {
        let counters = &self.counters;
        let counter = match refusal {
            Refusal::UnknownChannel => &counters.unknown_channel,
            Refusal::Misdirected(..) => &counters.misdirected,
            Refusal::NoSignature | Refusal::ManySignatures | Refusal::WrongSignature => {
                &counters.bad_signature
            }
            Refusal::TooLarge => &counters.too_large,
            Refusal::Slow | Refusal::BrokenOff => &counters.incomplete,
            Refusal::Malformed(_) | Refusal::Panic => &counters.malformed,
            Refusal::Overloaded(_) => &counters.overloaded,
            Refusal::UnusableChannel | Refusal::NotKept(_) => &counters.not_kept,
        };
        counter.increment();
        (refusal.status(), format!("{refusal}\n")).into_response()
    }

    /// Logs why a channel's webhook is refused, unless that was logged often enough.
    fn log(&self, channel: &Channel, refusal: &Refusal) {
        let rate = match refusal {
            Refusal::NotKept(_) => &self.log_rates.not_kept,
            _ => &channel.webhook_limits.refusals,
        };
        if !rate.passes(1) {
            return;
        }
        let channel = &*channel.id;
        match refusal {
            Refusal::NotKept(_) => tracing::error!(channel, why = %refusal, "refused a webhook"),
            Refusal::Overloaded(_) => tracing::warn!(channel, why = %refusal, "refused a webhook"),
            Refusal::WrongSignature => tracing::warn!(
                channel,
                why = %refusal,
                "refused a webhook; if LINE sent it, check that `secret` is the channel secret that \
                 the LINE Developers Console shows, and that the webhook URL ends with the id of \
                 the same channel"
            ),
            _ => tracing::info!(channel, why = %refusal, "refused a webhook"),
        }
    }
}

impl LogRates {
    fn new() -> Self {
        let strangers = LogRate::new(STRANGERS_LINES, STRANGERS_WINDOW, |more| {
            tracing::info!(
                more,
                "refused more webhooks that are no channel's in {} s",
                STRANGERS_WINDOW.as_secs()
            );
        });
        let not_kept = LogRate::new(1, NOT_KEPT_WINDOW, |more| {
            tracing::error!(
                more,
                "refused more webhooks whose events can't be kept in {} s",
                NOT_KEPT_WINDOW.as_secs()
            );
        });
        Self {
            strangers,
            not_kept,
        }
    }
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::UnknownChannel | Self::Misdirected(..) => StatusCode::NOT_FOUND,
            Self::NoSignature | Self::ManySignatures | Self::WrongSignature => {
                StatusCode::UNAUTHORIZED
            }
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::BrokenOff | Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::UnusableChannel | Self::Overloaded(_) | Self::NotKept(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Panic => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// A body that was read.
#[derive(Default)]
struct ReadBody {
    bytes: BytesMut,
    /// Of a large one.
    large: Option<OwnedSemaphorePermit>,
}

/// The one signature. With two, a proxy on the way and the host could each look at another.
fn find_signature(headers: &HeaderMap) -> Result<&[u8], Refusal> {
    let mut signatures = headers.get_all(signature::HEADER).iter();
    let signature = signatures.next().ok_or(Refusal::NoSignature)?;
    match signatures.next() {
        None => Ok(signature.as_bytes()),
        Some(_) => Err(Refusal::ManySignatures),
    }
}

/// Checks the signature, and only then parses.
fn open(secrets: &[SecretString], body: &[u8], signature: &[u8]) -> Result<Callback, Refusal> {
    let signed = |secret: &SecretString| signature::verify(secret.expose_secret(), body, signature);
    if !secrets.iter().any(signed) {
        return Err(Refusal::WrongSignature);
    }
    Ok(Callback::parse(body)?)
}
