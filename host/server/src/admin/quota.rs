//! How many messages a channel may still send: LINE's quota, and the operator's own limits.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use botbox_runtime::BudgetUsage;
use schemars::JsonSchema;
use serde::Serialize;

use super::access::{May, Read};
use super::operator::Operator;
use super::refusal::Refusal;
use super::request::InPath;
use crate::channel::usage::Usage;

/// How many messages a channel may still send.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ChannelQuota")]
pub(super) struct QuotaAnswer {
    /// As LINE last said, at most a quarter of an hour ago. Absent: the channel can't push, or LINE has not
    /// said yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<Usage>,
    /// The limits of `budget` of the stable deployment.
    budget: Vec<WindowAnswer>,
}

/// What is used of one limit.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "BudgetUsage")]
struct WindowAnswer {
    /// `hour`, or `month` of UTC+9.
    window: &'static str,
    /// How many recipients pushes may reach in it.
    limit: u64,
    /// How many they have reached.
    used: u64,
    /// When it ends.
    ends: i64,
}

pub(super) async fn show(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    InPath(channel): InPath<String>,
) -> Result<Json<QuotaAnswer>, Refusal> {
    operator.visible(&caller, &channel).await?;
    let open = operator.directory.get(&channel);
    let serving = open.as_ref().and_then(|it| it.traffic.current());
    let budget = serving.and_then(|it| it.stable.runnable.environment.push_budget.clone());
    let budget = match budget {
        Some(budget) => budget.usage().await?,
        None => Vec::new(),
    };
    Ok(Json(QuotaAnswer {
        line: open.and_then(|it| it.quota.usage()),
        budget: budget.into_iter().map(WindowAnswer::from).collect(),
    }))
}

impl From<BudgetUsage> for WindowAnswer {
    fn from(usage: BudgetUsage) -> Self {
        Self {
            window: usage.window,
            limit: usage.limit,
            used: usage.used,
            ends: usage.ends,
        }
    }
}
