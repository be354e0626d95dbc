//! The host's configuration: one TOML file, each key of which the environment can override.

mod access_token;
mod account_link;
mod beacons;
mod budget;
mod channel;
mod checker;
mod file;
mod grants;
mod overrides;
mod secret;
mod unknown_key;

use std::collections::HashMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use botbox_line::client;
use botbox_runtime::CompileLimits;
use botbox_store::Room;
use secrecy::SecretString;

use checker::Checker;
use file::File;

pub use access_token::AccessToken;
pub use account_link::AccountLink;
pub use beacons::BeaconVisits;
pub use channel::ChannelConfig;

/// Why a configuration can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("cannot read the configuration file {}", .0.display())]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// The file is not TOML.
    #[error("{} is not valid TOML: {problem}", .file.display())]
    NotToml {
        /// The configuration file.
        file: PathBuf,
        /// Where, and what was expected there.
        problem: String,
    },
    /// A key is unknown, missing, or has a value that can't be used.
    #[error("{}: {key}: {problem}", .file.display())]
    Key {
        /// The configuration file.
        file: PathBuf,
        /// The key, such as `channels[0].plugin`.
        key: String,
        /// What is wrong, and what to do.
        problem: String,
    },
}

/// The configuration, checked, with its secrets in place.
#[derive(Debug)]
pub struct Config {
    /// Where it came from.
    pub file: PathBuf,
    /// Where webhooks come in.
    pub listen: SocketAddr,
    /// Where users and the LINE Platform reach the host. Account links and media need it.
    pub public_url: Option<String>,
    /// Where the operator looks in, if anywhere.
    pub admin: Option<Admin>,
    /// The LINE Platform.
    pub line: client::Settings,
    /// Where users agree to link accounts.
    pub access_base: String,
    /// The folder of everything that the host keeps.
    pub data: PathBuf,
    /// What is kept free of the disk.
    pub room: Room,
    /// How long a handled event is kept for inspection.
    pub keep_handled: Duration,
    /// How long a dead letter is kept.
    pub keep_dead: Duration,
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
    /// The weights of those providers that have one.
    pub provider_weights: HashMap<String, u32>,
    /// The channels.
    pub channels: Vec<ChannelConfig>,
}

/// The operator's side.
#[derive(Debug)]
pub struct Admin {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Who has it may look.
    pub token: SecretString,
}

impl Config {
    /// Reads a configuration file. Relative paths in it are relative to its folder. A variable
    /// such as `BOTBOX__SERVER__LISTEN` or `BOTBOX__CHANNELS__0__PLUGIN` overrides its key.
    ///
    /// # Errors
    ///
    /// Names the file, the key and the remedy.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(file)
            .map_err(|error| ConfigError::Unreadable(file.to_owned(), error))?;
        let mut table: toml::Table =
            toml::from_str(&text).map_err(|error| not_toml(file, &text, &error))?;
        overrides::apply(&mut table, std::env::vars_os()).map_err(|(key, problem)| {
            let file = file.to_owned();
            ConfigError::Key { file, key, problem }
        })?;
        let parsed: File = serde_path_to_error::deserialize(toml::Value::Table(table))
            .map_err(|error| unknown_key::explain(file, &error))?;
        Checker { file }.check(parsed)
    }

    /// A provider's share of the host, beside those of others. Default 1.
    pub(crate) fn provider_weight(&self, id: &str) -> u32 {
        self.provider_weights.get(id).copied().unwrap_or(1)
    }

    /// An error about one of the keys.
    pub(crate) fn error(&self, key: impl Into<String>, problem: impl ToString) -> ConfigError {
        Checker { file: &self.file }.error(key, problem)
    }
}

/// Says where, but does not show the line: it may hold a secret.
fn not_toml(file: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let start = error.span().map_or(0, |span| span.start);
    let line = text
        .bytes()
        .take(start)
        .filter(|&byte| byte == b'\n')
        .count()
        + 1;
    ConfigError::NotToml {
        file: file.to_owned(),
        problem: format!("line {line}: {}", error.message()),
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
