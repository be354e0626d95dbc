//! What was counted.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract;
use axum::response::{IntoResponse, Json, Response};
use botbox_line::token::TokenStatus;
use botbox_store::DeploymentNumber;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::operator::Operator;
use super::refusal::Refusal;
use super::request::body;
use crate::channel::Channel;
use crate::channel::counters::EventCounters;
use crate::channel::directory::FailedChannel;
use crate::channel::traffic::State;
use crate::channel::usage::Usage;
use crate::control::caller::{Caller, Role};
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
    /// It has no deployment yet.
    Empty,
    Loading,
    Ready {
        deployment: DeploymentNumber,
        /// The digest of the component.
        plugin: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        canary: Option<CanaryAnswer>,
    },
    Failed {
        why: String,
    },
}

/// A deployment that is tried on some chats.
#[derive(Serialize)]
struct CanaryAnswer {
    deployment: DeploymentNumber,
    percent: u8,
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
    caller: Caller,
) -> Result<Response, Refusal> {
    let stats = operator.journal.stats().await?;
    let waiting: HashMap<_, _> = stats
        .iter()
        .map(|it| (it.channel.as_str(), it.waiting))
        .collect();
    let (mut open, mut failed) = (operator.directory.all(), operator.directory.failed());
    if let Some(seen) = operator.seen(&caller).await? {
        open.retain(|it| seen.contains(&*it.id));
        failed.retain(|(id, _)| seen.contains(&**id));
    }
    Ok(Json(Status {
        webhooks: &operator.webhooks,
        channels: open.iter().map(|it| channel_status(it, &waiting)).collect(),
        failed: failed.iter().map(failed_status).collect(),
    })
    .into_response())
}

/// What has changed, a line each.
#[derive(Serialize)]
struct ReloadAnswer {
    changes: Vec<String>,
}

/// The configuration file is the host's.
pub(super) async fn reload(
    extract::State(operator): extract::State<Arc<Operator>>,
    caller: Caller,
) -> Result<Response, Refusal> {
    caller.may(Role::Operate)?;
    caller.is_host()?;
    let changes = operator.control()?.reload().await?;
    Ok(Json(ReloadAnswer { changes }).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewBackup {
    /// On the host's machine.
    folder: PathBuf,
}

#[derive(Serialize)]
struct BackupAnswer {
    folder: PathBuf,
}

/// All tenants' data are in it, so it is the host's.
pub(super) async fn back_up(
    extract::State(operator): extract::State<Arc<Operator>>,
    caller: Caller,
    bytes: Bytes,
) -> Result<Response, Refusal> {
    caller.may(Role::Operate)?;
    caller.is_host()?;
    let NewBackup { folder } = body(&bytes)?;
    operator.control()?.back_up(&folder).await?;
    Ok(Json(BackupAnswer { folder }).into_response())
}

fn channel_status<'a>(channel: &'a Channel, waiting: &HashMap<&str, u64>) -> ChannelStatus<'a> {
    ChannelStatus {
        id: &channel.id,
        provider: &channel.provider,
        state: channel.traffic.state().into(),
        token: channel.setup().client.token_status(),
        quota: channel.quota.usage(),
        events: &channel.counters,
        waiting: waiting.get(&*channel.key).copied().unwrap_or_default(),
    }
}

fn failed_status((id, channel): &(Arc<str>, FailedChannel)) -> FailedStatus<'_> {
    FailedStatus {
        id,
        provider: &channel.provider,
        state: StateAnswer::Failed {
            why: channel.why.to_string(),
        },
    }
}

impl From<State> for StateAnswer {
    fn from(state: State) -> Self {
        match state {
            State::Loading => Self::Loading,
            State::Empty => Self::Empty,
            State::Serving(serving) => Self::Ready {
                deployment: serving.stable.number,
                plugin: serving.stable.runnable.plugin.digest().to_owned(),
                canary: serving.switch.canary.map(|it| CanaryAnswer {
                    deployment: it.deployment,
                    percent: it.percent,
                }),
            },
            State::Failed(why) => Self::Failed {
                why: why.to_string(),
            },
        }
    }
}
