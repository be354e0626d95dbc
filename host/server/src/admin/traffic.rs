//! The traffic of a channel: the one switch, and what was switched before.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Json, Response};
use botbox_store::{Canary, DeploymentNumber, Deployments, PAGE_DEPLOYMENTS, Revision, Traffic};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::filter::Parameters;
use super::operator::Operator;
use super::page::limit;
use super::refusal::Refusal;
use super::request::{body, expected, with_revision};
use crate::control::caller::{Caller, Role};
use crate::control::traffic::Switch;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTraffic {
    stable: DeploymentNumber,
    canary: Option<CanaryDocument>,
    pinned: Option<bool>,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct CanaryDocument {
    deployment: DeploymentNumber,
    percent: u8,
}

#[derive(Serialize)]
struct TrafficAnswer {
    revision: Revision,
    stable: DeploymentNumber,
    #[serde(skip_serializing_if = "Option::is_none")]
    canary: Option<CanaryDocument>,
    pinned: bool,
    /// What the guard took out of traffic: the pin is against this deployment only.
    #[serde(skip_serializing_if = "Option::is_none")]
    aborted: Option<DeploymentNumber>,
    reason: String,
    by: String,
    at: i64,
}

#[derive(Serialize)]
struct SwitchesAnswer {
    /// Newest first.
    switches: Vec<TrafficAnswer>,
    /// What to give as `before`, for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Revision>,
}

/// A page of switches.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageQuery {
    before: Option<Revision>,
    limit: Option<usize>,
}

pub(super) async fn show(
    State(operator): State<Arc<Operator>>,
    Path(channel): Path<String>,
    caller: Caller,
) -> Result<Response, Refusal> {
    operator.visible(&caller, &channel).await?;
    Ok(answer(operator.control()?.traffic(&channel).await?))
}

pub(super) async fn set(
    State(operator): State<Arc<Operator>>,
    Path(channel): Path<String>,
    caller: Caller,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Refusal> {
    operator.visible(&caller, &channel).await?;
    caller.may(Role::Deploy)?;
    let new: NewTraffic = body(&bytes)?;
    let switch = Switch {
        expected: expected(&headers)?,
        stable: new.stable,
        canary: new.canary.map(|it| Canary {
            deployment: it.deployment,
            percent: it.percent,
        }),
        is_pinned: new.pinned,
        reason: new.reason,
        aborted: None,
    };
    let control = operator.control()?;
    let switched = control.switch(caller.actor(), &channel, switch);
    Ok(answer(switched.await?))
}

pub(super) async fn switches(
    State(operator): State<Arc<Operator>>,
    Path(channel): Path<String>,
    caller: Caller,
    Parameters(query): Parameters<PageQuery>,
) -> Result<Response, Refusal> {
    let record = operator.visible(&caller, &channel).await?;
    let limit = limit(query.limit, PAGE_DEPLOYMENTS, PAGE_DEPLOYMENTS)?;
    let switches = operator
        .store
        .switches(record.id, query.before, limit)
        .await?;
    let last = switches.last();
    let next = last.filter(|it| switches.len() == limit && it.revision > 1);
    Ok(Json(SwitchesAnswer {
        next: next.map(|it| it.revision),
        switches: switches.into_iter().map(TrafficAnswer::from).collect(),
    })
    .into_response())
}

fn answer(traffic: Traffic) -> Response {
    with_revision(traffic.revision, &TrafficAnswer::from(traffic))
}

impl From<Traffic> for TrafficAnswer {
    fn from(traffic: Traffic) -> Self {
        Self {
            revision: traffic.revision,
            stable: traffic.stable,
            canary: traffic.canary.map(|it| CanaryDocument {
                deployment: it.deployment,
                percent: it.percent,
            }),
            pinned: traffic.is_pinned,
            aborted: traffic.aborted,
            reason: traffic.reason,
            by: traffic.by,
            at: traffic.at,
        }
    }
}
