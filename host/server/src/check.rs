//! What a start would find, without one: all that is wrong with a configuration and with what it refers
//! to. A host that runs with it is not disturbed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use botbox_clock::Clock;
use botbox_runtime::{CompileLimits, CompilerSettings, Runtime, Settings};
use futures_util::future::join_all;

use crate::channel::configured::{FileLoader, UNGRANTED, ungranted};
use crate::config::{ChannelConfig, Config, ConfigError, Problem, compile_processes};
use crate::server::StartError;

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// What is wrong, in the order of the files.
    pub problems: Vec<Problem>,
    /// What the operator may not want, in words.
    pub warnings: Vec<String>,
    /// The channels that can be used, a line each.
    pub channels: Vec<String>,
}

/// Checks a configuration file. Plugins are compiled by `compiler`, and thrown away.
///
/// # Errors
///
/// When the file can't be read, or plugins can't be compiled here. What is wrong with them is in the
/// report.
pub async fn check(file: &Path, compiler: PathBuf) -> Result<Report, StartError> {
    let reading = match Config::read(file) {
        Ok(reading) => reading,
        Err(ConfigError::Problems(problems)) => {
            return Ok(Report {
                problems,
                ..Report::default()
            });
        }
        Err(error) => return Err(error.into()),
    };
    let folder = tempfile::tempdir().map_err(StartError::Folder)?;
    let config = reading.config.as_ref();
    let settings = Settings {
        slots: 1,
        // Nothing is run.
        memory: u64::MAX,
        threads: 1,
        artefacts: folder.path().join("artefacts"),
        compiler: CompilerSettings {
            program: compiler,
            limits: config.map_or_else(CompileLimits::default, |it| it.compile_limits),
            processes: config.map_or_else(compile_processes, |it| it.compile_processes),
        },
    };
    let runtime = Runtime::new(&settings, Clock::system())?;
    let loader = FileLoader::new(Arc::new(runtime));
    let mut report = Report {
        problems: reading.problems.clone(),
        ..Report::default()
    };
    let load = reading
        .channels
        .iter()
        .map(|it| loader.load(&it.plugin, &it.provider, &it.deployment.limits));
    for (channel, loaded) in reading.channels.iter().zip(join_all(load).await) {
        let ChannelConfig { index, id, .. } = channel;
        match loaded {
            Err(failure) => {
                let key = format!("channels[{index}].plugin");
                let what = failure.to_string();
                report.problems.push(reading.problem(&key, id, what));
            }
            Ok(loaded) => {
                let (plugin, grants) = (&loaded.plugin, &channel.deployment.grants);
                let imports = ungranted(plugin, grants);
                if !imports.is_empty() {
                    let warning = format!("channel {id:?}: {UNGRANTED}: {imports}");
                    report.warnings.push(warning);
                }
                report.channels.push(format!(
                    "channel {id:?}: {}, which begins with {} of {} MiB of memory; granted: {grants}",
                    channel.plugin.display(),
                    plugin.memory().div_ceil(1 << 20),
                    channel.deployment.limits.memory >> 20,
                ));
            }
        }
    }
    reading.sort(&mut report.problems);
    Ok(report)
}
