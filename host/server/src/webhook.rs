//! Takes webhooks in (LINE reference, "Webhooks").
//!
//! LINE waits two seconds for the answer. So a webhook is checked and its events are written to the
//! journal; they run after the answer.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use botbox_line::error::with_causes;
use botbox_line::signature;
use botbox_line::webhook::{Callback, ParseError};
use botbox_store::{Journal, StoreError};
use bytes::BytesMut;
use futures_util::StreamExt;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::channel::Channel;
use crate::channel::counters::Counter;
use crate::channel::directory::Directory;
use crate::dispatch::Dispatcher;

/// The largest body that is taken: 1 MiB. LINE does not tell its own limit; a hundred long texts
/// are a tenth of this.
const BODY_LIMIT: usize = 1 << 20;

/// How much of a body that is too large is read before the answer: a sender that still writes
/// might not see it otherwise.
const DRAIN_LIMIT: usize = 8 << 20;

/// How long a body may take. LINE gives up after 2 s.
const BODY_TIME: Duration = Duration::from_secs(5);

/// What taking a webhook needs.
pub(crate) struct Webhooks {
    pub(crate) directory: Arc<Directory>,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) counters: Arc<WebhookCounters>,
}

/// Webhook requests, by what became of them.
#[derive(Debug, Default, Serialize)]
pub(crate) struct WebhookCounters {
    pub(crate) accepted: Counter,
    pub(crate) unknown_channel: Counter,
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
}

pub(crate) fn routes(webhooks: Arc<Webhooks>) -> Router {
    Router::new()
        .route("/webhook/{channel}", post(webhook))
        .route("/healthz", get(health))
        .with_state(webhooks)
}

/// Whether the host can do its work, for whoever starts it again when it can't.
async fn health(State(webhooks): State<Arc<Webhooks>>) -> Response {
    match webhooks.journal.failure() {
        None => "ok\n".into_response(),
        Some(error) => {
            let why = format!("{}\n", with_causes(&error));
            (StatusCode::SERVICE_UNAVAILABLE, why).into_response()
        }
    }
}

async fn webhook(
    State(webhooks): State<Arc<Webhooks>>,
    channel: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    // A path that is no text is no channel's.
    let channel = channel.map(|Path(channel)| channel).unwrap_or_default();
    match webhooks.take(&channel, &headers, body).await {
        Ok(()) => {
            webhooks.counters.accepted.increment();
            StatusCode::OK.into_response()
        }
        Err(refusal) => {
            webhooks.count(&refusal);
            refusal.log(&channel);
            (refusal.status(), format!("{refusal}\n")).into_response()
        }
    }
}

impl Webhooks {
    async fn take(&self, channel: &str, headers: &HeaderMap, body: Body) -> Result<(), Refusal> {
        let channel = self.channel(channel)?;
        let signature = the_signature(headers)?;
        let body = tokio::time::timeout(BODY_TIME, read(body))
            .await
            .map_err(|_| Refusal::Slow)??;
        let signed =
            |secret: &SecretString| signature::verify(secret.expose_secret(), &body, signature);
        if !channel.secrets.iter().any(signed) {
            return Err(Refusal::WrongSignature);
        }
        let callback = Callback::parse(&body)?;
        let dispatched = self.dispatcher.dispatch(channel, &callback.events).await;
        dispatched.map_err(|error| match error.is_callers() {
            true => Refusal::Overloaded(error),
            false => Refusal::NotKept(error),
        })
    }

    fn channel(&self, id: &str) -> Result<&Arc<Channel>, Refusal> {
        let missing = || match self.directory.has(id) {
            true => Refusal::UnusableChannel,
            false => Refusal::UnknownChannel,
        };
        self.directory.get(id).ok_or_else(missing)
    }

    fn count(&self, refusal: &Refusal) {
        let counters = &self.counters;
        let counter = match refusal {
            Refusal::UnknownChannel => &counters.unknown_channel,
            Refusal::NoSignature | Refusal::ManySignatures | Refusal::WrongSignature => {
                &counters.bad_signature
            }
            Refusal::TooLarge => &counters.too_large,
            Refusal::Slow | Refusal::BrokenOff => &counters.incomplete,
            Refusal::Malformed(_) => &counters.malformed,
            Refusal::Overloaded(_) => &counters.overloaded,
            Refusal::UnusableChannel | Refusal::NotKept(_) => &counters.not_kept,
        };
        counter.increment();
    }
}

impl Refusal {
    fn log(&self, channel: &str) {
        match self {
            // The name is a stranger's: escaped, and cut to what a channel's may have.
            Self::UnknownChannel => {
                let channel: String = channel.chars().take(64).collect();
                tracing::info!(?channel, why = %self, "refused a webhook");
            }
            Self::Overloaded(_) => tracing::warn!(channel, why = %self, "refused a webhook"),
            Self::NotKept(_) => tracing::error!(channel, why = %self, "refused a webhook"),
            _ => tracing::info!(channel, why = %self, "refused a webhook"),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::UnknownChannel => StatusCode::NOT_FOUND,
            Self::NoSignature | Self::ManySignatures | Self::WrongSignature => {
                StatusCode::UNAUTHORIZED
            }
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::BrokenOff | Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::UnusableChannel | Self::Overloaded(_) | Self::NotKept(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }
}

/// The one signature. With two, a proxy on the way and the host could each look at another.
fn the_signature(headers: &HeaderMap) -> Result<&[u8], Refusal> {
    let mut signatures = headers.get_all(signature::HEADER).iter();
    let signature = signatures.next().ok_or(Refusal::NoSignature)?;
    match signatures.next() {
        None => Ok(signature.as_bytes()),
        Some(_) => Err(Refusal::ManySignatures),
    }
}

async fn read(body: Body) -> Result<BytesMut, Refusal> {
    let mut stream = body.into_data_stream();
    let mut body = BytesMut::new();
    let mut length = 0;
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|_| Refusal::BrokenOff)?;
        length += piece.len();
        if length > DRAIN_LIMIT {
            break;
        }
        if length <= BODY_LIMIT {
            body.extend_from_slice(&piece);
        }
    }
    if length > BODY_LIMIT {
        return Err(Refusal::TooLarge);
    }
    Ok(body)
}
