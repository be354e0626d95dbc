//! The real binary, as a process of its own.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use crate::built::{binary, plugin};
use crate::line::{Bot, Line};
use crate::patience::{PATIENCE, POLL};

/// All grants that have no options, as the configuration has them.
pub const ALL_GRANTS: &str = r#"
    "account-link", "audience", "beacon", "bot-info", "content", "coupon", "followers", "group",
    "insight", "keyvalue", "loading", "mark-as-read", "media", "membership", "module",
    "notification", "profile", "push", "quota", "reply", "rich-menu", "room", "schedule",
    "validate""#;

/// The host's public URL. Nobody resolves it: tests put [`Host::url`] in its place.
pub const PUBLIC_URL: &str = "https://bots.test";

/// The operator's token.
pub const ADMIN_TOKEN: &str = "the tests' admin token";

/// The runtime that a host has unless its test says otherwise.
const RUNTIME: &str = "[runtime]\nslots = 8\n";

/// The configuration of a channel.
pub struct Channel {
    id: String,
    provider: String,
    bot: Bot,
    plugin: PathBuf,
    secrets: Vec<String>,
    access_token: Option<String>,
    rest: String,
}

impl Channel {
    /// A channel that runs one of the built plugins with all grants.
    #[must_use]
    pub fn new(id: &str, bot: &Bot, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            provider: String::from("tests"),
            bot: bot.clone(),
            plugin: plugin(name),
            secrets: vec![bot.secret.clone()],
            access_token: None,
            rest: format!("grants = [{ALL_GRANTS}]"),
        }
    }

    /// Replaces the provider that the tests' channels have in common.
    #[must_use]
    pub fn provider(mut self, provider: &str) -> Self {
        provider.clone_into(&mut self.provider);
        self
    }

    /// Replaces the built plugin by a file.
    #[must_use]
    pub fn plugin(mut self, path: &Path) -> Self {
        path.clone_into(&mut self.plugin);
        self
    }

    /// Replaces the bot's secret.
    #[must_use]
    pub fn secrets(mut self, secrets: &[&str]) -> Self {
        self.secrets = secrets.iter().copied().map(String::from).collect();
        self
    }

    /// Replaces the bot's long-lived token by the token of another source: a value of TOML.
    #[must_use]
    pub fn access_token(mut self, source: &str) -> Self {
        self.access_token = Some(source.to_owned());
        self
    }

    /// Replaces the grants by these lines of configuration.
    #[must_use]
    pub fn with(mut self, lines: &str) -> Self {
        lines.clone_into(&mut self.rest);
        self
    }
}

/// The configuration of a host.
pub struct HostBuilder {
    binary: PathBuf,
    folder: TempDir,
    listen: String,
    environment: Vec<(String, String)>,
    line: String,
    timeout_ms: u32,
    module_bot_header: Option<String>,
    public_url: String,
    channels: Vec<Channel>,
    tables: String,
    log_is_read: bool,
}

/// A host that is configured. It can be started any number of times, as after a crash.
pub struct Setup {
    binary: PathBuf,
    folder: Arc<TempDir>,
    environment: Vec<(String, String)>,
    /// The channels' ids and bots.
    channels: Vec<(String, Bot)>,
    log_is_read: bool,
}

/// A host that was started, and may not listen yet. It is killed when it is dropped.
pub struct Starting {
    child: Child,
    output: Lines<BufReader<ChildStdout>>,
    log: Log,
    /// Kept open when nobody reads it.
    unread_log: Option<ChildStderr>,
    folder: Arc<TempDir>,
}

/// A running host. It is killed when the test is done with it.
pub struct Host {
    /// Where webhooks come in, without a path.
    pub url: String,
    /// The operator's side.
    pub admin_url: String,
    /// What it logs.
    pub log: Log,
    child: Child,
    _unread_log: Option<ChildStderr>,
    _folder: Arc<TempDir>,
}

/// What a host logs, line by line as JSON.
#[derive(Clone, Default)]
pub struct Log {
    lines: Arc<Mutex<Vec<Value>>>,
    more: Arc<Notify>,
}

impl Host {
    /// A host beside this simulator.
    #[must_use]
    pub fn beside(line: &Line) -> HostBuilder {
        HostBuilder {
            binary: binary(),
            folder: tempfile::tempdir().unwrap(),
            listen: String::from("127.0.0.1:0"),
            environment: Vec::new(),
            line: line.url().to_owned(),
            // LINE's failures are waited for where a test asks for them.
            timeout_ms: 20_000,
            module_bot_header: None,
            public_url: format!("public_url = \"{PUBLIC_URL}\"\n"),
            channels: Vec::new(),
            tables: String::from(RUNTIME),
            log_is_read: true,
        }
    }

