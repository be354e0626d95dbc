//! The timers that a channel's plugin has set.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use botbox_line::webhook::Event;
use botbox_runtime::host_event::HostEvent;
use botbox_store::{EventSchedule, PendingEvent};
use schemars::JsonSchema;
use serde::Serialize;

use super::access::{Deploy, May, Read};
use super::filter::Parameters;
use super::operator::Operator;
use super::page::TimePage;
use super::refusal::Refusal;
use super::request::{Done, InPath, to_the_end};
use crate::services::timers::KIND;

/// A page of timers.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Timers")]
pub(super) struct TimersAnswer {
    /// Those that come first, first.
    timers: Vec<TimerAnswer>,
    /// What to give as `after`, for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A timer that is still to come.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Timer")]
struct TimerAnswer {
    /// The id of the event that it becomes.
    id: String,
    /// When it comes.
    at: i64,
    chat: String,
    /// As the plugin gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<String>,
}

pub(super) async fn list(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    InPath(channel): InPath<String>,
    Parameters(page): Parameters<TimePage>,
) -> Result<Json<TimersAnswer>, Refusal> {
    let key = operator.visible(&caller, &channel).await?.key();
    let (after, limit) = page.place()?;
    let timers = operator.store.pending(&key, KIND, after, limit).await?;
    Ok(Json(TimersAnswer {
        next: TimePage::next(&timers, limit),
        timers: timers.into_iter().map(TimerAnswer::from).collect(),
    }))
}

pub(super) async fn cancel(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Deploy>,
    InPath((channel, timer)): InPath<(String, String)>,
) -> Result<Done, Refusal> {
    let record = operator.visible(&caller, &channel).await?;
    to_the_end(async move {
        if !operator.store.cancel(&record.key(), KIND, &timer).await? {
            return Err(Refusal::NotFound(format!(
                "the channel {channel:?} has no timer {timer:?}: it has come, or was cancelled"
            )));
        }
        tracing::info!(
            channel,
            timer,
            by = caller.name,
            "the operator cancelled a timer"
        );
        let audited = operator.add_to_audit(&caller, Some(&record), "timer cancelled", timer);
        audited.await?;
        Ok(Done)
    })
    .await
}

impl From<PendingEvent> for TimerAnswer {
    fn from(timer: PendingEvent) -> Self {
        let event = Event::from_host(&timer.body).ok();
        let payload = match event.as_ref().and_then(HostEvent::of) {
            Some(HostEvent::Timer { timer }) => Some(timer.payload),
            // Of another version of the host.
            Some(HostEvent::BeaconVisit { .. }) | None => None,
        };
        Self {
            id: timer.key,
            at: timer.at,
            chat: timer.chat,
            payload,
        }
    }
}
