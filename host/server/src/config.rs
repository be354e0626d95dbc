//! The host's configuration: one TOML file, each key of which the environment can override.
//!
//! All that is wrong is told at once. What the file says must be right for the host to start; what it
//! refers to, such as the file of a secret, may be wrong of some channels, and costs those.

mod access_token;
mod account_link;
mod beacons;
mod budget;
mod channel;
mod checker;
mod complaint;
mod examples;
mod file;
mod grants;
mod overrides;
mod problem;
mod secret;
mod source;

use std::collections::HashMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use botbox_line::client;
use botbox_runtime::CompileLimits;
use botbox_store::DiskLimits;
use secrecy::SecretString;

use checker::{Checker, Told};
use file::File;
use source::{Lines, Source};
use toml::de::DeTable;

pub use access_token::AccessToken;
pub use account_link::AccountLink;
pub use beacons::BeaconVisits;
pub use channel::ChannelConfig;
pub(crate) use file::compile_processes;
pub use problem::{Place, Problem};

/// Why a configuration can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("cannot read the configuration file {}", .0.display())]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// All that is wrong with it, a line each.
    #[error("{}", lines(.0))]
    Problems(Vec<Problem>),
}

/// The most problems that are told at a time: a page or two. They may all have one cause.
const PROBLEMS: usize = 100;

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
    pub disk: DiskLimits,
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
    /// The channels that can be used.
    pub channels: Vec<ChannelConfig>,
    /// The others: what the file refers to is not there.
    pub failed: Vec<UnusableChannel>,
    /// Where the keys are.
    source: Source,
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

/// Where a host keeps what.
pub(crate) struct Outline {
    /// The folder of everything that the host keeps.
    pub(crate) data: PathBuf,
    /// The ids and providers of its channels.
    pub(crate) channels: Vec<(String, String)>,
}

/// What can be said of a configuration file.
pub(crate) struct Reading {
    /// What is wrong, in the order of the file.
    pub(crate) problems: Vec<Problem>,
    /// Without its channels, if the rest of the host's own can be used.
    pub(crate) config: Option<Config>,
    /// The channels that can be used.
    pub(crate) channels: Vec<ChannelConfig>,
    /// The ids and providers of those whose references are wrong.
    unusable: Vec<(String, String)>,
    file: PathBuf,
    source: Source,
}

impl Reading {
    /// What is wrong with what a channel's key refers to.
    pub(crate) fn problem(&self, key: &str, channel: &str, what: String) -> Problem {
        referred(&self.file, &self.source, key, Some(channel), what)
    }
}

/// What is wrong with what a key refers to.
fn referred(
    file: &Path,
    source: &Source,
    key: &str,
    channel: Option<&str>,
    what: String,
) -> Problem {
    Problem {
        file: file.to_owned(),
        place: source.place(key),
        key: key.to_owned(),
        channel: channel.map(String::from),
        what,
        example: None,
        is_reference: true,
    }
}

impl Config {
    /// Reads a configuration file. Relative paths in it are relative to its folder. A variable
    /// such as `BOTBOX__SERVER__LISTEN` or `BOTBOX__CHANNELS__0__PLUGIN` overrides its key.
    ///
    /// # Errors
    ///
    /// All that is wrong, each with its place, its key, the remedy and an example.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let Reading {
            problems,
            config,
            channels,
            unusable,
            source,
            ..
        } = Self::read(file)?;
        let is_fatal = |it: &Problem| !it.is_reference || it.channel.is_none();
        let config = config.filter(|_| !problems.iter().any(is_fatal));
        let Some(config) = config else {
            return Err(ConfigError::Problems(problems));
        };
        let failed = unusable.into_iter().map(|(id, provider)| {
            let own = |it: &&Problem| it.channel.as_ref() == Some(&id);
            UnusableChannel {
                problems: problems.iter().filter(own).cloned().collect(),
                id,
                provider,
            }
        });
        Ok(Self {
            channels,
            failed: failed.collect(),
            source,
            ..config
        })
    }

    /// Reads of a configuration file where its host keeps what, though the rest of it may be wrong: no
    /// secret is read.
    pub(crate) fn outline(file: &Path) -> Result<Outline, ConfigError> {
        let (checker, parsed) = parse(file)?;
        match checker.data_folder(&parsed.store.url) {
            Ok(data) => Ok(Outline {
                data,
                channels: parsed
                    .channels
                    .into_iter()
                    .map(|it| (it.id, it.provider))
                    .collect(),
            }),
            Err(Told) => Err(ConfigError::Problems(checker.finish().0)),
        }
    }

    /// Reads as much of a configuration file as can be read.
    pub(crate) fn read(file: &Path) -> Result<Reading, ConfigError> {
        let (checker, parsed) = parse(file)?;
        let (config, channels, unusable) = checker.check(parsed);
        let (problems, source) = checker.finish();
        Ok(Reading {
            problems,
            config,
            channels,
            unusable,
            file: file.to_owned(),
            source,
        })
    }

    /// A provider's share of the host, beside those of others. Default 1.
    pub(crate) fn provider_weight(&self, id: &str) -> u32 {
        self.provider_weights.get(id).copied().unwrap_or(1)
    }

    /// An error about one of the keys.
    pub(crate) fn error(&self, key: &str, what: String) -> ConfigError {
        let problem = referred(&self.file, &self.source, key, None, what);
        ConfigError::Problems(vec![problem])
    }
}

/// Reads a file, and makes do with what is wrong with it.
fn parse(file: &Path) -> Result<(Checker<'_>, File), ConfigError> {
    let text = fs::read_to_string(file)
        .map_err(|error| ConfigError::Unreadable(file.to_owned(), error))?;
    let (parsed, errors) = DeTable::parse_recoverable(&text);
    if !errors.is_empty() {
        let problems = errors.iter().take(PROBLEMS);
        let problems = problems.map(|error| not_toml(file, &text, error)).collect();
        return Err(ConfigError::Problems(problems));
    }
    let source = Source::new(&text, parsed.get_ref());
    let table = toml::from_str(&text)
        .map_err(|error| ConfigError::Problems(vec![not_toml(file, &text, &error)]))?;
    let mut checker = Checker::new(file, source);
    match checker.parse(table) {
        Some(parsed) => Ok((checker, parsed)),
        None => Err(ConfigError::Problems(checker.finish().0)),
    }
}

/// Says where, but does not show the line: it may hold a secret.
fn not_toml(file: &Path, text: &str, error: &toml::de::Error) -> Problem {
    let start = error.span().map_or(0, |span| span.start);
    Problem {
        file: file.to_owned(),
        place: Place::Line(Lines::of(text).at(start)),
        key: String::new(),
        channel: None,
        what: format!("it is not valid TOML: {}", error.message()),
        example: None,
        is_reference: false,
    }
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
    match lines.len() {
        1 => lines.concat(),
        count => format!("{count} problems\n{}", lines.join("\n")),
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