    /// A host with one channel, `bot`, that the simulator sends its webhooks to.
    pub async fn with(line: &Line, bot: &Bot, plugin: &str) -> Self {
        let channel = Channel::new("bot", bot, plugin);
        Self::beside(line).channel(channel).start(line).await
    }

    /// What the operator is told.
    pub async fn status(&self) -> Value {
        self.admin("/v1/status").await
    }

    /// What the operator is told at a path.
    pub async fn admin(&self, path: &str) -> Value {
        let request = reqwest::Client::new().get(format!("{}{path}", self.admin_url));
        let response = request.bearer_auth(ADMIN_TOKEN).send().await.unwrap();
        response.json().await.unwrap()
    }

    /// The journal's entries of a channel's events, newest first.
    pub async fn events(&self, channel: &str) -> Vec<Value> {
        let mut events = Vec::new();
        let mut before = String::new();
        loop {
            let path = format!("/v1/journal/events?channel={channel}&limit=1000{before}");
            let mut page = self.admin(&path).await;
            events.append(page["events"].as_array_mut().unwrap());
            match page["next"].as_i64() {
                Some(next) => before = format!("&before={next}"),
                None => return events,
            }
        }
    }

    /// Waits until the journal has an event in a state, and returns all that is known of it.
    pub async fn expect(&self, channel: &str, id: &str, state: &str) -> Value {
        let mut last = Value::Null;
        let looked = timeout(PATIENCE, async {
            while last["state"] != state {
                sleep(POLL).await;
                last = self
                    .admin(&format!("/v1/journal/events/{channel}/{id}"))
                    .await;
            }
        });
        assert!(looked.await.is_ok(), "not {state}: {last}\n{:?}", self.log);
        last
    }

    /// Waits until each channel's plugin is there, or can't be used.
    pub async fn loaded(&self) {
        let mut status = Value::Null;
        let looked = timeout(PATIENCE, async {
            loop {
                status = self.status().await;
                let mut channels = status["channels"].as_array().unwrap().iter();
                if channels.all(|it| it["state"] != "loading") {
                    return;
                }
                sleep(POLL).await;
            }
        });
        assert!(
            looked.await.is_ok(),
            "still loading: {status}\n{:?}",
            self.log
        );
    }

    /// Waits until the status reports a channel in a state, and returns all that it reports of the channel.
    pub async fn channel(&self, id: &str, state: &str) -> Value {
        let mut last = Value::Null;
        let looked = timeout(PATIENCE, async {
            while last["state"] != state {
                sleep(POLL).await;
                let status = self.status().await;
                let channels = status["channels"].as_array().unwrap().iter();
                let failed = status["failed"].as_array().into_iter().flatten();
                last = channels
                    .chain(failed)
                    .find(|it| it["id"] == id)
                    .unwrap()
                    .clone();
            }
        });
        assert!(looked.await.is_ok(), "not {state}: {last}\n{:?}", self.log);
        last
    }

    /// Waits until no event of any channel waits, or is to come.
    pub async fn drained(&self, patience: Duration) {
        let mut waiting = Value::Null;
        let looked = timeout(patience, async {
            loop {
                let stats = self.admin("/v1/journal/stats").await;
                waiting = stats["channels"].clone();
                let mut channels = waiting.as_array().unwrap().iter();
                if channels.all(|it| it["waiting"] == 0 && it["scheduled"] == 0) {
                    return;
                }
                sleep(POLL).await;
            }
        });
        assert!(looked.await.is_ok(), "events still wait: {waiting}");
    }

    /// The process's id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id().expect("the host runs")
    }

    /// Ends the process at once, as the kernel does when memory runs out.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// The address of a channel's webhook.
    #[must_use]
    pub fn webhook(&self, channel: &str) -> String {
        format!("{}/webhook/{channel}", self.url)
    }

    /// Sends a signal, such as `TERM`, by which container managers stop a process.
    pub fn signal(&self, signal: &str) {
        let id = self.id().to_string();
        let kill = std::process::Command::new("kill")
            .args(["-s", signal, &id])
            .status();
        assert!(kill.unwrap().success());
    }

    /// Waits for the end of the process.
    pub async fn ended(&mut self) -> ExitStatus {
        timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap()
    }
}

