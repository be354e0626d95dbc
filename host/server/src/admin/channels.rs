//! Channels and their secrets.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use botbox_store::{ChannelRecord, Origin, ProviderId, Revision, Tenants};
use bytes::Bytes;
use secrecy::SecretString;
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
struct NewChannel {
    name: String,
    provider: String,
    #[serde(default = "empty")]
    settings: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSecret {
    value: SecretString,
}

#[derive(Serialize)]
struct ChannelsAnswer {
    /// By name.
    channels: Vec<ChannelAnswer>,
    /// What to give as `after`, for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Serialize)]
struct ChannelAnswer {
    name: String,
    provider: String,
    /// Where it was made: `file` or `api`.
    origin: &'static str,
    settings: Option<Box<RawValue>>,
    created: i64,
    revision: Revision,
    /// What it lacks to take webhooks.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

#[derive(Serialize)]
struct SecretsAnswer {
    secrets: Vec<SecretAnswer>,
}

/// That there is a secret. What it is is never shown.
#[derive(Serialize)]
struct SecretAnswer {
    name: String,
    set: i64,
}

pub(super) async fn list(
    State(operator): State<Arc<Operator>>,
    caller: Caller,
    Parameters(page): Parameters<NamePage>,
) -> Result<Response, Refusal> {
    let providers = operator.provider_names().await?;
    let problems = problems(&operator);
    let mut channels = operator.store.channels().await?;
    channels.retain(|it| caller.sees(it.provider) && !it.is_deleted);
    let (channels, next) = page.of(channels, |it| &it.name)?;
    let channels = channels.into_iter();
    let channels = channels.map(|it| ChannelAnswer::new(it, &providers, &problems));
    let channels = channels.collect();
    Ok(Json(ChannelsAnswer { channels, next }).into_response())
}

pub(super) async fn show(
    State(operator): State<Arc<Operator>>,
    Path(name): Path<String>,
    caller: Caller,
) -> Result<Response, Refusal> {
    let record = operator.visible(&caller, &name).await?;
    answer(&operator, record).await
}

pub(super) async fn add(
    State(operator): State<Arc<Operator>>,
    caller: Caller,
    bytes: Bytes,
) -> Result<Response, Refusal> {
    caller.may(Role::Operate)?;
    let NewChannel {
        name,
        provider,
        settings,
    } = body(&bytes)?;
    let control = operator.control()?;
    let owner = control.provider(&provider).await?;
    caller.must_see(owner.id, "provider", &provider)?;
    let added = control.add_channel(caller.actor(), &provider, name, &settings);
    let added = answer(&operator, added.await?).await?;
    Ok((StatusCode::CREATED, added).into_response())
}

pub(super) async fn set(
    State(operator): State<Arc<Operator>>,
    Path(name): Path<String>,
    caller: Caller,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Refusal> {
    operator.visible(&caller, &name).await?;
    caller.may(Role::Operate)?;
    let expected = expected(&headers)?;
    let NewSettings { settings } = body(&bytes)?;
    let changed = operator
        .control()?
        .set_channel(caller.actor(), &name, expected, &settings);
    answer(&operator, changed.await?).await
}

pub(super) async fn delete(
    State(operator): State<Arc<Operator>>,
    Path(name): Path<String>,
    caller: Caller,
) -> Result<StatusCode, Refusal> {
    operator.owned(&caller, &name).await?;
    caller.may(Role::Operate)?;
    let control = operator.control()?;
    control.delete_channel(caller.actor(), &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn secrets(
    State(operator): State<Arc<Operator>>,
    Path(name): Path<String>,
    caller: Caller,
) -> Result<Response, Refusal> {
    let record = operator.visible(&caller, &name).await?;
    let secrets = operator.store.secrets_of(record.id).await?.into_iter();
    let secrets = secrets.map(|it| SecretAnswer {
        name: it.name,
        set: it.set,
    });
    let secrets = secrets.collect();
    Ok(Json(SecretsAnswer { secrets }).into_response())
}

pub(super) async fn set_secret(
    State(operator): State<Arc<Operator>>,
    Path((channel, name)): Path<(String, String)>,
    caller: Caller,
    bytes: Bytes,
) -> Result<StatusCode, Refusal> {
    operator.visible(&caller, &channel).await?;
    caller.may(Role::Operate)?;
    let NewSecret { value } = body(&bytes)?;
    let control = operator.control()?;
    let set = control.set_secret(caller.actor(), &channel, &name, &value);
    set.await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn delete_secret(
    State(operator): State<Arc<Operator>>,
    Path((channel, name)): Path<(String, String)>,
    caller: Caller,
) -> Result<StatusCode, Refusal> {
    operator.visible(&caller, &channel).await?;
    caller.may(Role::Operate)?;
    let control = operator.control()?;
    let deleted = control.delete_secret(caller.actor(), &channel, &name);
    if deleted.await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    let why = format!("the channel {channel:?} has no secret {name:?}");
    Err(Refusal::NotFound(why))
}

#[derive(Serialize)]
struct Resealed {
    resealed: usize,
}

/// The key is the host's.
pub(super) async fn reseal_secrets(
    State(operator): State<Arc<Operator>>,
    caller: Caller,
) -> Result<Response, Refusal> {
    caller.may(Role::Operate)?;
    caller.is_host()?;
    let control = operator.control()?;
    let resealed = control.reseal_secrets(caller.actor()).await?;
    Ok(Json(Resealed { resealed }).into_response())
}

async fn answer(operator: &Operator, record: ChannelRecord) -> Result<Response, Refusal> {
    let providers = operator.provider_names().await?;
    let problems = problems(operator);
    let revision = record.revision;
    let answer = ChannelAnswer::new(record, &providers, &problems);
    Ok(with_revision(revision, &answer))
}

/// What channels lack, by name.
fn problems(operator: &Operator) -> HashMap<Arc<str>, String> {
    let failed = operator.directory.failed().into_iter();
    failed.map(|(id, it)| (id, it.why.to_string())).collect()
}

impl ChannelAnswer {
    fn new(
        record: ChannelRecord,
        providers: &HashMap<ProviderId, String>,
        problems: &HashMap<Arc<str>, String>,
    ) -> Self {
        Self {
            provider: providers.get(&record.provider).cloned().unwrap_or_default(),
            origin: match record.origin {
                Origin::File => "file",
                Origin::Api => "api",
            },
            problem: problems.get(record.name.as_str()).cloned(),
            settings: RawValue::from_string(record.settings).ok(),
            created: record.created,
            revision: record.revision,
            name: record.name,
        }
    }
}
