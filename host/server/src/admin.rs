//! The operator's view: what was counted, for whoever has the admin token.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use botbox_line::client::TokenStatus;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use subtle::ConstantTimeEq;

use crate::channel::Channel;
use crate::counters::{EventCounters, WebhookCounters};
use crate::ingress::Ingress;
use crate::quota::Usage;

#[derive(Serialize)]
struct Status<'a> {
    webhooks: &'a WebhookCounters,
    channels: Vec<ChannelStatus<'a>>,
}

#[derive(Serialize)]
struct ChannelStatus<'a> {
    id: &'a str,
    provider: &'a str,
    plugin: &'a str,
    token: TokenStatus,
    /// Of channels that may push, once it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    quota: Option<Usage>,
    events: &'a EventCounters,
    waiting: usize,
}

pub(crate) fn routes(ingress: Arc<Ingress>, token: SecretString) -> Router {
    Router::new()
        .route("/v1/status", get(status))
        .layer(middleware::from_fn_with_state(Arc::new(token), check_token))
        .with_state(ingress)
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

async fn status(State(ingress): State<Arc<Ingress>>) -> Response {
    let mut channels: Vec<_> = ingress
        .channels
        .values()
        .map(|it| channel_status(it))
        .collect();
    channels.sort_unstable_by_key(|channel| channel.id);
    Json(Status {
        webhooks: &ingress.counters,
        channels,
    })
    .into_response()
}

fn channel_status(channel: &Channel) -> ChannelStatus<'_> {
    ChannelStatus {
        id: &channel.id,
        provider: &channel.provider,
        plugin: channel.deployment.plugin.digest(),
        token: channel.deployment.client.token_status(),
        quota: channel.quota.usage(),
        events: &channel.counters,
        waiting: channel.waiting(),
    }
}
