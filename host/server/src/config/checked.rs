//! The configuration, checked: what the host is made of.

pub(super) mod channel;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use botbox_line::Settings as LineSettings;
use botbox_runtime::CompileLimits;
use botbox_store::DiskLimits;
use secrecy::SecretString;

use super::ceilings::Ceilings;
use super::problem::{ConfigError, Problem};
use super::source::Source;

pub use self::channel::{
    AccessToken, AccountLink, BeaconVisits, ChannelConfig, ChannelSettings, DeploymentSettings,
};

/// The configuration, checked, with its secrets in place.
#[derive(Debug)]
pub struct Config {
    /// Where webhooks come in.
    pub listen: SocketAddr,
    /// Where users and the LINE Platform reach the host. Account links and media need it.
    pub public_url: Option<String>,
    /// Where the operator looks in, if anywhere.
    pub admin: Option<Admin>,
    /// The LINE Platform.
    pub line: LineSettings,
    /// By which secrets are encrypted at rest, if it is not the host's own to make one.
    pub secrets_key: Option<SecretString>,
    /// By which they were encrypted before.
    pub previous_secrets_keys: Vec<SecretString>,
    /// Where users agree to link accounts.
    pub access_base: String,
    /// The folder of everything that the host keeps.
    pub data: PathBuf,
    /// What is kept free of the disk.
    pub disk: DiskLimits,
    /// How long a handled event is kept for inspection.
    pub keep_handled: Duration,
    /// How long a dead letter is kept.
    pub keep_dead: Duration,
    /// How much of the plugins' logs is kept.
    pub logs: LogRetention,
    /// What is told to whom of what happens.
    pub telemetry: Telemetry,
    /// How many events are handled at a time.
    pub slots: u32,
    /// What compiling one plugin may use.
    pub compile_limits: CompileLimits,
    /// How many plugins are compiled at a time.
    pub compile_processes: usize,
    /// The memory that they may use, in bytes.
    pub memory: u64,
    /// How many plugins compute at a time.
    pub compute_threads: usize,
    /// What deployments of the admin API may have at most.
    pub(crate) ceilings: Ceilings,
    /// The weights of those providers that have one.
    pub provider_weights: HashMap<String, u32>,
    /// The channels that can be used.
    pub channels: Vec<ChannelConfig>,
    /// The others: what the file refers to is not there.
    pub failed: Vec<UnusableChannel>,
    /// Where the keys are.
    pub(super) source: Source,
}

/// A channel that can't be used for what the file refers to.
#[derive(Debug)]
pub struct UnusableChannel {
    /// Its id.
    pub id: String,
    /// The LINE provider that owns it.
    pub provider: String,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// The operator's side.
#[derive(Debug)]
pub struct Admin {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Who has it may look.
    pub token: SecretString,
}

/// How much of the plugins' logs is kept.
#[derive(Clone, Copy, Debug)]
pub struct LogRetention {
    /// The most bytes of a channel. 0: no logs are kept.
    pub channel_bytes: u64,
    /// For how long.
    pub age: Duration,
}

impl Default for LogRetention {
    /// 1 MiB, some thousands of lines: what a bot logs in days, and a thousand channels need a gigabyte. 14
    /// days: what users wrote may stand there, and is not kept for ever.
    fn default() -> Self {
        Self {
            channel_bytes: 1 << 20,
            age: Duration::from_secs(14 * 24 * 3_600),
        }
    }
}

/// What is told to whom of what happens.
#[derive(Clone, Debug)]
pub struct Telemetry {
    /// Where traces go, if anywhere: the base URL of an OTLP collector.
    pub otlp_endpoint: Option<String>,
    /// The part of the events that is traced, from 0 to 1.
    pub sample_ratio: f64,
    /// Whether each channel has metrics of its own.
    pub channel_labels: bool,
}

impl Config {
    /// The configuration file.
    pub(crate) fn file(&self) -> &Path {
        self.source.file()
    }

    /// An error about what one of the keys refers to.
    pub(crate) fn error(&self, key: &str, what: String) -> ConfigError {
        ConfigError::Problems(vec![self.source.problem(key, what)])
    }
}
