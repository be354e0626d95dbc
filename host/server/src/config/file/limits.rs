//! What a channel may use, and when its failed events are tried again, as it is written.

use std::time::Duration;

use botbox_runtime::Limits;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::retries::Retries;

/// How many events of a channel are handled at a time unless the configuration says otherwise: 32. At
/// half a second for each, that is 64 in a second, and a thirtieth of the host's slots.
const CONCURRENCY: usize = 32;

/// The most media that a channel has published at a time: 1 GiB. That is five of the largest videos, or
/// a thousand pictures; and a plugin must not fill the disk.
const MEDIA_MIB: u64 = 1_024;

/// The most events of a channel that wait: 100,000. At a hundred in a second, that is what comes in
/// a quarter of an hour.
const BACKLOG_EVENTS: u64 = 100_000;

/// The most bytes of JSON in them: 256 MiB, twice what so many ordinary ones have. They are on the
/// disk, which is for all channels.
const BACKLOG_MIB: u64 = 256;

/// How long an event may wait for its channel's turn: 10 minutes. Its reply token has long expired then,
/// and more events would only make it worse.
const BACKLOG_AGE_MS: u64 = 600_000;

/// The most bytes that are kept of a channel's events that have ended: 1 GiB, which is a day of five
/// events in a second. A disk has room for some hundred such channels.
const KEPT_MIB: u64 = 1_024;

/// What a channel may use: `[channels.limits]` of the configuration file.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Limits")]
pub(crate) struct LimitsTable {
    /// Processor time of one event, in milliseconds.
    #[schemars(range(min = 1))]
    pub(crate) cpu_ms: u64,
    /// Time of one event by the clock, in milliseconds.
    #[schemars(range(min = 1))]
    pub(crate) deadline_ms: u64,
    /// Linear memory of one event, in MiB.
    #[schemars(range(min = 1, max = 512))]
    pub(crate) memory_mib: usize,
    /// Events handled at a time.
    #[schemars(range(min = 1))]
    pub(crate) concurrency: usize,
    /// Keys that the plugin may remember.
    pub(crate) keyvalue_keys: u64,
    /// The bytes of the keys and their values, in MiB.
    pub(crate) keyvalue_mib: u64,
    /// Media that are published at a time, in MiB.
    pub(crate) media_mib: u64,
    /// Events that wait.
    pub(crate) backlog_events: u64,
    /// The bytes of their JSON, in MiB.
    pub(crate) backlog_mib: u64,
    /// How long an event may wait for its channel's turn, in milliseconds.
    #[schemars(range(min = 1))]
    pub(crate) backlog_age_ms: u64,
    /// The bytes that are kept of events that have ended, in MiB.
    pub(crate) kept_mib: u64,
}

/// When failed events are tried again: `[channels.retries]` of the configuration file.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Retries")]
pub(crate) struct RetriesTable {
    /// Attempts at an event before it is a dead letter.
    #[schemars(range(min = 1))]
    pub(crate) attempts: u32,
    /// Attempts that trap.
    #[schemars(range(min = 1))]
    pub(crate) trap_attempts: u32,
    /// The pause before the second attempt, in milliseconds. It doubles with each further one.
    #[schemars(range(min = 1))]
    pub(crate) pause_ms: u64,
    /// How long a failing event may hold up its chat, in milliseconds.
    pub(crate) hold_ms: u64,
}

/// How far an instance handles more than one event: `[channels.reuse]` of the configuration file.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Reuse")]
pub(crate) struct ReuseTable {
    /// Events that an instance handles, one after the other.
    #[schemars(range(min = 1))]
    pub(crate) events: u32,
    /// How long it is kept without one, in milliseconds.
    #[schemars(range(min = 1))]
    pub(crate) idle_ms: u64,
}

/// How many recipients pushes may reach: `[channels.budget]` of the configuration file.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PushBudget")]
pub(crate) struct BudgetTable {
    /// Recipients in an hour. Absent: any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) per_hour: Option<u64>,
    /// Recipients in a month. Absent: any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) per_month: Option<u64>,
}

impl Default for LimitsTable {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            cpu_ms: milliseconds(limits.cpu),
            deadline_ms: milliseconds(limits.deadline),
            memory_mib: limits.memory >> 20,
            concurrency: CONCURRENCY,
            keyvalue_keys: limits.keyvalue.keys,
            keyvalue_mib: limits.keyvalue.bytes >> 20,
            media_mib: MEDIA_MIB,
            backlog_events: BACKLOG_EVENTS,
            backlog_mib: BACKLOG_MIB,
            backlog_age_ms: BACKLOG_AGE_MS,
            kept_mib: KEPT_MIB,
        }
    }
}

impl Default for RetriesTable {
    fn default() -> Self {
        let retries = Retries::default();
        Self {
            attempts: retries.attempts,
            trap_attempts: retries.trap_attempts,
            pause_ms: milliseconds(retries.pause),
            hold_ms: milliseconds(retries.hold),
        }
    }
}

pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
