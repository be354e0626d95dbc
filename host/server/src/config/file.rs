//! The configuration file, as it is written.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZero;
use std::thread;

use botbox_line::client;
use botbox_runtime::{CompileLimits, memory_for_plugins};
use botbox_store::DiskLimits;
use serde::Deserialize;

use super::channel::ChannelTable;
use super::milliseconds;
use super::secret::SecretRef;

/// How many events are handled at a time unless the configuration says otherwise. A waiting event
/// holds its slot, so there are enough for many channels that wait for LINE all at once.
const SLOTS: u32 = 1_000;

/// How long a handled event is kept for inspection: a day, for which its id must be known anyway.
const KEEP_HANDLED_HOURS: u64 = 24;

/// How long a dead letter is kept: 30 days. Time enough to mend a plugin, and what users wrote is
/// not kept for ever.
const KEEP_DEAD_DAYS: u64 = 30;

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub(super) server: ServerTable,
    pub(super) admin: Option<AdminTable>,
    #[serde(default)]
    pub(super) line: LineTable,
    #[serde(default)]
    pub(super) store: StoreTable,
    #[serde(default)]
    pub(super) journal: JournalTable,
    #[serde(default)]
    pub(super) runtime: RuntimeTable,
    #[serde(default)]
    pub(super) providers: BTreeMap<String, ProviderTable>,
    #[serde(default)]
    pub(super) channels: Vec<ChannelTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ServerTable {
    pub(super) listen: SocketAddr,
    pub(super) public_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AdminTable {
    pub(super) listen: SocketAddr,
    pub(super) token: SecretRef,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LineTable {
    pub(super) api_base: String,
    pub(super) data_api_base: String,
    pub(super) manager_base: String,
    pub(super) access_base: String,
    pub(super) timeout_ms: u64,
    pub(super) module_bot_header: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct StoreTable {
    pub(super) url: String,
    pub(super) reserve_mib: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct JournalTable {
    pub(super) keep_handled_hours: u64,
    pub(super) keep_dead_days: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RuntimeTable {
    pub(super) slots: u32,
    pub(super) memory_mib: u64,
    pub(super) compute_threads: usize,
    pub(super) compile_cpu_s: u64,
    pub(super) compile_memory_mib: usize,
    pub(super) compile_processes: usize,
}

/// `[providers.ID]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderTable {
    pub(super) weight: u32,
}

impl Default for ServerTable {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
        }
    }
}

impl Default for LineTable {
    fn default() -> Self {
        let settings = client::Settings::default();
        Self {
            api_base: settings.api_base,
            data_api_base: settings.data_api_base,
            manager_base: settings.manager_base,
            access_base: String::from("https://access.line.me"),
            timeout_ms: milliseconds(settings.timeout),
            module_bot_header: None,
        }
    }
}

impl Default for StoreTable {
    fn default() -> Self {
        Self {
            url: String::from("sqlite:./botbox-data"),
            reserve_mib: DiskLimits::default().reserve >> 20,
        }
    }
}

impl Default for JournalTable {
    fn default() -> Self {
        Self {
            keep_handled_hours: KEEP_HANDLED_HOURS,
            keep_dead_days: KEEP_DEAD_DAYS,
        }
    }
}

impl Default for RuntimeTable {
    fn default() -> Self {
        let limits = CompileLimits::default();
        // As many threads as there are processors: more would only be in each other's way.
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            slots: SLOTS,
            memory_mib: memory_for_plugins() >> 20,
            compute_threads: processors,
            compile_cpu_s: limits.cpu.as_secs(),
            compile_memory_mib: limits.memory >> 20,
            compile_processes: compile_processes(),
        }
    }
}

/// How many plugins are compiled at a time: one for each two processors, since events go on
/// meanwhile, and two at least, so that none stands behind one that takes its whole two minutes.
pub(crate) fn compile_processes() -> usize {
    let processors = std::thread::available_parallelism();
    (processors.map_or(1, NonZero::get) / 2).max(2)
}
