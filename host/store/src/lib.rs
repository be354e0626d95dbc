//! Durable state behind traits: the journal of events, values by key, the registry of tenants and their
//! deployments, and large blobs. [`Sqlite`] keeps all of it in one folder, and another engine could take
//! its place.
//!
//! The store keeps what it is given, and tells what became of it. It never looks into an event or a
//! value, never decides whether a failed event is tried again, never runs anything, and never speaks to
//! a network.

mod blobs;
mod error;
mod health;
mod journal;
mod key_value;
mod logs;
mod registry;
mod sqlite;

pub use blobs::Blobs;
pub use error::{StoreError, StoreFuture};
pub use health::StoreHealth;
pub use journal::{
    Appended, Backlog, Changes, ChannelStats, Claim, Claims, DEDUPLICATION, Details, Entry,
    EventFilter, EventInspection, EventNotes, EventQueue, EventRetention, EventSchedule,
    EventState, Expected, FailedAttempt, NewEvent, Outcome, PAGE_EVENTS, PAGE_SCHEDULED,
    PendingEvent, Position, ReplayOn, STEP_EVENTS, ScheduleOutcome, ScheduledEvent, Settlement,
    Step,
};
pub use key_value::{
    Admit, BUCKET_BYTES, KEY_BYTES, KeyValue, MANY_BYTES, MANY_KEYS, Owner, PAGE_KEYS, RATE_BURST,
    RATE_BYTES, Space, Swap, Usage, VALUE_BYTES,
};
pub use logs::{
    ChannelLogs, LogFilter, LogLevel, LogLine, LogOrigin, LogPage, LogPosition, PAGE_LINES,
};
pub use registry::access::{
    Access, AuditEntry, AuditFilter, NewAuditEntry, NewToken, PAGE_AUDIT, TokenId, TokenRecord,
};
pub use registry::deployments::{
    Canary, DeploymentNumber, DeploymentRecord, Deployments, NewPlugin, NewTraffic,
    PAGE_DEPLOYMENTS, PluginRecord, Traffic, Viewer,
};
pub use registry::error::RegistryError;
pub use registry::metering::{ChannelUsage, Metering, PAGE_USAGE, UsageCounts, UsageFilter};
pub use registry::tenants::{
    ChannelId, ChannelRecord, NewChannel, Origin, Provider, ProviderId, SealedSecret, Tenants,
};
pub use registry::{Actor, Revision};
pub use sqlite::{DiskLimits, OpenError, Recovery, Sqlite};
