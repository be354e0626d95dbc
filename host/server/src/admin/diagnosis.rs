//! What keeps the host or a channel from working. LINE is asked by the host, with the channel's own token, which
//! no operator needs to have.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::access::{May, Operate};
use super::operator::Operator;
use super::refusal::Refusal;
use super::request::{Document, InPath, to_the_end};
use crate::channel::directory::FailedChannel;
use crate::control::caller::Caller;
use crate::control::error::ControlError;
use crate::diagnosis::{self, Finding, webhook};

/// What was looked at, and how it is.
#[derive(Serialize, JsonSchema)]
pub(super) struct Diagnosis {
    /// In the order in which things are to be mended.
    findings: Vec<Finding>,
}

/// Where LINE is to send webhooks.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"url": "https://bots.example.com/webhook/shop"}]))]
pub(super) struct NewWebhook {
    /// Absent: where the host takes the channel's webhooks.
    url: Option<String>,
}

/// Where LINE sends webhooks, and whether they arrive.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Webhook")]
pub(super) struct WebhookAnswer {
    /// What was given to LINE.
    url: String,
    findings: Vec<Finding>,
}

/// Who has a provider's token learns that it is right, and nothing of the host.
pub(super) async fn host(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Operate>,
) -> Result<Json<Diagnosis>, Refusal> {
    let control = operator.control()?;
    let scope = match caller.provider {
        Some(_) => "one provider",
        None => "the whole host",
    };
    let token = format!(
        "the host takes the token {:?}, which has the role `operate` for {scope}",
        caller.name
    );
    let mut findings = vec![Finding::ok("admin-token", token)];
    if caller.provider.is_none() {
        let (data, url) = (control.data(), control.public_url());
        let health = &*operator.health;
        findings.extend(diagnosis::host::diagnose(data, health, url, &operator.clock).await);
    }
    Ok(Json(Diagnosis { findings }))
}

pub(super) async fn channel(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Operate>,
    InPath(name): InPath<String>,
) -> Result<Json<Diagnosis>, Refusal> {
    let failed = known(&operator, &caller, &name).await?;
    let control = operator.control()?;
    let Some(channel) = operator.directory.get(&name) else {
        let findings = match failed {
            Some(failed) => diagnosis::channel::diagnose_failed(&failed),
            None => vec![Finding::problem(
                "channel",
                "the host does not serve it",
                "add it to the configuration file again, or delete it",
            )],
        };
        return Ok(Json(Diagnosis { findings }));
    };
    let stats = operator.journal.stats().await?;
    let stats = stats.iter().find(|it| *it.channel == *channel.key);
    let url = control.public_url();
    let findings = diagnosis::channel::diagnose(&channel, stats, url, &operator.clock).await;
    Ok(Json(Diagnosis { findings }))
}

/// Sets where LINE sends a channel's webhooks, and has LINE try it.
pub(super) async fn set_webhook(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Operate>,
    InPath(name): InPath<String>,
    Document(NewWebhook { url }): Document<NewWebhook>,
) -> Result<Json<WebhookAnswer>, Refusal> {
    known(&operator, &caller, &name).await?;
    let control = operator.control()?;
    let expected = control
        .public_url()
        .map(|it| webhook::expected_url(it, &name));
    let url = url.or(expected).ok_or_else(|| {
        let what = "the host has no `server.public_url` that it could be made of: give the URL";
        ControlError::invalid("url", what)
    })?;
    let channel = operator.directory.get(&name).ok_or_else(|| {
        let what = format!("the channel {name:?} can't be used yet: set its secrets first");
        ControlError::invalid("channel", what)
    })?;
    let client = channel.setup().client.clone();
    to_the_end(async move {
        let findings = match webhook::set(&client, &url).await {
            Ok(findings) => findings,
            Err(finding) => {
                let findings = vec![finding];
                return Ok(Json(WebhookAnswer { url, findings }));
            }
        };
        tracing::info!(
            channel = name,
            url,
            by = caller.name,
            "the webhook URL was set at LINE"
        );
        let record = operator.visible(&caller, &name).await?;
        let detail = url.clone();
        let audited = operator.add_to_audit(&caller, Some(&record), "webhook set at LINE", detail);
        audited.await?;
        Ok(Json(WebhookAnswer { url, findings }))
    })
    .await
}

/// Refuses a channel that is not there for the caller to see. Returns what it lacks, if it can't be used.
async fn known(
    operator: &Operator,
    caller: &Caller,
    name: &str,
) -> Result<Option<FailedChannel>, Refusal> {
    let known = operator.visible(caller, name).await;
    let mut failed = operator.directory.failed().into_iter();
    let failed = failed.find(|(id, _)| **id == *name).map(|(_, it)| it);
    match known {
        // One of the configuration file that never could be used is not in the registry.
        Err(_) if failed.is_some() && caller.provider.is_none() => Ok(failed),
        known => known.map(|_| failed),
    }
}