impl HostBuilder {
    /// Adds a channel.
    #[must_use]
    pub fn channel(mut self, channel: Channel) -> Self {
        self.channels.push(channel);
        self
    }

    /// Calls this API instead of the simulator's.
    #[must_use]
    pub fn api(mut self, url: &str) -> Self {
        url.clone_into(&mut self.line);
        self
    }

    /// Sets the timeout of calls to LINE.
    #[must_use]
    pub fn timeout_ms(mut self, timeout_ms: u32) -> Self {
        self.timeout_ms = timeout_ms;
        self
    }

    /// Sets the header by which module channels name the bot that they call for.
    #[must_use]
    pub fn module_bot_header(mut self, name: &str) -> Self {
        self.module_bot_header = Some(name.to_owned());
        self
    }

    /// Removes the public URL.
    #[must_use]
    pub fn without_public_url(mut self) -> Self {
        self.public_url.clear();
        self
    }

    /// Adds tables to the configuration; replaces the runtime's if it names it.
    #[must_use]
    pub fn tables(mut self, tables: &str) -> Self {
        if tables.contains("[runtime]") {
            self.tables = self.tables.replace(RUNTIME, "");
        }
        self.tables.push_str(tables);
        self
    }

    /// Sets the folder of the host's data, which outlives the host.
    #[must_use]
    pub fn data(self, folder: &Path) -> Self {
        let url = format!("[store]\nurl = \"sqlite:{}\"\n", folder.display());
        self.tables(&url)
    }

    /// Listens for webhooks there, and not on a port of the system's choice.
    #[must_use]
    pub fn listen(mut self, address: &str) -> Self {
        address.clone_into(&mut self.listen);
        self
    }

    /// Replaces the binary that was built with the tests.
    #[must_use]
    pub fn binary(mut self, binary: &Path) -> Self {
        binary.clone_into(&mut self.binary);
        self
    }

    /// Leaves the host's log unread.
    #[must_use]
    pub fn unread_log(mut self) -> Self {
        self.log_is_read = false;
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts the host, and points the webhooks of its channels' bots to it.
    pub async fn start(self, line: &Line) -> Host {
        let setup = self.set_up();
        let host = setup.start().await;
        setup.point(line, &host).await;
        host
    }

    /// Writes the configuration.
    #[must_use]
    pub fn set_up(self) -> Setup {
        let Self {
            binary,
            folder,
            listen,
            mut environment,
            line: api,
            timeout_ms,
            module_bot_header,
            public_url,
            channels,
            tables,
            log_is_read,
        } = self;
        let module_bot_header = module_bot_header
            .map_or_else(String::new, |it| format!("module_bot_header = \"{it}\"\n"));
        let mut config = format!(
            "[server]\nlisten = \"{listen}\"\n{public_url}\
             [admin]\nlisten = \"127.0.0.1:0\"\ntoken = {{ env = \"ADMIN_TOKEN\" }}\n\
             [line]\napi_base = \"{api}\"\ndata_api_base = \"{api}\"\n\
             manager_base = \"{api}\"\naccess_base = \"{api}\"\n\
             timeout_ms = {timeout_ms}\n{module_bot_header}{tables}"
        );
        for (index, channel) in channels.iter().enumerate() {
            let Channel {
                id,
                provider,
                plugin,
                rest,
                ..
            } = channel;
            let mut secrets = String::new();
            for (number, secret) in channel.secrets.iter().enumerate() {
                let variable = format!("SECRET_{index}_{number}");
                secrets.push_str(&format!("{{ env = \"{variable}\" }}, "));
                environment.push((variable, secret.clone()));
            }
            let access_token = channel.access_token.clone();
            let access_token =
                access_token.unwrap_or_else(|| format!("{{ env = \"TOKEN_{index}\" }}"));
            config.push_str(&format!(
                "[[channels]]\nid = \"{id}\"\nprovider = \"{provider}\"\n\
                 channel_id = \"{channel_id}\"\nsecret = [{secrets}]\n\
                 access_token = {access_token}\n\
                 plugin = \"{}\"\n{rest}\n",
                plugin.display(),
                channel_id = channel.bot.channel_id,
            ));
            environment.push((format!("TOKEN_{index}"), channel.bot.token.clone()));
        }
        std::fs::write(folder.path().join("botbox.toml"), config).unwrap();
        let channels = channels.into_iter().map(|it| (it.id, it.bot)).collect();
        Setup {
            binary,
            folder: Arc::new(folder),
            environment,
            channels,
            log_is_read,
        }
    }
}

impl Setup {
    /// Starts the host, and waits until its plugins are loaded. Its channels' bots need not know.
    pub async fn start(&self) -> Host {
        let host = self.spawn().ready().await;
        host.loaded().await;
        host
    }

