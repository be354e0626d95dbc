//! The host's configuration: one TOML file, each key of which the environment can override.

mod access_token;
mod account_link;
mod beacons;
mod budget;
mod grants;
mod overrides;
mod secret;
mod unknown_key;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::{HeaderName, Uri};
use botbox_line::client::{self, Credentials};
use botbox_runtime::{Beacons, Capability, Grants, Limits, MEMORY_LIMIT_MAX, PushLimits};
use botbox_store::Usage;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use access_token::AccessTokenTable;
use account_link::AccountLinkTable;
use beacons::{BeaconTable, BeaconVisitsTable, check_beacons};
use budget::BudgetTable;
use grants::GrantEntry;
use secret::{SecretRef, SecretRefs};

pub use access_token::AccessToken;
pub use account_link::AccountLink;
pub use beacons::BeaconVisits;

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
    /// How many events are handled at a time.
    pub slots: u32,
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

/// One channel.
#[derive(Debug)]
pub struct ChannelConfig {
    /// Its id: the last part of its webhook's path.
    pub id: String,
    /// The LINE provider that owns it.
    pub provider: String,
    /// The channel's secrets. One of them signs webhooks; several are there while it is changed.
    pub secrets: Vec<SecretString>,
    /// The same with the channel's numeric id, where it is known.
    pub credentials: Option<Credentials>,
    /// The channel access token, for calls to LINE.
    pub access_token: AccessToken,
    /// The provider's service that users link their accounts with, if there is one.
    pub account_link: Option<AccountLink>,
    /// The most bytes of media that are published at a time.
    pub media: u64,
    /// The component.
    pub plugin: PathBuf,
    /// What the plugin may call.
    pub grants: Grants,
    /// What handling one event may use.
    pub limits: Limits,
    /// How many recipients its pushes may reach, if that has a limit.
    pub budget: Option<PushLimits>,
    /// How many of its events are handled at a time.
    pub concurrency: usize,
    /// What the plugin finds in `wasi:config`.
    pub config: BTreeMap<String, String>,
    /// Its beacons.
    pub beacons: Beacons,
    /// How visits to beacons are told; not at all by default.
    pub beacon_visits: Option<BeaconVisits>,
}

/// How many events are handled at a time unless the configuration says otherwise. A waiting event
/// holds its slot, so there are enough for many channels that wait for LINE all at once.
const SLOTS: u32 = 1_000;

/// The same for the events of one channel.
const CONCURRENCY: usize = 32;

/// The most media that a channel has published at a time: 1 GiB. Five of the largest videos, or a
/// thousand pictures; and a plugin must not fill the disk.
const MEDIA_MIB: u64 = 1_024;

/// The most secrets of a channel. Changing one takes two, and a third is there when it is changed
/// again in between; each is one more try at a webhook that a stranger sends.
const SECRETS: usize = 3;

