//! Channels and their secrets.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use botbox_store::{ChannelRecord, Origin, ProviderId, Revision, Tenants};
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::access::{May, Operate, OperateHost, Read};
use super::filter::Parameters;
use super::operator::Operator;
use super::page::NamePage;
use super::refusal::Refusal;
use super::request::{Created, Document, Done, IfMatch, InPath, Revised, empty};
use crate::config::document::ChannelDocument;

/// A channel to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"name": "shop", "provider": "acme", "settings": {"channel_id": "1234567890"}}]))]
pub(super) struct NewChannel {
    /// 1 to 64 letters, digits, `-` and `_`: the last part of the webhook's path.
    #[schemars(regex(pattern = "^[A-Za-z0-9_-]{1,64}$"))]
    name: String,
    /// The name of its owner.
    provider: String,
    /// What it is given beside its secrets and deployments.
    #[serde(default = "empty")]
    #[schemars(with = "ChannelDocument")]
    settings: Value,
}

/// New settings, in the place of all that were there.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "NewChannelSettings",
    extend("examples" = [{"settings": {"channel_id": "1234567890"}}])
)]
pub(super) struct NewSettings {
    #[schemars(with = "ChannelDocument")]
    settings: Value,
}

/// A secret. It is never shown again.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"value": "an access token of LINE"}]))]
pub(super) struct NewSecret {
    #[schemars(with = "String")]
    value: SecretString,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Channels")]
pub(super) struct ChannelsAnswer {
    /// By name.
    channels: Vec<ChannelAnswer>,
    /// What to give as `after`, for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A channel.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Channel")]
pub(super) struct ChannelAnswer {
    name: String,
    provider: String,
    /// Where it was made: `file` or `api`.
    origin: &'static str,
    #[schemars(with = "Option<ChannelDocument>")]
    settings: Option<Box<RawValue>>,
    created: i64,
    revision: Revision,
    /// What it lacks to take webhooks.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// The secrets of a channel.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Secrets")]
pub(super) struct SecretsAnswer {
    secrets: Vec<SecretAnswer>,
}

/// That there is a secret. What it is is never shown.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Secret")]
struct SecretAnswer {
    name: String,
    set: i64,
}

pub(super) async fn list(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    Parameters(page): Parameters<NamePage>,
) -> Result<Json<ChannelsAnswer>, Refusal> {
    let providers = operator.provider_names().await?;
    let problems = problems(&operator);
    let mut channels = operator.store.channels().await?;
    channels.retain(|it| caller.sees(it.provider) && !it.is_deleted);
    let (channels, next) = page.of(channels, |it| &it.name)?;
    let channels = channels.into_iter();
    let channels = channels.map(|it| ChannelAnswer::new(it, &providers, &problems));
    let channels = channels.collect();
    Ok(Json(ChannelsAnswer { channels, next }))
}

pub(super) async fn show(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    InPath(name): InPath<String>,
) -> Result<Revised<ChannelAnswer>, Refusal> {
    let record = operator.visible(&caller, &name).await?;
    answer(&operator, record).await
}

pub(super) async fn add(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Operate>,
    Document(new): Document<NewChannel>,
) -> Result<Created<Revised<ChannelAnswer>>, Refusal> {
    let NewChannel {
        name,
        provider,
        settings,
    } = new;
    let control = operator.control()?;
    let owner = control.provider(&provider).await?;
    caller.must_see(owner.id, "provider", &provider)?;
    let added = control.add_channel(caller.actor(), &provider, name, &settings);
    Ok(Created(answer(&operator, added.await?).await?))
}

pub(super) async fn set(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Operate>,
    InPath(name): InPath<String>,
    IfMatch(expected): IfMatch,
    Document(new): Document<NewSettings>,
) -> Result<Revised<ChannelAnswer>, Refusal> {
    operator.visible(&caller, &name).await?;
    let changed = operator
        .control()?
        .set_channel(caller.actor(), &name, expected, &new.settings);
    answer(&operator, changed.await?).await
}

pub(super) async fn delete(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Operate>,
    InPath(name): InPath<String>,
) -> Result<Done, Refusal> {
    operator.owned(&caller, &name).await?;
    let control = operator.control()?;
    control.delete_channel(caller.actor(), &name).await?;
    Ok(Done)
}

pub(super) async fn secrets(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    InPath(name): InPath<String>,
) -> Result<Json<SecretsAnswer>, Refusal> {
    let record = operator.visible(&caller, &name).await?;
    let secrets = operator.store.secrets_of(record.id).await?.into_iter();
    let secrets = secrets.map(|it| SecretAnswer {
        name: it.name,
        set: it.set,
    });
    let secrets = secrets.collect();
    Ok(Json(SecretsAnswer { secrets }))
}

pub(super) async fn set_secret(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Operate>,
    InPath((channel, name)): InPath<(String, String)>,
    Document(new): Document<NewSecret>,
) -> Result<Done, Refusal> {
    operator.visible(&caller, &channel).await?;
    let control = operator.control()?;
    let set = control.set_secret(caller.actor(), &channel, &name, &new.value);
    set.await?;
    Ok(Done)
}

pub(super) async fn delete_secret(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Operate>,
    InPath((channel, name)): InPath<(String, String)>,
) -> Result<Done, Refusal> {
    operator.visible(&caller, &channel).await?;
    let control = operator.control()?;
    let deleted = control.delete_secret(caller.actor(), &channel, &name);
    if deleted.await? {
        return Ok(Done);
    }
    let why = format!("the channel {channel:?} has no secret {name:?}");
    Err(Refusal::NotFound(why))
}

/// How many secrets were encrypted anew.
#[derive(Serialize, JsonSchema)]
pub(super) struct Resealed {
    resealed: usize,
}

/// The key is the host's.
pub(super) async fn reseal_secrets(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<OperateHost>,
) -> Result<Json<Resealed>, Refusal> {
    let control = operator.control()?;
    let resealed = control.reseal_secrets(caller.actor()).await?;
    Ok(Json(Resealed { resealed }))
}

async fn answer(
    operator: &Operator,
    record: ChannelRecord,
) -> Result<Revised<ChannelAnswer>, Refusal> {
    let providers = operator.provider_names().await?;
    let problems = problems(operator);
    let revision = record.revision;
    let answer = ChannelAnswer::new(record, &providers, &problems);
    Ok(Revised { revision, answer })
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
