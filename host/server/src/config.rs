//! The host's configuration: one TOML file, each key of which the environment can override, and the files of
//! channels that it includes.
//!
//! Two steps: `file` is what was written, of which `checker` makes what the host is made of, `checked`.
//! All that is wrong is told at once. What the file says must be right for the host to start; what it
//! refers to, such as the file of a secret, may be wrong of some channels, and costs those only.

pub(crate) mod ceilings;
mod checked;
mod checker;
mod diagnostic;
pub(crate) mod document;
mod examples;
mod file;
mod include;
mod overrides;
mod problem;
mod reader;
mod source;
mod strict;
mod text;

use std::path::{Path, PathBuf};

use self::checker::Reported;
use self::checker::host::Checked;
use self::source::Source;

pub use self::checked::{
    AccessToken, AccountLink, Admin, BeaconVisits, ChannelConfig, ChannelSettings, Config,
    DeploymentSettings, LogRetention, Telemetry, UnusableChannel,
};
pub(crate) use self::file::compile_processes;
pub(crate) use self::problem::DocumentProblem;
pub use self::problem::{ConfigError, Place, Problem};

/// Where a host keeps what.
pub(crate) struct Outline {
    /// The folder of everything that the host keeps.
    pub(crate) data: PathBuf,
    /// The ids and providers of its channels.
    pub(crate) channels: Vec<(String, String)>,
}

/// What can be said of a configuration file.
pub(crate) struct Reading {
    /// What is wrong, in the order of the files.
    pub(crate) problems: Vec<Problem>,
    /// Without its channels, if the rest of the host's own can be used.
    pub(crate) config: Option<Config>,
    /// The channels that can be used.
    pub(crate) channels: Vec<ChannelConfig>,
    /// The ids and providers of those whose references are wrong.
    unusable: Vec<(String, String)>,
    source: Source,
}

impl Reading {
    /// What is wrong with what a channel's key refers to.
    pub(crate) fn problem(&self, key: &str, channel: &str, what: String) -> Problem {
        Problem {
            channel: Some(channel.to_owned()),
            ..self.source.problem(key, what)
        }
    }

    /// Puts problems into the order of the files and of their lines.
    pub(crate) fn sort(&self, problems: &mut [Problem]) {
        self.source.sort(problems);
    }
}

impl Config {
    /// Reads a configuration file, and those that it includes. Relative paths in a file are relative to its
    /// folder. A variable
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
        let (checker, parsed) = reader::read(file)?;
        match checker.data_folder(&parsed.store.url) {
            Ok(data) => Ok(Outline {
                data,
                channels: parsed
                    .channels
                    .into_iter()
                    .map(|it| (it.id, it.provider))
                    .collect(),
            }),
            Err(Reported) => Err(ConfigError::Problems(checker.finish().0)),
        }
    }

    /// Reads as much of a configuration file as can be read.
    pub(crate) fn read(file: &Path) -> Result<Reading, ConfigError> {
        let (checker, parsed) = reader::read(file)?;
        let Checked {
            config,
            channels,
            unusable,
        } = checker.check(parsed);
        let (problems, source) = checker.finish();
        Ok(Reading {
            problems,
            config,
            channels,
            unusable,
            source,
        })
    }
}

#[cfg(test)]
mod tests;
