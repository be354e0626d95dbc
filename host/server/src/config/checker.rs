//! Checks what was written, key by key.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::{HeaderName, Uri};
use botbox_line::client;
use botbox_runtime::{CompileLimits, WEIGHT_MAX};
use botbox_store::Room;
use secrecy::{ExposeSecret, SecretString};

use super::channel::ChannelConfig;
use super::file::{AdminTable, File, JournalTable, ProviderTable, RuntimeTable};
use super::secret::SecretRef;
use super::{Admin, Config, ConfigError};

/// The shortest admin token: shorter ones can be guessed.
const ADMIN_TOKEN_LENGTH: usize = 16;

/// The longest that events are kept: 10 years.
const MOST_HOURS: u64 = 10 * 366 * 24;

/// The longest that a plugin may be compiled: an hour.
const COMPILE_CPU_MOST: u64 = 3_600;

/// The least memory in which the compiler starts, with room for a small plugin.
const COMPILE_MEMORY_LEAST: usize = 128;

/// The most memory that compiling a plugin may take: 64 GiB.
const COMPILE_MEMORY_MOST: usize = 64 << 10;

/// The most plugins that are compiled at a time: one for each processor of a large machine.
const COMPILE_PROCESSES_MOST: usize = 256;

/// The least memory for plugins: 16 MiB, a few small ones.
const LEAST_MEMORY_MIB: u64 = 16;

/// The most memory for plugins: 16 TiB, more than machines have.
const MOST_MEMORY_MIB: u64 = 16 << 20;

/// What is wrong with which of the channel's keys.
pub(super) type Problem = (Cow<'static, str>, String);

/// Knows the file that the keys are in.
pub(super) struct Checker<'a> {
    pub(super) file: &'a Path,
}

