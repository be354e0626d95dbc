//! Providers.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use botbox_store::{Provider, Revision};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::filter::Parameters;
use super::operator::Operator;
use super::page::NamePage;
use super::refusal::Refusal;
use super::request::{NewSettings, body, empty, expected, with_revision};
use crate::control::caller::{Caller, Role};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewProvider {
    name: String,
    #[serde(default = "empty")]
    settings: Value,
}

#[derive(Serialize)]
struct ProvidersAnswer {
    /// By name.
    providers: Vec<ProviderAnswer>,
    /// What to give as `after`, for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Serialize)]
struct ProviderAnswer {
    name: String,
    settings: Option<Box<RawValue>>,
    created: i64,
    revision: Revision,
}

pub(super) async fn list(
    State(operator): State<Arc<Operator>>,
    caller: Caller,
    Parameters(page): Parameters<NamePage>,
) -> Result<Response, Refusal> {
    let mut providers = operator.control()?.providers().await?;
    providers.retain(|it| caller.sees(it.id));
    let (providers, next) = page.of(providers, |it| &it.name)?;
    let providers = providers.into_iter().map(ProviderAnswer::from).collect();
    Ok(Json(ProvidersAnswer { providers, next }).into_response())
}

pub(super) async fn show(
    State(operator): State<Arc<Operator>>,
    Path(name): Path<String>,
    caller: Caller,
) -> Result<Response, Refusal> {
    let provider = operator.control()?.provider(&name).await?;
    caller.must_see(provider.id, "provider", &name)?;
    Ok(answer(provider))
}

pub(super) async fn add(
    State(operator): State<Arc<Operator>>,
    caller: Caller,
    bytes: Bytes,
) -> Result<Response, Refusal> {
    caller.may(Role::Operate)?;
    caller.is_host()?;
    let NewProvider { name, settings } = body(&bytes)?;
    let added = operator
        .control()?
        .add_provider(caller.actor(), name, &settings);
    Ok((StatusCode::CREATED, answer(added.await?)).into_response())
}

/// Ceilings are the host's to set, so a provider's own tokens do not change them.
pub(super) async fn set(
    State(operator): State<Arc<Operator>>,
    Path(name): Path<String>,
    caller: Caller,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Refusal> {
    caller.may(Role::Operate)?;
    caller.is_host()?;
    let expected = expected(&headers)?;
    let NewSettings { settings } = body(&bytes)?;
    let changed = operator
        .control()?
        .set_provider(caller.actor(), &name, expected, &settings);
    Ok(answer(changed.await?))
}

pub(super) async fn delete(
    State(operator): State<Arc<Operator>>,
    Path(name): Path<String>,
    caller: Caller,
) -> Result<StatusCode, Refusal> {
    caller.may(Role::Operate)?;
    caller.is_host()?;
    let control = operator.control()?;
    control.delete_provider(caller.actor(), &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answer(provider: Provider) -> Response {
    with_revision(provider.revision, &ProviderAnswer::from(provider))
}

impl From<Provider> for ProviderAnswer {
    fn from(provider: Provider) -> Self {
        Self {
            name: provider.name,
            settings: RawValue::from_string(provider.settings).ok(),
            created: provider.created,
            revision: provider.revision,
        }
    }
}
