//! The configuration of a host.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use crate::built::binary;
use crate::channel::Channel;
use crate::control_group::ControlGroup;
use crate::host::Host;
use crate::line::{Bot, Line};
use crate::setup::Setup;

/// The host's public URL. Nobody resolves it: tests put [`Host::url`] in its place.
pub const PUBLIC_URL: &str = "https://bots.test";

/// The runtime that a host has unless its test says otherwise.
const RUNTIME: &str = "[runtime]\nslots = 8\n";

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
    /// The test sets the data folder.
    has_own_data: bool,
    log_is_read: bool,
    /// The file that takes its process's id.
    control_group: Option<PathBuf>,
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
            has_own_data: false,
            log_is_read: true,
            control_group: None,
        }
    }

    /// A host with one channel, `bot`, that the simulator sends its webhooks to.
    pub async fn with(line: &Line, bot: &Bot, plugin: &str) -> Self {
        let channel = Channel::new("bot", bot, plugin);
        Self::beside(line).channel(channel).start(line).await
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

    /// Replaces the public URL.
    #[must_use]
    pub fn public_url(mut self, url: &str) -> Self {
        self.public_url = format!("public_url = \"{url}\"\n");
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

    /// Sets the folder of the host's data, which outlives the host. All that is in it is of the hosts that
    /// are started with it.
    #[must_use]
    pub fn data(mut self, folder: &Path) -> Self {
        self.has_own_data = true;
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

    /// Starts the host in a control group.
    #[must_use]
    pub fn control_group(mut self, group: &ControlGroup) -> Self {
        self.control_group = Some(group.processes());
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
            has_own_data,
            log_is_read,
            control_group,
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
        for (number, channel) in channels.iter().enumerate() {
            config.push_str(&channel.table(number));
            environment.extend(channel.environment(number));
        }
        std::fs::write(folder.path().join("botbox.toml"), config).unwrap();
        Setup {
            binary,
            folder: Arc::new(folder),
            environment,
            plugins: channels.iter().map(|it| it.plugin.clone()).collect(),
            channels: channels.into_iter().map(|it| (it.id, it.bot)).collect(),
            has_own_data,
            log_is_read,
            control_group,
        }
    }
}