impl Checker<'_> {
    pub(super) fn error(&self, key: impl Into<String>, problem: impl ToString) -> ConfigError {
        ConfigError::Key {
            file: self.file.to_owned(),
            key: key.into(),
            problem: problem.to_string(),
        }
    }

    /// A path as seen from the file's folder.
    pub(super) fn path(&self, path: &Path) -> PathBuf {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        folder.join(path)
    }

    pub(super) fn check(&self, file: File) -> Result<Config, ConfigError> {
        let public_url = file.server.public_url;
        let public_url = public_url
            .map(|url| self.base_url("server.public_url", url))
            .transpose()?;
        let mut ids = HashSet::new();
        let mut channels = Vec::with_capacity(file.channels.len());
        for (index, table) in file.channels.into_iter().enumerate() {
            let key = |name: &str| format!("channels[{index}].{name}");
            if !ids.insert(table.id.clone()) {
                let problem = format!("another channel has the id `{}` already", table.id);
                return Err(self.error(key("id"), problem));
            }
            channels.push(self.check_channel(key, table, public_url.as_deref())?);
        }
        if channels.is_empty() {
            return Err(self.error(
                "channels",
                "there is no channel; add one under a `[[channels]]` heading",
            ));
        }
        if !(1..=10_000).contains(&file.runtime.slots) {
            return Err(self.error("runtime.slots", "give a number from 1 to 10000"));
        }
        let compile = self.check_compiler(&file.runtime)?;
        let threads = file.runtime.compute_threads;
        if !(1..=1_024).contains(&threads) {
            return Err(self.error("runtime.compute_threads", "give a number from 1 to 1024"));
        }
        if !(LEAST_MEMORY_MIB..=MOST_MEMORY_MIB).contains(&file.runtime.memory_mib) {
            let problem = format!("give a number from {LEAST_MEMORY_MIB} to {MOST_MEMORY_MIB}");
            return Err(self.error("runtime.memory_mib", problem));
        }
        let provider_weights = self.check_providers(file.providers, &channels)?;
        let keep = self.check_keep(&file.journal)?;
        Ok(Config {
            keep_handled: keep.0,
            keep_dead: keep.1,
            file: self.file.to_owned(),
            listen: file.server.listen,
            public_url,
            admin: match file.admin {
                Some(admin) => Some(self.check_admin(&admin)?),
                None => None,
            },
            line: client::Settings {
                api_base: self.base_url("line.api_base", file.line.api_base)?,
                data_api_base: self.base_url("line.data_api_base", file.line.data_api_base)?,
                manager_base: self.base_url("line.manager_base", file.line.manager_base)?,
                timeout: self.at_least_one("line.timeout_ms", file.line.timeout_ms)?,
                module_bot_header: self.header(file.line.module_bot_header)?,
            },
            access_base: self.base_url("line.access_base", file.line.access_base)?,
            data: self.data_folder(&file.store.url)?,
            room: Room {
                reserve: file.store.reserve_mib.saturating_mul(1 << 20),
                ..Room::default()
            },
            slots: file.runtime.slots,
            compile_limits: compile,
            compile_processes: file.runtime.compile_processes,
            memory: file.runtime.memory_mib << 20,
            compute_threads: threads,
            provider_weights,
            channels,
        })
    }

    fn check_compiler(&self, table: &RuntimeTable) -> Result<CompileLimits, ConfigError> {
        if !(1..=COMPILE_CPU_MOST).contains(&table.compile_cpu_s) {
            let problem = format!("give a number of seconds from 1 to {COMPILE_CPU_MOST}");
            return Err(self.error("runtime.compile_cpu_s", problem));
        }
        let memory = COMPILE_MEMORY_LEAST..=COMPILE_MEMORY_MOST;
        if !memory.contains(&table.compile_memory_mib) {
            let problem = format!(
                "give a number of MiB from {COMPILE_MEMORY_LEAST} to {COMPILE_MEMORY_MOST}"
            );
            return Err(self.error("runtime.compile_memory_mib", problem));
        }
        if !(1..=COMPILE_PROCESSES_MOST).contains(&table.compile_processes) {
            let problem = format!("give a number from 1 to {COMPILE_PROCESSES_MOST}");
            return Err(self.error("runtime.compile_processes", problem));
        }
        Ok(CompileLimits {
            cpu: Duration::from_secs(table.compile_cpu_s),
            memory: table.compile_memory_mib << 20,
        })
    }

    /// The providers' weights.
    fn check_providers(
        &self,
        providers: BTreeMap<String, ProviderTable>,
        channels: &[ChannelConfig],
    ) -> Result<HashMap<String, u32>, ConfigError> {
        for (id, provider) in &providers {
            if !channels.iter().any(|channel| channel.provider == *id) {
                let problem = "no channel has this `provider`; correct the name, or remove it";
                return Err(self.error(format!("providers.{id}"), problem));
            }
            if !(1..=WEIGHT_MAX).contains(&provider.weight) {
                let problem = format!("give a number from 1 to {WEIGHT_MAX}");
                return Err(self.error(format!("providers.{id}.weight"), problem));
            }
        }
        let weights = providers.into_iter().map(|(id, it)| (id, it.weight));
        Ok(weights.collect())
    }

    /// How long handled events and dead letters are kept.
    fn check_keep(&self, table: &JournalTable) -> Result<(Duration, Duration), ConfigError> {
        const HOUR: u64 = 3_600;
        let hours = |key: &str, hours: u64| match hours {
            0..=MOST_HOURS => Ok(Duration::from_secs(hours * HOUR)),
            _ => Err(self.error(key, "that is more than 10 years")),
        };
        let dead = table.keep_dead_days;
        if dead == 0 {
            let problem = "give a number from 1: what failed is looked at by people";
            return Err(self.error("journal.keep_dead_days", problem));
        }
        Ok((
            hours("journal.keep_handled_hours", table.keep_handled_hours)?,
            hours("journal.keep_dead_days", dead.saturating_mul(24))?,
        ))
    }

    fn check_admin(&self, table: &AdminTable) -> Result<Admin, ConfigError> {
        let token = self.secret("admin.token", &table.token)?;
        let length = token.expose_secret().len();
        if length < ADMIN_TOKEN_LENGTH {
            let problem = format!(
                "it has {length} characters; give at least {ADMIN_TOKEN_LENGTH}, at random"
            );
            return Err(self.error("admin.token", problem));
        }
        let listen = table.listen;
        Ok(Admin { listen, token })
    }

    pub(super) fn secret(
        &self,
        key: impl Into<String>,
        secret: &SecretRef,
    ) -> Result<SecretString, ConfigError> {
        secret
            .read(|path| self.path(path))
            .map_err(|problem| self.error(key, problem))
    }

    pub(super) fn at_least_one(
        &self,
        key: impl Into<String>,
        value: u64,
    ) -> Result<Duration, ConfigError> {
        if value == 0 {
            return Err(self.error(key, "give a number of milliseconds from 1"));
        }
        Ok(Duration::from_millis(value))
    }

    fn header(&self, name: Option<String>) -> Result<Option<HeaderName>, ConfigError> {
        let name = name.map(HeaderName::try_from).transpose();
        name.map_err(|_| {
            let problem = "it is no name of a header; give the one that LINE told you";
            self.error("line.module_bot_header", problem)
        })
    }

    /// Secrets go there, so it is HTTPS, or on this machine.
    pub(super) fn base_url(&self, key: &str, url: String) -> Result<String, ConfigError> {
        let uri: Option<Uri> = url.parse().ok();
        let is_base = |uri: &Uri| uri.host().is_some() && uri.query().is_none();
        match uri.filter(is_base) {
            Some(uri) if is_private(&uri) => Ok(url.trim_end_matches('/').to_owned()),
            Some(uri) if uri.scheme_str() == Some("http") => {
                let problem = "secrets would travel in the clear; give an https URL";
                Err(self.error(key, problem))
            }
            _ => {
                let problem = format!("`{url}` is not a URL; give one like https://example.com");
                Err(self.error(key, problem))
            }
        }
    }

    fn data_folder(&self, url: &str) -> Result<PathBuf, ConfigError> {
        match url.strip_prefix("sqlite:") {
            Some(folder) if !folder.is_empty() => Ok(self.path(Path::new(folder))),
            _ => {
                let problem = format!("`{url}` is not supported; give a folder as `sqlite:./data`");
                Err(self.error("store.url", problem))
            }
        }
    }
}

/// Whether nobody on the way can read what goes there: it is HTTPS, or on this machine.
pub(super) fn is_private(uri: &Uri) -> bool {
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(_)) => true,
        (Some("http"), Some(host)) => ["127.0.0.1", "localhost", "[::1]"].contains(&host),
        _ => false,
    }
}
