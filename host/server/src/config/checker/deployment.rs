//! Checks what a plugin is to run with.

use std::time::Duration;

use botbox_runtime::{Capability, Limits, MEMORY_LIMIT_MAX, PushLimits, Reuse};
use botbox_store::{Backlog, Usage};

use super::{ChannelKeys, Checker, Reported};
use crate::config::checked::DeploymentSettings;
use crate::config::file::deployment::DeploymentTable;
use crate::config::file::limits::{BudgetTable, ReuseTable};
use crate::retries::Retries;

/// Of a channel that says nothing: what costs nothing and tells nothing to others.
const DEFAULT_GRANTS: [Capability; 3] =
    [Capability::Reply, Capability::Profile, Capability::Content];

impl Checker {
    /// Checks all of a deployment, and tells what is wrong. It fails when there can be no such deployment.
    pub(super) fn check_deployment(
        &self,
        keys: ChannelKeys,
        table: DeploymentTable,
    ) -> Result<DeploymentSettings, Reported> {
        let most = MEMORY_LIMIT_MAX >> 20;
        if !(1..=most).contains(&table.limits.memory_mib) {
            let problem = format!("give a number from 1 to {most}");
            self.error(keys.of("limits.memory_mib"), problem);
        }
        if table.limits.concurrency == 0 {
            self.error(keys.of("limits.concurrency"), "give a number from 1");
        }
        let retries = &table.retries;
        for (name, attempts) in [
            ("retries.attempts", retries.attempts),
            ("retries.trap_attempts", retries.trap_attempts),
        ] {
            if attempts == 0 {
                let problem = "give a number from 1: the first attempt counts";
                self.error(keys.of(name), problem);
            }
        }
        let grants = match table.grants {
            Some(grants) => grants.into_iter().map(|it| it.grant).collect(),
            None => DEFAULT_GRANTS.into_iter().collect(),
        };
        let budget = table
            .budget
            .map(|it| self.check_budget(keys, &it))
            .transpose();
        let reuse = table.reuse.map(|it| self.check_reuse(keys, &it));
        let reuse = reuse.transpose();
        let milliseconds = |name: &str, value| self.at_least_one(keys.of(name), value);
        let cpu = milliseconds("limits.cpu_ms", table.limits.cpu_ms);
        let deadline = milliseconds("limits.deadline_ms", table.limits.deadline_ms);
        let age = milliseconds("limits.backlog_age_ms", table.limits.backlog_age_ms);
        let pause = milliseconds("retries.pause_ms", table.retries.pause_ms);
        // All is checked before anything is given up.
        Ok(DeploymentSettings {
            grants,
            limits: Limits {
                cpu: cpu?,
                deadline: deadline?,
                memory: table.limits.memory_mib << 20,
                keyvalue: Usage {
                    keys: table.limits.keyvalue_keys,
                    bytes: table.limits.keyvalue_mib.saturating_mul(1 << 20),
                },
                reuse: reuse?,
            },
            budget: budget?,
            concurrency: table.limits.concurrency,
            backlog: Backlog {
                events: table.limits.backlog_events,
                bytes: table.limits.backlog_mib.saturating_mul(1 << 20),
                kept: table.limits.kept_mib.saturating_mul(1 << 20),
                age: age?,
            },
            retries: Retries {
                attempts: table.retries.attempts,
                trap_attempts: table.retries.trap_attempts,
                pause: pause?,
                hold: Duration::from_millis(table.retries.hold_ms),
            },
            config: table.config,
            media: table.limits.media_mib.saturating_mul(1 << 20),
        })
    }

    fn check_reuse(&self, keys: ChannelKeys, table: &ReuseTable) -> Result<Reuse, Reported> {
        let idle = self.at_least_one(keys.of("reuse.idle_ms"), table.idle_ms);
        if table.events == 0 {
            let problem = "give a number from 1: 1 is as without it";
            return Err(self.error(keys.of("reuse.events"), problem));
        }
        Ok(Reuse {
            events: table.events,
            idle: idle?,
        })
    }

    fn check_budget(&self, keys: ChannelKeys, table: &BudgetTable) -> Result<PushLimits, Reported> {
        match (table.per_hour, table.per_month) {
            (None, None) => {
                Err(self.error(keys.of("budget"), "give `per_hour`, `per_month` or both"))
            }
            (Some(0), _) | (_, Some(0)) => {
                let problem = "give numbers from 1; to push nothing, leave the grant `push` out";
                Err(self.error(keys.of("budget"), problem))
            }
            (per_hour, per_month) => Ok(PushLimits {
                per_hour,
                per_month,
            }),
        }
    }
}
