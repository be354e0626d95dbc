//! What channels used in a month, to bill by.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use botbox_store::{
    ChannelId, ChannelUsage, Metering, PAGE_USAGE, ProviderId, Tenants, UsageFilter,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::access::{May, Read};
use super::filter::Parameters;
use super::operator::Operator;
use super::page::limit;
use super::refusal::Refusal;
use crate::watch::meter::Month;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UsageQuery {
    /// Such as `2026-11`, by LINE's time. The present one if nobody says.
    #[schemars(regex(pattern = "^[0-9]{4}-[0-9]{2}$"))]
    month: Option<String>,
    /// Of this provider.
    provider: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many at most. Default: 1,000.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<usize>,
}

/// A page of what channels used in a month.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Usages")]
pub(super) struct UsageAnswer {
    month: String,
    /// By the ids of provider and channel.
    usage: Vec<ChannelAnswer>,
    /// What to give as `after`, for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// What a channel used in a month.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ChannelUsage")]
struct ChannelAnswer {
    /// Of two providers with the same name, the one whose id is known tells which was billed.
    provider_id: i64,
    provider: String,
    /// Whether the provider is no more.
    is_deleted: bool,
    channel: String,
    events: u64,
    attempts: u64,
    cpu_ms: u64,
    sends: SendsAnswer,
}

/// Sends that LINE took, by kind.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Sends")]
struct SendsAnswer {
    reply: u64,
    push: u64,
    multicast: u64,
    narrowcast: u64,
    broadcast: u64,
    notification: u64,
}

pub(super) async fn usage(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    Parameters(query): Parameters<UsageQuery>,
) -> Result<Json<UsageAnswer>, Refusal> {
    let limit = limit(query.limit, PAGE_USAGE, PAGE_USAGE)?;
    let month = match &query.month {
        None => Month::of(operator.clock.now()),
        Some(name) => Month::read(name).ok_or_else(|| {
            let why = format!("month: give a month such as 2026-11, not {name:?}");
            Refusal::BadRequest(why)
        })?,
    };
    let after = query.after.as_deref().map(cursor).transpose()?;
    let providers = operator.store.providers().await?;
    let provider = match &query.provider {
        None => caller.provider,
        Some(name) => {
            let found = providers.iter().find(|it| it.name == *name);
            let found = found.filter(|it| caller.sees(it.id));
            let found =
                found.ok_or_else(|| Refusal::NotFound(format!("there is no provider {name:?}")))?;
            Some(found.id)
        }
    };
    // What was counted a moment ago is told, too.
    operator.watch.meter.flush().await;
    let filter = UsageFilter {
        month: month.name(),
        provider,
        after,
    };
    let rows = operator.store.usage(filter, limit).await?;
    let existing: HashSet<_> = providers.iter().map(|it| it.id).collect();
    let last = rows.last().filter(|_| rows.len() == limit);
    Ok(Json(UsageAnswer {
        month: month.name(),
        next: last.map(|it| format!("{}-{}", it.provider.0, it.channel.0)),
        usage: rows
            .into_iter()
            .map(|it| ChannelAnswer::new(it, &existing))
            .collect(),
    }))
}

fn cursor(after: &str) -> Result<(ProviderId, ChannelId), Refusal> {
    let ids = after.split_once('-');
    let ids = ids.and_then(|(provider, channel)| {
        let provider = ProviderId(provider.parse().ok()?);
        Some((provider, ChannelId(channel.parse().ok()?)))
    });
    ids.ok_or_else(|| Refusal::BadRequest(String::from("after: give the `next` of a page")))
}

impl ChannelAnswer {
    fn new(row: ChannelUsage, existing: &HashSet<ProviderId>) -> Self {
        let counts = row.counts;
        Self {
            provider_id: row.provider.0,
            is_deleted: !existing.contains(&row.provider),
            provider: row.provider_name,
            channel: row.channel_name,
            events: counts.events,
            attempts: counts.attempts,
            cpu_ms: counts.cpu_us / 1_000,
            sends: SendsAnswer {
                reply: counts.replies,
                push: counts.pushes,
                multicast: counts.multicasts,
                narrowcast: counts.narrowcasts,
                broadcast: counts.broadcasts,
                notification: counts.notifications,
            },
        }
    }
}
