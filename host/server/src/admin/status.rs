//! What was counted.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use botbox_line::client::TokenStatus;
use serde::Serialize;

use super::{Operator, Refusal};
use crate::channel::Channel;
use crate::channel::counters::EventCounters;
use crate::channel::usage::Usage;
use crate::webhook::WebhookCounters;

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
    waiting: u64,
}

pub(super) async fn status(State(operator): State<Arc<Operator>>) -> Result<Response, Refusal> {
    let stats = operator.journal.stats().await?;
    let waiting: HashMap<_, _> = stats
        .iter()
        .map(|it| (it.channel.as_str(), it.waiting))
        .collect();
    let mut channels: Vec<_> = operator
        .directory
        .all()
        .map(|it| channel_status(it, &waiting))
        .collect();
    channels.sort_unstable_by_key(|channel| channel.id);
    Ok(Json(Status {
        webhooks: &operator.webhooks,
        channels,
    })
    .into_response())
}

fn channel_status<'a>(channel: &'a Channel, waiting: &HashMap<&str, u64>) -> ChannelStatus<'a> {
    ChannelStatus {
        id: &channel.id,
        provider: &channel.provider,
        plugin: channel.deployment.plugin.digest(),
        token: channel.deployment.client.token_status(),
        quota: channel.quota.usage(),
        events: &channel.counters,
        waiting: waiting.get(&*channel.id).copied().unwrap_or_default(),
    }
}
