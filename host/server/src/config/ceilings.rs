//! Ceilings: what an operator allows the deployments of a provider, or of all, at most.

use botbox_runtime::Capability;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checked::channel::DeploymentSettings;
use super::problem::DocumentProblem;

/// What deployments may have at most. What is absent has no ceiling but the host's own limits.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Ceilings {
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_mib: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    concurrency: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keyvalue_keys: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keyvalue_mib: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_mib: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backlog_events: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backlog_mib: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_mib: Option<u64>,
    /// Events of one instance: 1 forbids `reuse`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reuse_events: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reuse_idle_ms: Option<u64>,
    /// How many channels a provider has.
    #[serde(skip_serializing_if = "Option::is_none")]
    channels: Option<u64>,
    /// What may be granted, by name. Absent: everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    grants: Option<Vec<String>>,
}

impl Ceilings {
    /// Fails if a ceiling can't be one.
    pub(crate) fn check(&self) -> Result<(), DocumentProblem> {
        let unknown = |name: &&String| Capability::named(name).is_none();
        match self.grants.iter().flatten().find(unknown) {
            None => Ok(()),
            Some(unknown) => Err(DocumentProblem {
                key: String::from("ceilings.grants"),
                what: format!("there is no grant `{unknown}`"),
            }),
        }
    }

    /// Fails if a deployment is above them. `whose` they are stands in what is told.
    pub(crate) fn allow(
        &self,
        deployment: &DeploymentSettings,
        whose: &str,
    ) -> Result<(), Vec<DocumentProblem>> {
        let DeploymentSettings {
            limits, backlog, ..
        } = deployment;
        let milliseconds = |it: std::time::Duration| it.as_millis().try_into().unwrap_or(u64::MAX);
        // Without it, an instance has one event, and is not kept.
        let reuse = limits.reuse.map_or((1, 0), |reuse| {
            (u64::from(reuse.events), milliseconds(reuse.idle))
        });
        let checks = [
            ("cpu_ms", self.cpu_ms, milliseconds(limits.cpu)),
            (
                "deadline_ms",
                self.deadline_ms,
                milliseconds(limits.deadline),
            ),
            ("memory_mib", self.memory_mib, limits.memory as u64 >> 20),
            (
                "concurrency",
                self.concurrency,
                deployment.concurrency as u64,
            ),
            ("keyvalue_keys", self.keyvalue_keys, limits.keyvalue.keys),
            (
                "keyvalue_mib",
                self.keyvalue_mib,
                limits.keyvalue.bytes >> 20,
            ),
            ("media_mib", self.media_mib, deployment.media >> 20),
            ("backlog_events", self.backlog_events, backlog.events),
            ("backlog_mib", self.backlog_mib, backlog.bytes >> 20),
            ("kept_mib", self.kept_mib, backlog.kept >> 20),
            ("reuse_events", self.reuse_events, reuse.0),
            ("reuse_idle_ms", self.reuse_idle_ms, reuse.1),
        ];
        let above = checks.into_iter().filter_map(|(name, ceiling, value)| {
            let ceiling = ceiling.filter(|ceiling| value > *ceiling)?;
            Some(DocumentProblem {
                key: match name.strip_prefix("reuse_") {
                    Some(key) => format!("reuse.{key}"),
                    None => format!("limits.{name}"),
                },
                what: format!(
                    "it is {value}; the ceiling of {whose} is {ceiling}: lower it, or have the \
                     operator raise `ceilings.{name}`"
                ),
            })
        });
        let mut problems: Vec<_> = above.collect();
        if let Some(allowed) = &self.grants {
            let granted = Capability::ALL
                .iter()
                .filter(|it| deployment.grants.allow(**it));
            let forbidden = granted.filter(|it| !allowed.iter().any(|name| name == it.name()));
            problems.extend(forbidden.map(|it| DocumentProblem {
                key: String::from("grants"),
                what: format!(
                    "the ceiling of {whose} forbids `{}`: leave it out, or have the operator add it \
                     to `ceilings.grants`",
                    it.name()
                ),
            }));
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }

    /// Fails if a provider that has so many channels may have no more.
    pub(crate) fn allow_channel(&self, count: usize, whose: &str) -> Result<(), DocumentProblem> {
        match self.channels {
            Some(ceiling) if count as u64 >= ceiling => Err(DocumentProblem {
                key: String::from("provider"),
                what: format!(
                    "it has {count} channels, and the ceiling of {whose} is {ceiling}: delete one, \
                     or have the operator raise `ceilings.channels`"
                ),
            }),
            _ => Ok(()),
        }
    }
}
