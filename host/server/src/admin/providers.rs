//! Providers.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use botbox_store::{Provider, Revision};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::access::{May, OperateHost, Read};
use super::filter::Parameters;
use super::operator::Operator;
use super::page::NamePage;
use super::refusal::Refusal;
use super::request::{Created, Document, Done, IfMatch, InPath, Revised, empty};
use crate::config::ceilings::Ceilings;
use crate::control::providers::ProviderSettings;

/// A provider to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"name": "acme", "settings": {"weight": 2, "ceilings": {"channels": 10}}}]))]
pub(super) struct NewProvider {
    /// 1 to 64 letters, digits, `-` and `_`.
    #[schemars(regex(pattern = "^[A-Za-z0-9_-]{1,64}$"))]
    name: String,
    #[serde(default = "empty")]
    #[schemars(with = "ProviderSettings")]
    settings: Value,
}

/// New settings, in the place of all that were there.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "NewProviderSettings",
    extend("examples" = [{"settings": {"weight": 2, "ceilings": {"cpu_ms": 1000}}}])
)]
pub(super) struct NewSettings {
    #[schemars(with = "ProviderSettings")]
    settings: Value,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Providers")]
pub(super) struct ProvidersAnswer {
    /// By name.
    providers: Vec<ProviderAnswer>,
    /// What to give as `after`, for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A provider: the owner of channels.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Provider")]
pub(super) struct ProviderAnswer {
    name: String,
    #[schemars(with = "Option<ProviderSettings>")]
    settings: Option<Box<RawValue>>,
    created: i64,
    revision: Revision,
}

pub(super) async fn list(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    Parameters(page): Parameters<NamePage>,
) -> Result<Json<ProvidersAnswer>, Refusal> {
    let mut providers = operator.control()?.providers().await?;
    providers.retain(|it| caller.sees(it.id));
    let (providers, next) = page.of(providers, |it| &it.name)?;
    let providers = providers.into_iter().map(ProviderAnswer::from).collect();
    Ok(Json(ProvidersAnswer { providers, next }))
}

pub(super) async fn show(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    InPath(name): InPath<String>,
) -> Result<Revised<ProviderAnswer>, Refusal> {
    let provider = operator.control()?.provider(&name).await?;
    caller.must_see(provider.id, "provider", &name)?;
    Ok(answer(provider))
}

pub(super) async fn add(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<OperateHost>,
    Document(new): Document<NewProvider>,
) -> Result<Created<Revised<ProviderAnswer>>, Refusal> {
    let NewProvider { name, settings } = new;
    let added = operator
        .control()?
        .add_provider(caller.actor(), name, &settings);
    Ok(Created(answer(added.await?)))
}

/// Ceilings are the host's to set, so a provider's own tokens do not change them.
pub(super) async fn set(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<OperateHost>,
    InPath(name): InPath<String>,
    IfMatch(expected): IfMatch,
    Document(new): Document<NewSettings>,
) -> Result<Revised<ProviderAnswer>, Refusal> {
    let changed = operator
        .control()?
        .set_provider(caller.actor(), &name, expected, &new.settings);
    Ok(answer(changed.await?))
}

pub(super) async fn delete(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<OperateHost>,
    InPath(name): InPath<String>,
) -> Result<Done, Refusal> {
    let control = operator.control()?;
    control.delete_provider(caller.actor(), &name).await?;
    Ok(Done)
}

/// What no provider is allowed more of: of the configuration file.
pub(super) async fn ceilings(
    State(operator): State<Arc<Operator>>,
    _: May<Read>,
) -> Result<Json<Ceilings>, Refusal> {
    Ok(Json(operator.control()?.ceilings().clone()))
}

fn answer(provider: Provider) -> Revised<ProviderAnswer> {
    Revised {
        revision: provider.revision,
        answer: provider.into(),
    }
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
