//! What was counted.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract;
use axum::response::{IntoResponse, Json, Response};
use botbox_line::error::with_causes;
use botbox_line::token::TokenStatus;
use botbox_store::DeploymentNumber;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::access::{May, OperateHost, Read};
use super::description::{Answer, Operation};
use super::operator::Operator;
use super::refusal::Refusal;
use super::request::{Document, to_the_end};
use crate::channel::Channel;
use crate::channel::counters::EventCounters;
use crate::channel::directory::FailedChannel;
use crate::channel::plugin_details::WIT;
use crate::channel::traffic::State;
use crate::channel::usage::Usage;
use crate::http::cut;
use crate::webhook::WebhookCounters;

/// How much of what a reload changed is in the audit: 4 KiB, which is about 60 channels. The answer has all.
const RELOAD_DETAIL: usize = 4 << 10;

/// A [`Status`], which was written where what it counts is.
pub(super) struct StatusAnswer(Response);

/// How the host and its channels are.
#[derive(Serialize, JsonSchema)]
struct Status<'a> {
    /// For the host's tokens only.
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<HostStatus>,
    webhooks: &'a WebhookCounters,
    channels: Vec<ChannelStatus<'a>>,
    /// Channels that can't even take webhooks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    failed: Vec<FailedStatus<'a>>,
}

/// How the host itself is.
#[derive(Serialize, JsonSchema)]
struct HostStatus {
    version: &'static str,
    /// The newest version of the contract with plugins.
    wit: &'static str,
    uptime_s: u64,
    /// How many events run.
    running: usize,
    /// What the file system of the data folder has left.
    #[serde(skip_serializing_if = "Option::is_none")]
    disk_free_bytes: Option<u64>,
    /// Why nothing is kept any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    /// Why not all is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
}

/// How a channel is.
#[derive(Serialize, JsonSchema)]
struct ChannelStatus<'a> {
    id: &'a str,
    provider: &'a str,
    #[serde(flatten)]
    state: StateAnswer,
    token: TokenState,
    /// Of channels that may push, once it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    quota: Option<Usage>,
    events: &'a EventCounters,
    waiting: u64,
}

/// The kind of a channel's access token, and when it expires.
#[derive(Serialize, JsonSchema)]
struct TokenState {
    /// `long-lived`, `short-lived`, `stateless` or `v2.1`.
    kind: &'static str,
    /// In seconds since 1970. Absent while there is none, and of a long-lived one.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<u64>,
}

/// How far a channel is.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ChannelState")]
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
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ServingCanary")]
struct CanaryAnswer {
    deployment: DeploymentNumber,
    percent: u8,
}

/// A channel that can't even take webhooks.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FailedChannel")]
struct FailedStatus<'a> {
    id: &'a str,
    provider: &'a str,
    #[serde(flatten)]
    state: StateAnswer,
}

pub(super) async fn status(
    extract::State(operator): extract::State<Arc<Operator>>,
    May(caller, _): May<Read>,
) -> Result<StatusAnswer, Refusal> {
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
    let host = caller.provider.is_none().then(|| host_status(&operator));
    let status = Status {
        host,
        webhooks: &operator.webhooks,
        channels: open.iter().map(|it| channel_status(it, &waiting)).collect(),
        failed: failed.iter().map(failed_status).collect(),
    };
    Ok(StatusAnswer(Json(status).into_response()))
}

impl IntoResponse for StatusAnswer {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Answer for StatusAnswer {
    fn describe(operation: &mut Operation<'_>) {
        operation.answers_json::<Status<'static>>();
    }
}

/// What has changed, a line each.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Reloaded")]
pub(super) struct ReloadAnswer {
    changes: Vec<String>,
}

/// The configuration file is the host's.
pub(super) async fn reload(
    extract::State(operator): extract::State<Arc<Operator>>,
    May(caller, _): May<OperateHost>,
) -> Result<Json<ReloadAnswer>, Refusal> {
    to_the_end(async move {
        let changes = operator.control()?.reload().await?;
        let detail = match &changes[..] {
            [] => String::from("nothing has changed"),
            changes => cut(&changes.join("; "), RELOAD_DETAIL).to_owned(),
        };
        let audited = operator.add_to_audit(&caller, None, "configuration file applied", detail);
        audited.await?;
        Ok(Json(ReloadAnswer { changes }))
    })
    .await
}

/// A backup to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"folder": "/backups/2026-11-27"}]))]
pub(super) struct NewBackup {
    /// On the host's machine.
    folder: PathBuf,
}

/// A backup that was made and checked.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Backup")]
pub(super) struct BackupAnswer {
    folder: PathBuf,
}

/// All tenants' data are in it, so it is the host's.
pub(super) async fn back_up(
    extract::State(operator): extract::State<Arc<Operator>>,
    May(caller, _): May<OperateHost>,
    Document(NewBackup { folder }): Document<NewBackup>,
) -> Result<Json<BackupAnswer>, Refusal> {
    to_the_end(async move {
        operator.control()?.back_up(&folder).await?;
        let detail = folder.display().to_string();
        let audited = operator.add_to_audit(&caller, None, "backup made", detail);
        audited.await?;
        Ok(Json(BackupAnswer { folder }))
    })
    .await
}

fn host_status(operator: &Operator) -> HostStatus {
    let channels = operator.directory.all();
    HostStatus {
        version: env!("CARGO_PKG_VERSION"),
        wit: WIT,
        uptime_s: operator.started.elapsed().as_secs(),
        running: channels.iter().map(|it| it.running.len()).sum(),
        disk_free_bytes: operator.health.free_bytes(),
        failure: operator.health.failure().map(|it| with_causes(&it)),
        warning: operator.health.warning().map(|it| with_causes(&it)),
    }
}

fn channel_status<'a>(channel: &'a Channel, waiting: &HashMap<&str, u64>) -> ChannelStatus<'a> {
    ChannelStatus {
        id: &channel.id,
        provider: &channel.provider,
        state: channel.traffic.state().into(),
        token: channel.setup().client.token_status().into(),
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

impl From<TokenStatus> for TokenState {
    fn from(status: TokenStatus) -> Self {
        Self {
            kind: status.kind,
            expires_at: status.expires_at,
        }
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
