//! The admin API: what the operator sees and does, for whoever has the admin token.

mod dead_letters;
mod filter;
mod follow;
mod journal;
mod refusal;
mod status;
mod versions;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use botbox_store::{Journal, Registry};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use self::refusal::Refusal;
use crate::channel::directory::Directory;
use crate::dispatch::live_events::LiveEvents;
use crate::webhook::WebhookCounters;

/// What the operator looks at and works on.
pub(crate) struct Operator {
    pub(crate) directory: Arc<Directory>,
    pub(crate) webhooks: Arc<WebhookCounters>,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) registry: Arc<dyn Registry>,
    pub(crate) live_events: LiveEvents,
}

pub(crate) fn routes(operator: Arc<Operator>, token: SecretString) -> Router {
    Router::new()
        .route("/v1/status", get(status::status))
        .route("/v1/journal/stats", get(journal::stats))
        .route("/v1/journal/events", get(journal::list))
        .route("/v1/journal/events/{channel}/{id}", get(journal::show))
        .route("/v1/journal/follow", get(follow::follow))
        .route("/v1/dead-letters", get(dead_letters::list))
        .route("/v1/dead-letters/replay", post(dead_letters::replay))
        .route("/v1/dead-letters/discard", post(dead_letters::discard))
        .route("/v1/channels/{channel}/versions", get(versions::list))
        .layer(middleware::from_fn_with_state(Arc::new(token), check_token))
        .with_state(operator)
}

async fn check_token(
    State(token): State<Arc<SecretString>>,
    request: Request,
    next: Next,
) -> Response {
    let given = request.headers().get(header::AUTHORIZATION);
    let given = given.and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    let expected = token.expose_secret().as_bytes();
    if given.is_some_and(|given| given.ct_eq(expected).into()) {
        return next.run(request).await;
    }
    let why = "give the admin token as `Authorization: Bearer TOKEN`\n";
    (StatusCode::UNAUTHORIZED, why).into_response()
}

impl Operator {
    /// Refuses a name that no channel has. What left the configuration may have events left.
    async fn check_channel(&self, channel: &str) -> Result<(), Refusal> {
        if self.directory.has(channel) {
            return Ok(());
        }
        let stats = self.journal.stats().await?;
        if stats.iter().any(|it| it.channel == channel) {
            return Ok(());
        }
        Err(self.unknown_channel(channel))
    }

    /// Refuses a name that no channel of the configuration has.
    fn configured(&self, channel: &str) -> Result<(), Refusal> {
        match self.directory.has(channel) {
            true => Ok(()),
            false => Err(self.unknown_channel(channel)),
        }
    }

    fn unknown_channel(&self, channel: &str) -> Refusal {
        let mut known: Vec<_> = self.directory.ids().collect();
        known.sort_unstable();
        let known = known.join(", ");
        Refusal::NotFound(format!(
            "there is no channel {channel:?}; the configuration has {known}"
        ))
    }
}
