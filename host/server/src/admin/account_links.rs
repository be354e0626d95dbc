//! The accounts that a channel's users have linked.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use botbox_store::KeyValue;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::access::{May, Operate, Read};
use super::filter::Parameters;
use super::operator::Operator;
use super::page::limit;
use super::refusal::Refusal;
use super::request::{Done, InPath, to_the_end};
use crate::services::account_link::accounts;

/// A page of account links.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PageQuery {
    /// The `next` of the page before.
    after: Option<String>,
    /// How many at most. Default: 100.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<usize>,
}

/// A page of account links.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AccountLinks")]
pub(super) struct LinksAnswer {
    /// By user.
    links: Vec<LinkAnswer>,
    /// What to give as `after`, for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// An account of the provider's service that is linked with a LINE user.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AccountLink")]
struct LinkAnswer {
    user: String,
    account: String,
}

pub(super) async fn list(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    InPath(channel): InPath<String>,
    Parameters(page): Parameters<PageQuery>,
) -> Result<Json<LinksAnswer>, Refusal> {
    let space = accounts(&operator.visible(&caller, &channel).await?.key());
    let limit = limit(page.limit, 100, 1_000)?;
    let after = page.after.as_deref();
    let users = operator.store.keys(&space, after, limit).await?;
    let found = operator
        .store
        .get_many(&space, users.clone(), Box::new(|_| true));
    let found = found.await?;
    let next = users.last().filter(|_| users.len() == limit).cloned();
    // What was unlinked in between is not there.
    let links = users.into_iter().zip(found);
    let links = links.filter_map(|(user, account)| {
        let account = String::from_utf8(account?).ok()?;
        Some(LinkAnswer { user, account })
    });
    let links = links.collect();
    Ok(Json(LinksAnswer { links, next }))
}

/// The plugin gets no event of it, as it gets none when it unlinks a user itself.
pub(super) async fn remove(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Operate>,
    InPath((channel, user)): InPath<(String, String)>,
) -> Result<Done, Refusal> {
    let record = operator.visible(&caller, &channel).await?;
    to_the_end(async move {
        let space = accounts(&record.key());
        if operator.store.take(&space, &user).await?.is_none() {
            return Err(Refusal::NotFound(format!(
                "the user {user:?} has linked no account with the channel {channel:?}"
            )));
        }
        tracing::info!(
            channel,
            user,
            by = caller.name,
            "the operator removed an account link"
        );
        let audited = operator.add_to_audit(&caller, Some(&record), "account link removed", user);
        audited.await?;
        Ok(Done)
    })
    .await
}
