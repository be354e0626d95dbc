//! Checks what is the host's, and goes through the channels.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use axum::http::{HeaderName, Uri};
use botbox_line::Settings as LineSettings;
use botbox_runtime::{CompileLimits, WEIGHT_MAX};
use botbox_store::DiskLimits;
use secrecy::{ExposeSecret, SecretString};

use super::{ChannelKeys, Checker, Reported, is_private};
use crate::config::checked::{Admin, ChannelConfig, Config, LogRetention, Telemetry};
use crate::config::file::secret::SecretRef;
use crate::config::file::{
    AdminTable, File, JournalTable, LogsTable, ProviderTable, RuntimeTable, SecretsTable,
    TelemetryTable,
};
use crate::config::source::Source;
use crate::vault::KEY_LENGTH;

/// The shortest admin token: shorter ones can be guessed.
const ADMIN_TOKEN_LENGTH: usize = 16;

/// The longest that events are kept: 10 years.
const MOST_HOURS: u64 = 10 * 366 * 24;

/// The most of a channel's log that is kept: 1 GiB.
const LOG_MOST_KIB: u64 = 1 << 20;

/// The longest that logs are kept: 10 years.
const LOG_MOST_DAYS: u64 = MOST_HOURS / 24;

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

/// What is left of a file when it is checked.
pub(crate) struct Checked {
    /// Without its channels, if the rest of the host's own can be used.
    pub(crate) config: Option<Config>,
    /// The channels that can be used.
    pub(crate) channels: Vec<ChannelConfig>,
    /// The ids and providers of the others.
    pub(crate) unusable: Vec<(String, String)>,
}

impl Checker {
    /// Checks all of a file.
    pub(crate) fn check(&self, file: File) -> Checked {
        let public_url = file.server.public_url;
        let public_url = public_url
            .map(|url| self.base_url("server.public_url", url))
            .transpose();
        let known_url = public_url.as_ref().ok().and_then(Option::as_deref);
        let mut ids = HashMap::new();
        let (mut channels, mut unusable) = (Vec::new(), Vec::new());
        for (index, table) in file.channels.into_iter().enumerate() {
            let keys = ChannelKeys(index);
            let (id, provider) = (table.id.clone(), table.provider.clone());
            if !self.is_reported(&keys.of("id")) {
                match ids.entry(id.clone()) {
                    Entry::Vacant(entry) => {
                        entry.insert(keys);
                    }
                    Entry::Occupied(first) => {
                        let first = self.source.at(&first.get().of("id"));
                        let problem = format!("another channel has the id `{id}` already: {first}");
                        self.error(keys.of("id"), problem);
                    }
                }
            }
            match self.check_channel(index, table, known_url) {
                Ok(channel) => channels.push(channel),
                Err(Reported) => unusable.push((id, provider)),
            }
        }
        if channels.is_empty() && unusable.is_empty() && file.admin.is_none() {
            let problem = "there is no channel; add one under a `[[channels]]` heading, or an \
                           `[admin]` table, so that channels can be added while the host runs";
            self.error("channels", problem);
        }
        if !(1..=10_000).contains(&file.runtime.slots) {
            self.error("runtime.slots", "give a number from 1 to 10000");
        }
        let compile_limits = self.check_compiler(&file.runtime);
        let threads = file.runtime.compute_threads;
        if !(1..=1_024).contains(&threads) {
            self.error("runtime.compute_threads", "give a number from 1 to 1024");
        }
        let memory = file.runtime.memory_mib;
        if !(LEAST_MEMORY_MIB..=MOST_MEMORY_MIB).contains(&memory) {
            let problem = format!("give a number from {LEAST_MEMORY_MIB} to {MOST_MEMORY_MIB}");
            self.error("runtime.memory_mib", problem);
        }
        let providers = channels.iter().map(|it| &it.provider);
        let providers = providers.chain(unusable.iter().map(|(_, provider)| provider));
        let provider_weights = self.check_providers(file.providers, &providers.collect());
        let keep = self.check_keep(&file.journal);
        let logs = self.check_logs(&file.logs);
        let telemetry = self.check_telemetry(file.telemetry);
        let admin = file.admin.map(|admin| self.check_admin(&admin)).transpose();
        let secrets_keys = self.check_secrets_keys(&file.secrets);
        let ceilings = match file.ceilings.check() {
            Ok(()) => Ok(file.ceilings),
            Err(problem) => Err(self.error(problem.key, problem.what)),
        };
        let api_base = self.base_url("line.api_base", file.line.api_base);
        let data_api_base = self.base_url("line.data_api_base", file.line.data_api_base);
        let manager_base = self.base_url("line.manager_base", file.line.manager_base);
        let access_base = self.base_url("line.access_base", file.line.access_base);
        let timeout = self.at_least_one("line.timeout_ms", file.line.timeout_ms);
        let module_bot_header = self.header(file.line.module_bot_header);
        let data = self.data_folder(&file.store.url);
        // All is checked before anything is given up.
        let config = || {
            let (keep_handled, keep_dead) = keep?;
            let (secrets_key, previous_secrets_keys) = secrets_keys?;
            Ok(Config {
                keep_handled,
                keep_dead,
                logs: logs?,
                telemetry: telemetry?,
                listen: file.server.listen,
                public_url: public_url?,
                admin: admin?,
                line: LineSettings {
                    api_base: api_base?,
                    data_api_base: data_api_base?,
                    manager_base: manager_base?,
                    timeout: timeout?,
                    module_bot_header: module_bot_header?,
                },
                access_base: access_base?,
                secrets_key,
                previous_secrets_keys,
                data: data?,
                disk: DiskLimits {
                    reserve: file.store.reserve_mib.saturating_mul(1 << 20),
                    ..DiskLimits::default()
                },
                slots: file.runtime.slots,
                compile_limits: compile_limits?,
                compile_processes: file.runtime.compile_processes,
                memory: memory << 20,
                compute_threads: threads,
                provider_weights,
                ceilings: ceilings?,
                channels: Vec::new(),
                failed: Vec::new(),
                source: Source::default(),
            })
        };
        let config: Result<_, Reported> = config();
        Checked {
            config: config.ok(),
            channels,
            unusable,
        }
    }

