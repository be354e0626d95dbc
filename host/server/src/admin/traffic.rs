//! The traffic of a channel: the one switch, and what was switched before.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use botbox_store::{Canary, DeploymentNumber, Deployments, PAGE_DEPLOYMENTS, Revision, Traffic};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::access::{Deploy, May, Read};
use super::filter::Parameters;
use super::operator::Operator;
use super::page::limit;
use super::refusal::Refusal;
use super::request::{Document, IfMatch, InPath, Revised};
use crate::control::traffic::Switch;

/// A switch: to activate, try on some chats, promote, abort and roll back is all the same call.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [
    {"stable": 1, "canary": {"deployment": 2, "percent": 10}, "reason": "a new greeting"}
]))]
pub(super) struct NewTraffic {
    /// What most chats get.
    stable: DeploymentNumber,
    /// What some get. Absent: none.
    canary: Option<CanaryDocument>,
    /// Whether only a person may switch from now on. Who does not say, does not switch what is pinned.
    pinned: Option<bool>,
    /// Why, for the audit.
    #[serde(default)]
    #[schemars(length(max = 1_000))]
    reason: String,
}

/// A deployment that is tried on some chats.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Canary")]
struct CanaryDocument {
    deployment: DeploymentNumber,
    /// How many of a hundred chats get it.
    #[schemars(range(min = 1, max = 99))]
    percent: u8,
}

/// Which deployments of a channel serve.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Traffic")]
pub(super) struct TrafficAnswer {
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

/// A page of what a channel's traffic was.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Switches")]
pub(super) struct SwitchesAnswer {
    /// Newest first.
    switches: Vec<TrafficAnswer>,
    /// What to give as `before`, for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Revision>,
}

/// A page of switches.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PageQuery {
    /// The `next` of the page before.
    before: Option<Revision>,
    /// How many at most. Default: 100.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<usize>,
}

pub(super) async fn show(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    InPath(channel): InPath<String>,
) -> Result<Revised<TrafficAnswer>, Refusal> {
    operator.visible(&caller, &channel).await?;
    Ok(answer(operator.control()?.traffic(&channel).await?))
}

pub(super) async fn set(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Deploy>,
    InPath(channel): InPath<String>,
    IfMatch(expected): IfMatch,
    Document(new): Document<NewTraffic>,
) -> Result<Revised<TrafficAnswer>, Refusal> {
    operator.visible(&caller, &channel).await?;
    let switch = Switch {
        expected,
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
    May(caller, _): May<Read>,
    InPath(channel): InPath<String>,
    Parameters(query): Parameters<PageQuery>,
) -> Result<Json<SwitchesAnswer>, Refusal> {
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
    }))
}

fn answer(traffic: Traffic) -> Revised<TrafficAnswer> {
    Revised {
        revision: traffic.revision,
        answer: traffic.into(),
    }
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
