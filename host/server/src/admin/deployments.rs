//! The deployments of a channel.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use botbox_store::{DeploymentNumber, DeploymentRecord, Deployments, PAGE_DEPLOYMENTS};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::access::{Deploy, May, Read};
use super::description::{Answer, Operation};
use super::filter::Parameters;
use super::operator::Operator;
use super::page::limit;
use super::refusal::Refusal;
use super::request::{Created, Document, InPath, empty};
use crate::config::document::DeploymentDocument;
use crate::control::deployments::NewDeployment;

/// A page of deployments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PageQuery {
    /// The `next` of the page before.
    before: Option<DeploymentNumber>,
    /// How many at most. Default: 100.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<usize>,
}

/// A page of the deployments of a channel.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Deployments")]
pub(super) struct DeploymentsAnswer {
    /// Newest first.
    deployments: Vec<DeploymentAnswer>,
    /// What to give as `before`, for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<DeploymentNumber>,
}

/// A deployment to be made, or only checked.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "NewDeployment",
    extend("examples" = [{
        "plugin": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "document": {"grants": ["reply"], "limits": {"cpu_ms": 500}, "config": {"greeting": "hello"}},
        "dry_run": true
    }])
)]
pub(super) struct NewDocument {
    /// The digest of the component.
    plugin: String,
    /// What the plugin runs with.
    #[serde(default = "empty")]
    #[schemars(with = "DeploymentDocument")]
    document: Value,
    /// Whether the plugin may import what it is not granted.
    #[serde(default)]
    allow_missing: bool,
    /// Whether it is only checked.
    #[serde(default)]
    dry_run: bool,
}

/// What was found out about a deployment.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CheckedDeployment")]
pub(super) struct CheckedAnswer {
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

/// A deployment was made, or could be.
pub(super) struct Checked(CheckedAnswer);

/// A plugin, and what it runs with. It never changes.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Deployment")]
pub(super) struct DeploymentAnswer {
    number: DeploymentNumber,
    /// The digest of the component.
    plugin: String,
    created: i64,
    created_by: String,
    /// What it does for the channel, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    serves: Option<&'static str>,
    /// What the plugin runs with.
    #[schemars(with = "Option<DeploymentDocument>")]
    document: Option<Box<RawValue>>,
}

pub(super) async fn list(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    InPath(channel): InPath<String>,
    Parameters(query): Parameters<PageQuery>,
) -> Result<Json<DeploymentsAnswer>, Refusal> {
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
    }))
}

pub(super) async fn show(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    InPath((channel, number)): InPath<(String, DeploymentNumber)>,
) -> Result<Json<DeploymentAnswer>, Refusal> {
    let record = operator.visible(&caller, &channel).await?.id;
    match operator.store.deployment(record, number).await? {
        Some(found) => Ok(Json(DeploymentAnswer::new(None, found))),
        None => Err(Refusal::NotFound(format!(
            "the channel {channel:?} has no deployment {number}"
        ))),
    }
}

pub(super) async fn add(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Deploy>,
    InPath(channel): InPath<String>,
    Document(new): Document<NewDocument>,
) -> Result<Checked, Refusal> {
    operator.visible(&caller, &channel).await?;
    let new = NewDeployment {
        plugin: new.plugin,
        document: new.document,
        allow_missing: new.allow_missing,
        is_dry_run: new.dry_run,
    };
    let control = operator.control()?;
    let checked = control.add_deployment(&caller, &channel, new).await?;
    Ok(Checked(CheckedAnswer {
        deployment: checked.record.map(|it| DeploymentAnswer::new(None, it)),
        missing_grants: checked.missing,
        added_grants: checked.added_grants,
        removed_grants: checked.removed_grants,
    }))
}

impl IntoResponse for Checked {
    fn into_response(self) -> Response {
        let status = match self.0.deployment {
            Some(_) => StatusCode::CREATED,
            None => StatusCode::OK,
        };
        (status, Json(self.0)).into_response()
    }
}

impl Answer for Checked {
    fn describe(operation: &mut Operation<'_>) {
        Created::<Json<CheckedAnswer>>::describe(operation);
        Json::<CheckedAnswer>::describe(operation);
    }
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