    fn check_compiler(&self, table: &RuntimeTable) -> Result<CompileLimits, Reported> {
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

    /// The weights of those providers that have one. They must be the provider of a channel.
    fn check_providers(
        &self,
        weighted: BTreeMap<String, ProviderTable>,
        providers: &HashSet<&String>,
    ) -> HashMap<String, u32> {
        for (id, provider) in &weighted {
            if !providers.contains(id) {
                let problem = "no channel has this `provider`; correct the name, or remove it";
                self.error(format!("providers.{id}"), problem);
            }
            if !(1..=WEIGHT_MAX).contains(&provider.weight) {
                let problem = format!("give a number from 1 to {WEIGHT_MAX}");
                self.error(format!("providers.{id}.weight"), problem);
            }
        }
        let weights = weighted.into_iter().map(|(id, it)| (id, it.weight));
        weights.collect()
    }

    /// How long handled events and dead letters are kept.
    fn check_keep(&self, table: &JournalTable) -> Result<(Duration, Duration), Reported> {
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

    /// How much of the plugins' logs is kept.
    fn check_logs(&self, table: &LogsTable) -> Result<LogRetention, Reported> {
        const DAY: u64 = 24 * 3_600;
        if table.channel_kib > LOG_MOST_KIB {
            let problem = format!("give a number of KiB from 0 to {LOG_MOST_KIB}");
            return Err(self.error("logs.channel_kib", problem));
        }
        if !(1..=LOG_MOST_DAYS).contains(&table.keep_days) {
            let problem = format!("give a number of days from 1 to {LOG_MOST_DAYS}");
            return Err(self.error("logs.keep_days", problem));
        }
        Ok(LogRetention {
            channel_bytes: table.channel_kib << 10,
            age: Duration::from_secs(table.keep_days * DAY),
        })
    }

    /// What is told to whom of what happens.
    fn check_telemetry(&self, table: TelemetryTable) -> Result<Telemetry, Reported> {
        let endpoint = table.otlp_endpoint;
        let endpoint = endpoint.map(|url| self.collector_url("telemetry.otlp_endpoint", url));
        if !(0.0..=1.0).contains(&table.sample_ratio) {
            let problem = "give a number from 0.0, none, to 1.0, all";
            return Err(self.error("telemetry.sample_ratio", problem));
        }
        Ok(Telemetry {
            otlp_endpoint: endpoint.transpose()?,
            sample_ratio: table.sample_ratio,
            channel_labels: table.channel_labels,
        })
    }

    /// No secret goes there, so it may be plain HTTP to any machine.
    fn collector_url(&self, key: &str, url: String) -> Result<String, Reported> {
        let uri: Option<Uri> = url.parse().ok();
        let is_base = |uri: &Uri| {
            let scheme = uri.scheme_str();
            uri.host().is_some()
                && uri.query().is_none()
                && matches!(scheme, Some("http" | "https"))
        };
        match uri.filter(is_base) {
            Some(_) => Ok(url.trim_end_matches('/').to_owned()),
            None => {
                let problem = format!("`{url}` is not a URL; give one like http://localhost:4318");
                Err(self.error(key, problem))
            }
        }
    }

    /// By which secrets are encrypted, and were before.
    fn check_secrets_keys(
        &self,
        table: &SecretsTable,
    ) -> Result<(Option<SecretString>, Vec<SecretString>), Reported> {
        let check = |name: &str, key: &SecretRef| {
            let key_name = format!("secrets.{name}");
            let key = self.secret(key_name.clone(), key)?;
            let length = key.expose_secret().len();
            if length < KEY_LENGTH {
                let problem =
                    format!("it has {length} characters; give at least {KEY_LENGTH}, at random");
                return Err(self.error(key_name, problem));
            }
            Ok(key)
        };
        let key = table.key.as_ref().map(|key| check("key", key)).transpose();
        let previous = table.previous_keys.iter().enumerate();
        let previous = previous.map(|(index, key)| check(&format!("previous_keys[{index}]"), key));
        let previous: Result<Vec<_>, Reported> = previous.collect();
        Ok((key?, previous?))
    }

    fn check_admin(&self, table: &AdminTable) -> Result<Admin, Reported> {
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

    fn header(&self, name: Option<String>) -> Result<Option<HeaderName>, Reported> {
        let name = name.map(HeaderName::try_from).transpose();
        name.map_err(|_| {
            let problem = "it is no name of a header; give the one that LINE told you";
            self.error("line.module_bot_header", problem)
        })
    }

    /// Secrets go there, so it is HTTPS, or on this machine.
    fn base_url(&self, key: &str, url: String) -> Result<String, Reported> {
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
}
