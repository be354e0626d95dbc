//! The configuration file, as it is written. What it says is checked later.

pub(crate) mod access_token;
pub(crate) mod channel;
pub(crate) mod deployment;
pub(crate) mod grants;
pub(crate) mod limits;
pub(crate) mod secret;
pub(crate) mod settings;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZero;
use std::thread;

use botbox_line::Settings as LineSettings;
use botbox_runtime::{CompileLimits, memory_for_plugins};
use botbox_store::DiskLimits;
use serde::Deserialize;

use self::channel::ChannelTable;
use self::limits::milliseconds;
use self::secret::SecretRef;
use super::ceilings::Ceilings;
use super::checked::LogRetention;

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
pub(crate) struct File {
    /// The reader has put what those files say into this one.
    #[serde(default, rename = "include")]
    _include: Vec<String>,
    #[serde(default)]
    pub(crate) server: ServerTable,
    pub(crate) admin: Option<AdminTable>,
    #[serde(default)]
    pub(crate) secrets: SecretsTable,
    #[serde(default)]
    pub(crate) line: LineTable,
    #[serde(default)]
    pub(crate) store: StoreTable,
    #[serde(default)]
    pub(crate) journal: JournalTable,
    #[serde(default)]
    pub(crate) logs: LogsTable,
    #[serde(default)]
    pub(crate) telemetry: TelemetryTable,
    #[serde(default)]
    pub(crate) runtime: RuntimeTable,
    #[serde(default)]
    pub(crate) ceilings: Ceilings,
    #[serde(default)]
    pub(crate) providers: BTreeMap<String, ProviderTable>,
    #[serde(default)]
    pub(crate) channels: Vec<ChannelTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ServerTable {
    pub(crate) listen: SocketAddr,
    pub(crate) public_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdminTable {
    pub(crate) listen: SocketAddr,
    pub(crate) token: SecretRef,
}

/// `[secrets]`
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SecretsTable {
    pub(crate) key: Option<SecretRef>,
    pub(crate) previous_keys: Vec<SecretRef>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LineTable {
    pub(crate) api_base: String,
    pub(crate) data_api_base: String,
    pub(crate) manager_base: String,
    pub(crate) access_base: String,
    pub(crate) timeout_ms: u64,
    pub(crate) module_bot_header: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct StoreTable {
    pub(crate) url: String,
    pub(crate) reserve_mib: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct JournalTable {
    pub(crate) keep_handled_hours: u64,
    pub(crate) keep_dead_days: u64,
}

/// `[logs]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LogsTable {
    pub(crate) channel_kib: u64,
    pub(crate) keep_days: u64,
}

/// `[telemetry]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TelemetryTable {
    pub(crate) otlp_endpoint: Option<String>,
    pub(crate) sample_ratio: f64,
    pub(crate) channel_labels: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RuntimeTable {
    pub(crate) slots: u32,
    pub(crate) memory_mib: u64,
    pub(crate) compute_threads: usize,
    pub(crate) compile_cpu_s: u64,
    pub(crate) compile_memory_mib: usize,
    pub(crate) compile_processes: usize,
}

/// `[providers.ID]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProviderTable {
    pub(crate) weight: u32,
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
        let settings = LineSettings::default();
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

impl Default for LogsTable {
    fn default() -> Self {
        const DAY: u64 = 24 * 3_600;
        let retention = LogRetention::default();
        Self {
            channel_kib: retention.channel_bytes >> 10,
            keep_days: retention.age.as_secs() / DAY,
        }
    }
}

impl Default for TelemetryTable {
    fn default() -> Self {
        Self {
            otlp_endpoint: None,
            sample_ratio: 1.0,
            channel_labels: true,
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
    let processors = thread::available_parallelism();
    (processors.map_or(1, NonZero::get) / 2).max(2)
}
