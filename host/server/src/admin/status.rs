//! What was counted.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract;
use axum::response::{IntoResponse, Json, Response};
use botbox_line::token::TokenStatus;
use serde::Serialize;

use super::operator::Operator;
use super::refusal::Refusal;
use crate::channel::Channel;
use crate::channel::counters::EventCounters;
use crate::channel::deployed::State;
use crate::channel::directory::FailedChannel;
use crate::channel::usage::Usage;
use crate::webhook::WebhookCounters;

#[derive(Serialize)]
struct Status<'a> {
    webhooks: &'a WebhookCounters,
    channels: Vec<ChannelStatus<'a>>,
    /// Channels that can't even take webhooks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<FailedStatus<'a>>,
}

#[derive(Serialize)]
struct ChannelStatus<'a> {
    id: &'a str,
    provider: &'a str,
    #[serde(flatten)]
    state: StateAnswer,
    token: TokenStatus,
    /// Of channels that may push, once it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    quota: Option<Usage>,
    events: &'a EventCounters,
    waiting: u64,
}

/// How far a channel is.
#[derive(Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum StateAnswer {
    Loading,
    Ready {
        /// The digest of the component.
        plugin: String,
    },
    Failed {
        why: String,
    },
}

/// A channel that can't even take webhooks.
#[derive(Serialize)]
struct FailedStatus<'a> {
    id: &'a str,
    provider: &'a str,
    #[serde(flatten)]
    state: StateAnswer,
}

pub(super) async fn status(
    extract::State(operator): extract::State<Arc<Operator>>,
) -> Result<Response, Refusal> {
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
        failed: operator.directory.failed().iter().map(failed).collect(),
    })
    .into_response())
}

fn channel_status<'a>(channel: &'a Channel, waiting: &HashMap<&str, u64>) -> ChannelStatus<'a> {
    ChannelStatus {
        id: &channel.id,
        provider: &channel.provider,
        state: channel.deployed.state().into(),
        token: channel.client.token_status(),
        quota: channel.quota.usage(),
        events: &channel.counters,
        waiting: waiting.get(&*channel.id).copied().unwrap_or_default(),
    }
}

fn failed<'a>((id, channel): (&'a String, &'a FailedChannel)) -> FailedStatus<'a> {
    FailedStatus {
        id,
        provider: &channel.provider,
        state: StateAnswer::Failed {
            why: channel.why.clone(),
        },
    }
}

impl From<State> for StateAnswer {
    fn from(state: State) -> Self {
        match state {
            State::Loading => Self::Loading,
            State::Ready(deployment) => Self::Ready {
                plugin: deployment.plugin.digest().to_owned(),
            },
            State::Failed(why) => Self::Failed {
                why: why.to_string(),
            },
        }
    }
}