/// The shortest admin token: shorter ones can be guessed.
const ADMIN_TOKEN_LENGTH: usize = 16;

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    server: ServerTable,
    admin: Option<AdminTable>,
    #[serde(default)]
    line: LineTable,
    #[serde(default)]
    store: StoreTable,
    #[serde(default)]
    runtime: RuntimeTable,
    #[serde(default)]
    channels: Vec<ChannelTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ServerTable {
    listen: SocketAddr,
    public_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdminTable {
    listen: SocketAddr,
    token: SecretRef,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LineTable {
    api_base: String,
    data_api_base: String,
    manager_base: String,
    access_base: String,
    timeout_ms: u64,
    module_bot_header: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct StoreTable {
    url: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RuntimeTable {
    slots: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChannelTable {
    id: String,
    provider: String,
    channel_id: Option<String>,
    secret: SecretRefs,
    access_token: AccessTokenTable,
    account_link: Option<AccountLinkTable>,
    plugin: PathBuf,
    grants: Option<Vec<GrantEntry>>,
    #[serde(default)]
    limits: LimitsTable,
    budget: Option<BudgetTable>,
    #[serde(default)]
    config: BTreeMap<String, String>,
    #[serde(default)]
    beacons: Vec<BeaconTable>,
    beacon_visits: Option<BeaconVisitsTable>,
}

/// What is wrong with which of the channel's keys.
type Problem = (Cow<'static, str>, String);

/// Of a channel that says nothing: what costs nothing and tells nothing to others.
const DEFAULT_GRANTS: [Capability; 3] =
    [Capability::Reply, Capability::Profile, Capability::Content];

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LimitsTable {
    cpu_ms: u64,
    deadline_ms: u64,
    memory_mib: usize,
    concurrency: usize,
    keyvalue_keys: u64,
    keyvalue_mib: u64,
    media_mib: u64,
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
        }
    }
}

impl Default for RuntimeTable {
    fn default() -> Self {
        Self { slots: SLOTS }
    }
}

impl Default for LimitsTable {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            cpu_ms: milliseconds(limits.cpu),
            deadline_ms: milliseconds(limits.deadline),
            memory_mib: limits.memory >> 20,
            concurrency: CONCURRENCY,
            keyvalue_keys: limits.keyvalue.keys,
            keyvalue_mib: limits.keyvalue.bytes >> 20,
            media_mib: MEDIA_MIB,
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
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

struct Checker<'a> {
    file: &'a Path,
}

impl Checker<'_> {
    fn error(&self, key: impl Into<String>, problem: impl ToString) -> ConfigError {
        ConfigError::Key {
            file: self.file.to_owned(),
            key: key.into(),
            problem: problem.to_string(),
        }
    }

    /// A path as seen from the file's folder.
    fn path(&self, path: &Path) -> PathBuf {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        folder.join(path)
    }

    fn check(&self, file: File) -> Result<Config, ConfigError> {
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
        Ok(Config {
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
            slots: file.runtime.slots,
            channels,
        })
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

    fn check_channel(
        &self,
        key: impl Fn(&str) -> String,
        table: ChannelTable,
        public_url: Option<&str>,
    ) -> Result<ChannelConfig, ConfigError> {
        let id_is_plain = |id: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
            (1..=64).contains(&id.len()) && id.chars().all(plain)
        };
        if !id_is_plain(&table.id) {
            let problem = "it becomes a part of a URL: \
                           use 1 to 64 letters, digits, `-` and `_`";
            return Err(self.error(key("id"), problem));
        }
        let most = MEMORY_LIMIT_MAX >> 20;
        if !(1..=most).contains(&table.limits.memory_mib) {
            let problem = format!("give a number from 1 to {most}");
            return Err(self.error(key("limits.memory_mib"), problem));
        }
        if table.limits.concurrency == 0 {
            return Err(self.error(key("limits.concurrency"), "give a number from 1"));
        }
        if let Some(id) = &table.channel_id
            && (id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()))
        {
            let problem = "give the digits that the LINE Developers Console shows under \
                           `Basic settings`";
            return Err(self.error(key("channel_id"), problem));
        }
        let secrets = self.secrets(&key("secret"), &table.secret)?;
        let credentials = table.channel_id.map(|channel_id| Credentials {
            channel_id,
            secrets: secrets.clone(),
        });
        let access_token = table
            .access_token
            .check(credentials.clone(), |path| self.path(path))
            .map_err(|(name, problem)| self.error(key(&name), problem))?;
        let beacons = check_beacons(table.beacons);
        let beacons = beacons.map_err(|(name, problem)| self.error(key(&name), problem))?;
        let visits = table.beacon_visits.map(|visits| visits.check());
        let beacon_visits = visits
            .transpose()
            .map_err(|(name, problem)| self.error(key(&name), problem))?;
        let account_link = table
            .account_link
            .map(|it| self.check_account_link(&key, it, public_url))
            .transpose()?;
        let grants = match table.grants {
            Some(grants) => grants.into_iter().map(|GrantEntry(grant)| grant).collect(),
            None => DEFAULT_GRANTS.into_iter().collect(),
        };
        let budget = table.budget.map(BudgetTable::check).transpose();
        Ok(ChannelConfig {
            budget: budget.map_err(|problem| self.error(key("budget"), problem))?,
            secrets,
            credentials,
            access_token,
            account_link,
            media: table.limits.media_mib.saturating_mul(1 << 20),
            plugin: self.path(&table.plugin),
            grants,
            limits: Limits {
                cpu: self.at_least_one(key("limits.cpu_ms"), table.limits.cpu_ms)?,
                deadline: self.at_least_one(key("limits.deadline_ms"), table.limits.deadline_ms)?,
                memory: table.limits.memory_mib << 20,
                keyvalue: Usage {
                    keys: table.limits.keyvalue_keys,
                    bytes: table.limits.keyvalue_mib.saturating_mul(1 << 20),
                },
            },
            concurrency: table.limits.concurrency,
            config: table.config,
            beacons,
            beacon_visits,
            id: table.id,
            provider: table.provider,
        })
    }

    fn secret(
        &self,
        key: impl Into<String>,
        secret: &SecretRef,
    ) -> Result<SecretString, ConfigError> {
        secret
            .read(|path| self.path(path))
            .map_err(|problem| self.error(key, problem))
    }

    fn secrets(&self, key: &str, secrets: &SecretRefs) -> Result<Vec<SecretString>, ConfigError> {
        let SecretRefs(secrets) = secrets;
        if !(1..=SECRETS).contains(&secrets.len()) {
            let problem = format!(
                "it lists {} secrets; give 1 to {SECRETS}, the newest first",
                secrets.len()
            );
            return Err(self.error(key, problem));
        }
        secrets.iter().map(|it| self.secret(key, it)).collect()
    }

    fn at_least_one(&self, key: impl Into<String>, value: u64) -> Result<Duration, ConfigError> {
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
    fn base_url(&self, key: &str, url: String) -> Result<String, ConfigError> {
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
fn is_private(uri: &Uri) -> bool {
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(_)) => true,
        (Some("http"), Some(host)) => ["127.0.0.1", "localhost", "[::1]"].contains(&host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Loads `text`, with the channel `echo` below it unless it has channels of its own.
    fn load(text: &str) -> Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("botbox.toml");
        fs::write(folder.path().join("secret"), "s3cret\n").unwrap();
        let channel = r#"
            [[channels]]
            id = "echo"
            provider = "acme"
            secret = { file = "secret" }
            access_token = { file = "secret" }
            plugin = "./echo.wasm""#;
        let channels = if text.contains("[[channels]]") {
            ""
        } else {
            channel
        };
        fs::write(&file, format!("{text}\n{channels}")).unwrap();
        Config::load(&file).map_err(|error| error.to_string())
    }

    fn problem(text: &str) -> String {
        let error = load(text).unwrap_err();
        assert!(error.contains("botbox.toml"), "{error}");
        error.split_once("botbox.toml").unwrap().1.to_owned()
    }

    #[test]
    fn a_channel_is_all_that_is_needed() {
        let config = load("").unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        let channel = &config.channels[0];
        assert!(channel.plugin.ends_with("echo.wasm") && channel.plugin.is_absolute());
        assert!(channel.grants.allow(Capability::Reply) && !channel.grants.allow(Capability::Push));
        assert!(!format!("{config:?}").contains("s3cret"));
    }

    #[test]
    fn problems_name_the_key_and_the_remedy() {
        let channel = |line: &str| {
            problem(&format!(
                "[[channels]]\nid = \"a\"\nprovider = \"p\"\naccess_token = {{ file = \"secret\" }}\n\
                 plugin = \"x\"\n{line}"
            ))
        };
        let grants = |grants: &str| {
            channel(&format!(
                "secret = {{ file = \"secret\" }}\ngrants = [{grants}]"
            ))
        };
        for (said, expected) in [
            (
                problem("[sever]\n"),
                ": sever: unknown key; did you mean `server`?",
            ),
            (
                problem("[server]\nlisen = \"x\""),
                ": server.lisen: unknown key; did you mean `listen`?",
            ),
            (
                problem("[line]\ncolour = 1"),
                ": line.colour: unknown key; the known ones are `api_base`, `data_api_base`, `manager_base`, `access_base`, `timeout_ms`, `module_bot_header`",
            ),
            (
                problem("[server]\nlisten = \"x\""),
                ": server.listen: invalid socket address",
            ),
            (
                problem("[line]\ntimeout_ms = 0"),
                ": line.timeout_ms: give a number",
            ),
            (
                problem("[line]\nmodule_bot_header = \"bot id\""),
                ": line.module_bot_header: it is no name of a header",
            ),
            (
                problem("[store]\nurl = \"nats:x\""),
                ": store.url: `nats:x` is not supported",
            ),
            (channel(""), ": channels[0]: missing field `secret`"),
            (
                channel("secret = \"hunter2\""),
                ": channels[0].secret: a secret is given by reference",
            ),
            (
                channel("secret = { env = \"BOTBOX_TEST_NOT_SET\" }"),
                ": channels[0].secret: the environment variable BOTBOX_TEST_NOT_SET is not set",
            ),
            (
                channel("secret = { file = \"nowhere\" }"),
                ": channels[0].secret: cannot read",
            ),
            (
                channel("secret = { file = \"secret\" }\ngrants = [\"pray\"]"),
                ": channels[0].grants[0]: there is no grant `pray`; the grants are account-link",
            ),
            (
                grants("\"line-api\""),
                ": channels[0].grants[0]: `line-api` is granted with a list",
            ),
            (
                grants("\"http\""),
                ": channels[0].grants[0]: `http` is granted with a list",
            ),
            (
                grants("{ http = [\"https://example.com/v1\"] }"),
                ": channels[0].grants[0]: `https://example.com/v1` is no origin: give a host,",
            ),
            (
                grants("{ reply = [\"x\"] }"),
                ": channels[0].grants[0]: `reply` has no options: write \"reply\"",
            ),
            (
                grants("{ line-api = [], reply = [] }"),
                ": channels[0].grants[0]: write one grant in each table",
            ),
            (
                grants("{ line-apo = [] }"),
                ": channels[0].grants[0]: there is no grant `line-apo`; did you mean `line-api`?",
            ),
            (
                grants("\"reply\", { line-api = [\"GET /v2/bot/../info\"] }"),
                ": channels[0].grants[1]: `GET /v2/bot/../info` is no rule: the path ",
            ),
            (
                grants("{ line-api = [\"FETCH /v2/bot/info\"] }"),
                ": channels[0].grants[0]: `FETCH /v2/bot/info` is no rule: give GET,",
            ),
            (
                channel("secret = { file = \"secret\" }\nbudget = {}"),
                ": channels[0].budget: give `per_hour`, `per_month` or both",
            ),
            (
                channel("secret = { file = \"secret\" }\nbudget = { per_hour = 0 }"),
                ": channels[0].budget: give numbers from 1",
            ),
            (
                channel("secret = { file = \"secret\" }\nlimits = { memory_mib = 4096 }"),
                ": channels[0].limits.memory_mib: give a number from 1 to 512",
            ),
            (
                channel(
                    "secret = { file = \"secret\" }\nbeacons = [{ hwid = \"32AF\", name = \"a\" }]",
                ),
                ": channels[0].beacons[0].hwid: a hardware id has 10 hexadecimal digits",
            ),
            (
                channel(
                    "secret = { file = \"secret\" }\nbeacons = [{ hwid = \"32AF519E88\", name = \"a\" }, \
                     { hwid = \"32af519e88\", name = \"b\" }]",
                ),
                ": channels[0].beacons[1].hwid: another beacon has the hardware id 32af519e88",
            ),
            (
                channel("secret = { file = \"secret\" }\nbeacon_visits = { gap_s = 0 }"),
                ": channels[0].beacon_visits.gap_s: give a number of seconds from 1",
            ),
            (
                channel("secret = { file = \"secret\" }\nconfig = { tables = 3 }"),
                ": channels[0].config.tables: invalid type: integer",
            ),
        ] {
            assert!(
                said.starts_with(expected),
                "{said:?}, expected {expected:?}"
            );
            assert!(!said.contains("hunter2"));
        }
        let token = |line: &str| {
            problem(&format!(
                "[[channels]]\nid = \"a\"\nprovider = \"p\"\nplugin = \"x\"\n\
                 secret = [{{ file = \"secret\" }}, {{ file = \"secret\" }}]\n{line}"
            ))
        };
        let no_key = "channel_id = \"1\"\naccess_token = { issue = \"v2.1\"";
        for (said, expected) in [
            (
                token("access_token = { issue = \"eternal\" }"),
                ": channels[0].access_token: unknown variant `eternal`, expected one of `short-lived`",
            ),
            (
                token("access_token = { issue = \"stateless\", kye_id = \"k\" }"),
                ": channels[0].access_token.kye_id: unknown key; did you mean `key_id`?",
            ),
            (
                token("access_token = { issue = \"stateless\" }"),
                ": channels[0].channel_id: tokens are issued to a channel id",
            ),
            (
                token("channel_id = \"@bot\"\naccess_token = { issue = \"stateless\" }"),
                ": channels[0].channel_id: give the digits",
            ),
            (
                token(&format!("{no_key} }}")),
                ": channels[0].access_token.key: v2.1 tokens are issued by a key",
            ),
            (
                token(&format!("{no_key}, key_id = \"k\" }}")),
                ": channels[0].access_token.key: give the private key, too",
            ),
            (
                token(&format!("{no_key}, key = {{ file = \"secret\" }} }}")),
                ": channels[0].access_token.key_id: give the id",
            ),
            (
                token(&format!(
                    "{no_key}, key_id = \"k\", key = {{ file = \"secret\" }} }}"
                )),
                ": channels[0].access_token.key: it is no private key",
            ),
            (
                token("access_token = \"hunter2\""),
                ": channels[0].access_token: a secret is given by reference",
            ),
            (
                channel("secret = []"),
                ": channels[0].secret: it lists 0 secrets; give 1 to 3",
            ),
            (
                channel("secret = [\"hunter2\"]"),
                ": channels[0].secret: a secret is given by reference",
            ),
        ] {
            assert!(
                said.starts_with(expected),
                "{said:?}, expected {expected:?}"
            );
            assert!(!said.contains("hunter2"));
        }
        let link = |server: &str, link: &str| {
            problem(&format!(
                "[server]\n{server}\n[[channels]]\nid = \"a\"\nprovider = \"p\"\nplugin = \"x\"\n\
                 secret = {{ file = \"secret\" }}\naccess_token = {{ file = \"secret\" }}\n\
                 [channels.account_link]\nservice = \"Cafe\"\nsecret = {{ file = \"secret\" }}\n{link}"
            ))
        };
        let login = "login_url = \"https://cafe.example/login\"";
        let public = "public_url = \"https://bots.example\"";
        for (said, expected) in [
            (
                link("", login),
                ": server.public_url: users link their accounts on a page of this host",
            ),
            (
                link("public_url = \"http://bots.example\"", login),
                ": server.public_url: secrets would travel in the clear",
            ),
            (
                link(public, "login_url = \"http://cafe.example/login\""),
                ": channels[0].account_link.login_url: give the https URL",
            ),
            (
                link(public, login),
                ": channels[0].account_link.secret: it has 6 characters; give at least 32",
            ),
        ] {
            assert!(
                said.starts_with(expected),
                "{said:?}, expected {expected:?}"
            );
        }
        let broken = problem("[server]\nsecret = \"hunter2");
        assert!(
            broken.starts_with(" is not valid TOML: line 2: "),
            "{broken}"
        );
        assert!(!broken.contains("hunter2"));
    }
}
