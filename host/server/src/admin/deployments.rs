//! The deployments of a channel.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use botbox_store::{DeploymentNumber, DeploymentRecord, Deployments, PAGE_DEPLOYMENTS};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::filter::Parameters;
use super::operator::Operator;
use super::page::limit;
use super::refusal::Refusal;
use super::request::{body, empty};
use crate::control::caller::{Caller, Role};
use crate::control::deployments::NewDeployment;

/// A page of deployments.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageQuery {
    before: Option<DeploymentNumber>,
    limit: Option<usize>,
}

#[derive(Serialize)]
struct DeploymentsAnswer {
    /// Newest first.
    deployments: Vec<DeploymentAnswer>,
    /// What to give as `before`, for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<DeploymentNumber>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewDocument {
    /// The digest of the component.
    plugin: String,
    #[serde(default = "empty")]
    document: Value,
    /// Whether the plugin may import what it is not granted.
    #[serde(default)]
    allow_missing: bool,
    /// Whether it is only checked.
    #[serde(default)]
    dry_run: bool,
}

#[derive(Serialize)]
struct CheckedAnswer {
    /// Absent: it was only checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    deployment: Option<DeploymentAnswer>,
    /// What the plugin imports and is not granted.
    missing_grants: Vec<String>,
    /// What it is granted beyond what serves now.
    added_grants: Vec<String>,
    /// What serves now is granted beyond it.
    removed_grants: Vec<String>,
}

/// A deployment, as the API shows it.
#[derive(Serialize)]
struct DeploymentAnswer {
    number: DeploymentNumber,
    plugin: String,
    created: i64,
    created_by: String,
    /// What it does for the channel, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    serves: Option<&'static str>,
    /// What the plugin runs with.
    document: Option<Box<RawValue>>,
}

pub(super) async fn list(
    State(operator): State<Arc<Operator>>,
    Path(channel): Path<String>,
    caller: Caller,
    Parameters(query): Parameters<PageQuery>,
) -> Result<Response, Refusal> {
    let record = operator.visible(&caller, &channel).await?.id;
    let limit = limit(query.limit, PAGE_DEPLOYMENTS, PAGE_DEPLOYMENTS)?;
    let traffic = operator.store.traffic(record).await?;
    let page = operator
        .store
        .deployments(record, query.before, limit)
        .await?;
    let next = page
        .last()
        .filter(|it| page.len() == limit && it.number > 1);
    let serves = |number| {
        let traffic = traffic.as_ref()?;
        let is_canary = traffic.canary.is_some_and(|it| it.deployment == number);
        match (traffic.stable == number, is_canary) {
            (true, _) => Some("stable"),
            (false, true) => Some("canary"),
            (false, false) => None,
        }
    };
    Ok(Json(DeploymentsAnswer {
        next: next.map(|it| it.number),
        deployments: page
            .into_iter()
            .map(|it| DeploymentAnswer::new(serves(it.number), it))
            .collect(),
    })
    .into_response())
}

pub(super) async fn show(
    State(operator): State<Arc<Operator>>,
    Path((channel, number)): Path<(String, DeploymentNumber)>,
    caller: Caller,
) -> Result<Response, Refusal> {
    let record = operator.visible(&caller, &channel).await?.id;
    match operator.store.deployment(record, number).await? {
        Some(found) => Ok(Json(DeploymentAnswer::new(None, found)).into_response()),
        None => Err(Refusal::NotFound(format!(
            "the channel {channel:?} has no deployment {number}"
        ))),
    }
}

pub(super) async fn add(
    State(operator): State<Arc<Operator>>,
    Path(channel): Path<String>,
    caller: Caller,
    bytes: Bytes,
) -> Result<Response, Refusal> {
    operator.visible(&caller, &channel).await?;
    caller.may(Role::Deploy)?;
    let new: NewDocument = body(&bytes)?;
    let new = NewDeployment {
        plugin: new.plugin,
        document: new.document,
        allow_missing: new.allow_missing,
        is_dry_run: new.dry_run,
    };
    let control = operator.control()?;
    let checked = control
        .add_deployment(caller.actor(), &channel, new)
        .await?;
    let status = match checked.record {
        Some(_) => StatusCode::CREATED,
        None => StatusCode::OK,
    };
    let answer = CheckedAnswer {
        deployment: checked.record.map(|it| DeploymentAnswer::new(None, it)),
        missing_grants: checked.missing,
        added_grants: checked.added_grants,
        removed_grants: checked.removed_grants,
    };
    Ok((status, Json(answer)).into_response())
}

impl DeploymentAnswer {
    fn new(serves: Option<&'static str>, record: DeploymentRecord) -> Self {
        Self {
            number: record.number,
            plugin: record.digest,
            created: record.created,
            created_by: record.created_by,
            serves,
            document: RawValue::from_string(record.document).ok(),
        }
    }
}
