//! What is in the journal.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use botbox_line::error::with_causes;
use botbox_line::webhook::redacted;
use botbox_store::{
    ChannelRecord, ChannelStats, DeploymentNumber, Details, Entry, FailedAttempt, Position,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use super::access::{May, Read};
use super::filter::{self, ListQuery, Page, Parameters};
use super::operator::Operator;
use super::refusal::Refusal;
use super::request::InPath;
use crate::control::caller::Caller;

/// What the journal holds.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "JournalStats")]
pub(super) struct StatsAnswer {
    channels: Vec<ChannelAnswer>,
    /// Why nothing can be kept any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

/// What the journal holds of a channel.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ChannelStats")]
struct ChannelAnswer {
    channel: String,
    waiting: u64,
    waiting_bytes: u64,
    kept_bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest: Option<i64>,
    dead: u64,
    scheduled: u64,
}

/// A page of events, newest first.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Events")]
pub(super) struct PageAnswer {
    events: Vec<EntryAnswer>,
    /// What to give as `before`, for the next page.
    next: Option<Position>,
}

/// An event, and what became of it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Event")]
struct EntryAnswer {
    position: Position,
    channel: String,
    id: String,
    chat: String,
    state: filter::State,
    received: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<i64>,
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// All that is known of an event.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "EventDetails")]
pub(super) struct DetailsAnswer {
    #[serde(flatten)]
    entry: EntryAnswer,
    /// As LINE sent it, while it is kept.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    event: Option<Box<RawValue>>,
    failures: Vec<FailureAnswer>,
}

/// An attempt that failed.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FailedAttempt")]
struct FailureAnswer {
    started: i64,
    milliseconds: u64,
    /// 0: not known, for the host ended while it ran.
    deployment: DeploymentNumber,
    /// The digest of the component.
    plugin: String,
    error: String,
    log: String,
}

pub(super) async fn stats(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
) -> Result<Json<StatsAnswer>, Refusal> {
    let stats = operator.journal.stats().await?;
    let seen = operator.seen(&caller).await?;
    // Channels that had no event yet are channels, too.
    let all = operator.directory.ids();
    let mut channels: BTreeMap<_, _> = all
        .iter()
        .map(|id| (id.to_string(), ChannelAnswer::none(id)))
        .collect();
    let stats = stats.into_iter().map(ChannelAnswer::from);
    channels.extend(stats.map(|it| (it.channel.clone(), it)));
    channels.retain(|it, _| seen.as_ref().is_none_or(|seen| seen.contains(it)));
    Ok(Json(StatsAnswer {
        channels: channels.into_values().collect(),
        failure: operator.health.failure().map(|it| with_causes(&it)),
    }))
}

pub(super) async fn list(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    Parameters(query): Parameters<ListQuery>,
) -> Result<Json<PageAnswer>, Refusal> {
    page(&operator, &caller, query.page()?).await
}

/// Answers with a page of events.
pub(super) async fn page(
    operator: &Operator,
    caller: &Caller,
    page: Page,
) -> Result<Json<PageAnswer>, Refusal> {
    let Page {
        mut filter,
        before,
        limit,
    } = page;
    operator.restrict(caller, &mut filter).await?;
    let events = operator.journal.list(filter, before, limit).await?;
    let last = events.last().filter(|_| events.len() == limit);
    Ok(Json(PageAnswer {
        next: last.map(|it| it.position),
        events: events.into_iter().map(EntryAnswer::from).collect(),
    }))
}

pub(super) async fn show(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    InPath((channel, id)): InPath<(String, String)>,
) -> Result<Json<DetailsAnswer>, Refusal> {
    let key = operator.key(&caller, &channel).await?;
    let Some(details) = operator.journal.show(&key, &id).await? else {
        return Err(Refusal::NotFound(format!(
            "the journal has no event {id:?} of the channel {channel:?}: it never came, or is \
             forgotten"
        )));
    };
    Ok(Json(DetailsAnswer::from(details)))
}

impl ChannelAnswer {
    fn none(channel: &str) -> Self {
        Self {
            channel: channel.to_owned(),
            waiting: 0,
            waiting_bytes: 0,
            kept_bytes: 0,
            oldest: None,
            dead: 0,
            scheduled: 0,
        }
    }
}

impl From<ChannelStats> for ChannelAnswer {
    fn from(stats: ChannelStats) -> Self {
        let ChannelStats {
            channel,
            waiting,
            waiting_bytes,
            kept_bytes,
            oldest,
            dead,
            scheduled,
        } = stats;
        Self {
            channel: ChannelRecord::name_of(&channel).to_owned(),
            waiting,
            waiting_bytes,
            kept_bytes,
            oldest,
            dead,
            scheduled,
        }
    }
}

impl From<Entry> for EntryAnswer {
    fn from(entry: Entry) -> Self {
        let Entry {
            position,
            channel,
            id,
            chat,
            state,
            received,
            ended,
            attempts,
            error,
        } = entry;
        Self {
            position,
            channel: ChannelRecord::name_of(&channel).to_owned(),
            id,
            chat,
            state: state.into(),
            received,
            ended,
            attempts,
            error,
        }
    }
}

impl From<Details> for DetailsAnswer {
    fn from(details: Details) -> Self {
        let event = details.body.map(|body| redacted(&body));
        Self {
            entry: details.entry.into(),
            // A redacted event is an object.
            event: event.and_then(|event| RawValue::from_string(event).ok()),
            failures: details.failures.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<FailedAttempt> for FailureAnswer {
    fn from(failure: FailedAttempt) -> Self {
        Self {
            started: failure.started,
            milliseconds: failure.took.as_millis().try_into().unwrap_or(u64::MAX),
            deployment: failure.deployment,
            plugin: failure.digest,
            error: failure.error,
            log: failure.log,
        }
    }
}
