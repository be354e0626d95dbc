//! One attempt at an event: what goes in, and what comes of it.

use std::time::{Duration, Instant};

use botbox_line::webhook::Event;
use botbox_store::Position;

use crate::log::LoggedLine;
use crate::send_counts::SendCounts;

/// One attempt at an event.
pub struct Attempt {
    /// The event.
    pub event: Event,
    /// 1, or more when attempts have failed.
    pub number: u32,
    /// When the event arrived.
    pub arrived: Instant,
    /// The event's place in the journal.
    pub position: Position,
    /// What an earlier attempt has left for this one.
    pub note: Option<String>,
}

/// What came of an attempt.
pub struct Attempted {
    /// Whether the event is handled.
    pub result: Result<(), AttemptError>,
    /// For the next attempt, when this one failed.
    pub note: Option<String>,
    /// How many attempts at the event have trapped.
    pub traps: u32,
    /// How many sends LINE took in all attempts at the event.
    pub sends: usize,
    /// What LINE took in this attempt alone.
    pub made: SendCounts,
    /// How much processor time the attempt used.
    pub cpu: Duration,
    /// What the plugin logged.
    pub log: Vec<LoggedLine>,
}

/// Why an attempt failed. What the plugin says is one line of bounded length.
#[derive(Debug, thiserror::Error)]
pub enum AttemptError {
    /// The plugin asks for another try.
    #[error("the plugin asks to retry: {0}")]
    Retry(String),
    /// The plugin can't handle the event.
    #[error("the plugin rejects the event: {0}")]
    Reject(String),
    /// The plugin crashed.
    #[error("the plugin trapped: {0}")]
    Trap(String),
    /// The plugin handed too much to the host in one call.
    #[error(
        "the plugin handed more than {} MiB to the host in one call, the limit: split it over \
         several calls",
        limit >> 20
    )]
    HostCall {
        /// The limit in bytes.
        limit: usize,
    },
    /// The plugin crashed after it was refused memory.
    #[error(
        "the plugin ran out of memory: the limit is {} MiB{}",
        limit >> 20,
        .said.as_deref().map(|said| format!(" ({said})")).unwrap_or_default()
    )]
    Memory {
        /// The limit in bytes.
        limit: usize,
        /// The last error that it logged, which may say where.
        said: Option<String>,
    },
    /// The plugin crashed after the host had no memory for it.
    #[error(
        "the host had no memory left for the plugin: all events together may use {} MiB; raise \
         `runtime.memory_mib`, or lower the `memory_mib` or `concurrency` of channels",
        limit >> 20
    )]
    HostMemory {
        /// The limit for all events, in bytes.
        limit: u64,
    },
    /// The plugin computed for too long.
    #[error(
        "the plugin used more than {} ms of processor time{}",
        .limit.as_millis(),
        .place.as_deref().unwrap_or_default()
    )]
    Cpu {
        /// The limit.
        limit: Duration,
        /// The functions in which it was then, as ` (in count, called by handle)`.
        place: Option<String>,
    },
    /// The plugin took too long by the clock.
    #[error("the plugin took longer than {} ms", .limit.as_millis())]
    Deadline {
        /// The limit.
        limit: Duration,
    },
}

impl AttemptError {
    /// Whether another attempt would fail in the same way.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Reject(_) | Self::HostCall { .. })
    }

    /// Whether it is a mistake of the plugin, as a rule, which comes again in most other attempts. An
    /// attempt that took too long is none: it may have waited for others.
    #[must_use]
    pub fn is_trap(&self) -> bool {
        matches!(self, Self::Trap(_) | Self::Memory { .. } | Self::Cpu { .. })
    }
}
