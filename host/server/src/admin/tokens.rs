//! The tokens of the admin API, and the audit of what was done with them.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use botbox_store::{AuditEntry, AuditFilter, PAGE_AUDIT, ProviderId, TokenRecord};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::access::{May, Operate, Read};
use super::filter::Parameters;
use super::operator::Operator;
use super::page::{NamePage, limit};
use super::refusal::Refusal;
use super::request::{Created, Document, Done, InPath};
use crate::control::access::IssuedToken;
use crate::control::caller::Role;

/// A token to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"name": "pipeline", "provider": "acme", "role": "deploy"}]))]
pub(super) struct NewToken {
    /// 1 to 64 letters, digits, `-` and `_`: what the audit calls whoever has it.
    #[schemars(regex(pattern = "^[A-Za-z0-9_-]{1,64}$"))]
    name: String,
    /// Whose things it is for. Absent: the host's.
    provider: Option<String>,
    role: Role,
    /// When it expires. Absent: never.
    expires: Option<i64>,
}

/// A page of tokens, without what they are.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Tokens")]
pub(super) struct TokensAnswer {
    /// By name.
    tokens: Vec<TokenAnswer>,
    /// What to give as `after`, for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A token.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Token")]
pub(super) struct TokenAnswer {
    name: String,
    /// Absent: it is the host's.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<String>,
    role: String,
    created: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<i64>,
    /// Of a new one: never shown again.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AuditQuery {
    /// What concerns channels of this name.
    channel: Option<String>,
    /// The `next` of the page before.
    before: Option<i64>,
    /// How many at most. Default: 100.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<usize>,
}

/// A page of the audit.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Audit")]
pub(super) struct AuditAnswer {
    /// Newest first.
    entries: Vec<EntryAnswer>,
    /// What to give as `before`, for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<i64>,
}

/// A change, and who made it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AuditEntry")]
struct EntryAnswer {
    number: i64,
    at: i64,
    actor: String,
    action: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    detail: String,
}

pub(super) async fn list(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Operate>,
    Parameters(page): Parameters<NamePage>,
) -> Result<Json<TokensAnswer>, Refusal> {
    let names = operator.provider_names().await?;
    let mut tokens = operator.control()?.tokens().await?;
    tokens.retain(|it| match it.provider {
        Some(provider) => caller.sees(provider),
        None => caller.provider.is_none(),
    });
    let (tokens, next) = page.of(tokens, |it| &it.name)?;
    let tokens = tokens.into_iter();
    let tokens = tokens
        .map(|it| TokenAnswer::new(it, &names, None))
        .collect();
    Ok(Json(TokensAnswer { tokens, next }))
}

pub(super) async fn add(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Operate>,
    Document(new): Document<NewToken>,
) -> Result<Created<Json<TokenAnswer>>, Refusal> {
    let control = operator.control()?;
    match &new.provider {
        Some(provider) => {
            let owner = control.provider(provider).await?;
            caller.must_see(owner.id, "provider", provider)?;
        }
        None => caller.is_host()?,
    }
    let provider = new.provider.as_deref();
    let issued = control.add_token(caller.actor(), new.name, provider, new.role, new.expires);
    let IssuedToken { token, record } = issued.await?;
    let names = operator.provider_names().await?;
    let answer = TokenAnswer::new(record, &names, Some(token));
    Ok(Created(Json(answer)))
}

pub(super) async fn revoke(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Operate>,
    InPath(name): InPath<String>,
) -> Result<Done, Refusal> {
    let control = operator.control()?;
    let tokens = control.tokens().await?;
    let found = tokens.iter().find(|it| it.name == name);
    let is_seen = found.is_some_and(|it| {
        it.provider
            .map_or(caller.provider.is_none(), |of| caller.sees(of))
    });
    if !is_seen {
        return Err(Refusal::NotFound(format!("there is no token {name:?}")));
    }
    control.revoke_token(caller.actor(), &name).await?;
    Ok(Done)
}

pub(super) async fn audit(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    Parameters(query): Parameters<AuditQuery>,
) -> Result<Json<AuditAnswer>, Refusal> {
    let limit = limit(query.limit, 100, PAGE_AUDIT)?;
    let filter = AuditFilter {
        provider: caller.provider,
        channel: query.channel,
    };
    let names = operator.provider_names().await?;
    let control = operator.control()?;
    let entries = control.audit(filter, query.before, limit).await?;
    let next = entries.last().filter(|_| entries.len() == limit);
    Ok(Json(AuditAnswer {
        next: next.map(|it| it.number),
        entries: entries
            .into_iter()
            .map(|it| EntryAnswer::new(it, &names))
            .collect(),
    }))
}

impl TokenAnswer {
    fn new(
        record: TokenRecord,
        names: &HashMap<ProviderId, String>,
        token: Option<String>,
    ) -> Self {
        Self {
            name: record.name,
            provider: record.provider.and_then(|it| names.get(&it).cloned()),
            role: record.role,
            created: record.created,
            expires: record.expires,
            token,
        }
    }
}

impl EntryAnswer {
    fn new(entry: AuditEntry, names: &HashMap<ProviderId, String>) -> Self {
        Self {
            number: entry.number,
            at: entry.at,
            actor: entry.actor,
            action: entry.action,
            provider: entry.provider.and_then(|it| names.get(&it).cloned()),
            channel: entry.channel,
            detail: entry.detail,
        }
    }
}