    /// The configuration file.
    #[must_use]
    pub fn config(&self) -> PathBuf {
        self.folder.path().join("botbox.toml")
    }

    /// Points the webhooks of the channels' bots to a host.
    pub async fn point(&self, line: &Line, host: &Host) {
        for (id, bot) in &self.channels {
            line.set_webhook(bot, &host.webhook(id)).await;
        }
    }

    /// Starts the host, and does not wait until it listens.
    #[must_use]
    pub fn spawn(&self) -> Starting {
        let mut child = Command::new(&self.binary)
            .args(["serve", "--config"])
            .arg(self.folder.path().join("botbox.toml"))
            .env("ADMIN_TOKEN", ADMIN_TOKEN)
            .env("BOTBOX_LOG", "debug")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let stderr = child.stderr.take().unwrap();
        let (log, unread_log) = match self.log_is_read {
            true => (Log::follow(stderr), None),
            false => (Log::default(), Some(stderr)),
        };
        let output = BufReader::new(child.stdout.take().unwrap()).lines();
        Starting {
            child,
            output,
            log,
            unread_log,
            folder: Arc::clone(&self.folder),
        }
    }
}

impl Starting {
    /// Waits until the host listens. Its plugins may not be loaded yet.
    pub async fn ready(mut self) -> Host {
        Host {
            url: self.address("listening on ").await,
            admin_url: self.address("admin on ").await,
            log: self.log,
            child: self.child,
            _unread_log: self.unread_log,
            _folder: self.folder,
        }
    }

    async fn address(&mut self, prefix: &str) -> String {
        let output = timeout(PATIENCE, self.output.next_line()).await;
        let output = output.unwrap().unwrap();
        let output = output.unwrap_or_else(|| panic!("the host ended: {:?}", self.log));
        output.strip_prefix(prefix).unwrap().to_owned()
    }

    /// Waits until the host gives up, and returns why.
    pub async fn refused(mut self) -> String {
        let status = timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap();
        assert_eq!(status.code(), Some(1), "{:?}", self.log);
        let why = self.log.expect("ERROR").await;
        why["message"].as_str().unwrap_or_default().to_owned()
    }

    /// Ends the process at once, however far it is.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

impl Log {
    fn follow(stderr: ChildStderr) -> Self {
        let log = Self::default();
        let following = log.clone();
        tokio::spawn(async move {
            let mut lines = BufReader::new(stderr).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                let line = serde_json::from_str(&line).unwrap_or(Value::String(line));
                following.lines.lock().unwrap().push(line);
                following.more.notify_waiters();
            }
        });
        log
    }

    /// Waits for a line that contains `text`.
    pub async fn expect(&self, text: &str) -> Value {
        let found = async {
            loop {
                let more = self.more.notified();
                if let Some(line) = self.find(text) {
                    return line;
                }
                more.await;
            }
        };
        let found = timeout(PATIENCE, found).await;
        found.unwrap_or_else(|_| panic!("the log has no {text:?}: {self:?}"))
    }

    /// A line that contains `text`.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Value> {
        let lines = self.lines.lock().unwrap();
        lines.iter().find(|line| says(line, text)).cloned()
    }

    /// Waits for exactly so many lines that contain `text`.
    pub async fn expect_count(&self, text: &str, count: usize) {
        let enough = async {
            loop {
                let more = self.more.notified();
                if self.count(text) >= count {
                    return;
                }
                more.await;
            }
        };
        let enough = timeout(PATIENCE, enough).await;
        assert!(enough.is_ok() && self.count(text) == count, "{self:?}");
    }

    /// How many lines contain `text`.
    #[must_use]
    pub fn count(&self, text: &str) -> usize {
        let lines = self.lines.lock().unwrap();
        lines.iter().filter(|line| says(line, text)).count()
    }
}

/// Whether one of a line's texts contains `text`.
fn says(line: &Value, text: &str) -> bool {
    match line {
        Value::String(line) => line.contains(text),
        Value::Array(values) => values.iter().any(|value| says(value, text)),
        Value::Object(fields) => fields.values().any(|value| says(value, text)),
        _ => false,
    }
}

impl std::fmt::Debug for Log {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for line in self.lines.lock().unwrap().iter() {
            writeln!(formatter, "{line}")?;
        }
        Ok(())
    }
}
