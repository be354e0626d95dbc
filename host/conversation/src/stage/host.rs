//! The host, with one channel.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;

use botbox_clock::Clock;
use botbox_server::{Config, FailedEvent, Server, StartError, StoreError};
use tempfile::TempDir;

use super::channel::inline;
use super::error::StageError;
use super::line::Account;
use crate::plugin::Plugin;

/// The id of the channel.
const CHANNEL: &str = "dev";

/// How many events run at a time: 64. A test or a developer has a handful, and each engine of a process
/// reserves addresses for them all.
const SLOTS: usize = 64;

/// How often another port is tried when somebody has taken the one that was free.
const TRIES: usize = 3;

/// A running host. Its data are gone with it.
pub struct Host {
    server: Server,
    settings: Settings,
    /// The plugin that is served.
    served: Plugin,
}

/// What the configuration is made of, beside the plugin.
struct Settings {
    folder: TempDir,
    address: SocketAddr,
    line: String,
}

impl Host {
    /// Starts a host for an account of the simulator at `line`. Its plugin comes in the background.
    ///
    /// # Errors
    ///
    /// When the configuration that is made of all this is wrong, or the machine has no port or disk left.
    pub async fn start(
        bot: &Account,
        plugin: &Plugin,
        line: &str,
        compiler: &Path,
        clock: Clock,
    ) -> Result<Self, StageError> {
        let folder = tempfile::Builder::new().prefix("botbox-dev-").tempdir();
        let folder = folder.map_err(|source| StageError::Disk {
            path: std::env::temp_dir(),
            source,
        })?;
        write(&folder.path().join("secret"), &bot.channel_secret)?;
        write(&folder.path().join("token"), &bot.access_token)?;
        let mut settings = Settings {
            address: free_address()?,
            folder,
            line: line.to_owned(),
        };
        let mut tries = TRIES;
        let server = loop {
            let config = settings.write(plugin)?;
            match Server::start(config, compiler.to_owned(), clock.clone()).await {
                Err(StartError::Config(_)) if tries > 0 => {
                    // Somebody else may have taken the port meanwhile.
                    tries -= 1;
                    settings.address = free_address()?;
                }
                server => break server?,
            }
        };
        Ok(Self {
            server,
            settings,
            served: plugin.clone(),
        })
    }

    /// Where the simulator sends webhooks.
    #[must_use]
    pub fn webhook(&self) -> String {
        format!("http://{}/webhook/{CHANNEL}", self.server.address())
    }

    /// Has the next event run on a plugin, as it is now. When that fails, the one before goes on.
    ///
    /// # Errors
    ///
    /// When the plugin or its channel's configuration can't be used.
    pub async fn switch(&mut self, plugin: &Plugin) -> Result<(), StageError> {
        if *plugin != self.served {
            self.settings.write(plugin)?;
            self.server.reload().await?;
            self.served = plugin.clone();
        }
        self.server.redeploy(CHANNEL).await?;
        Ok(())
    }

    pub(super) async fn idle(&self) -> Result<(), StoreError> {
        self.server.idle().await
    }

    pub(super) async fn failed_events(&self) -> Result<Vec<FailedEvent>, StoreError> {
        self.server.failed_events(CHANNEL).await
    }
}

impl Settings {
    /// Writes the configuration file, and reads it as the host does.
    fn write(&self, plugin: &Plugin) -> Result<Config, StageError> {
        let Self {
            folder,
            address,
            line,
        } = self;
        let file = folder.path().join("botbox.toml");
        let text = format!(
            "\
[server]
listen = \"{address}\"
public_url = \"http://{address}\"

[line]
api_base = \"{line}\"
data_api_base = \"{line}\"
access_base = \"{line}\"

[store]
url = \"sqlite:./data\"

[runtime]
slots = {SLOTS}

[[channels]]
id = \"{CHANNEL}\"
provider = \"dev\"
secret = {{ file = \"secret\" }}
access_token = {{ file = \"token\" }}
plugin = {plugin}
{channel}
",
            plugin = inline(&plugin.file.display().to_string().into()),
            channel = plugin.channel
        );
        write(&file, &text)?;
        Ok(Config::load(&file).map_err(StartError::from)?)
    }
}

/// One that nobody listens on. It is chosen before the host starts, because the addresses of what the bot
/// publishes are made of it.
fn free_address() -> Result<SocketAddr, StageError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let address = listener.and_then(|listener| listener.local_addr());
    address.map_err(StageError::Port)
}

fn write(path: &Path, text: &str) -> Result<(), StageError> {
    fs::write(path, text).map_err(|source| StageError::Disk {
        path: path.to_owned(),
        source,
    })
}
