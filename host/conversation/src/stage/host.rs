//! The host, with one channel, of the simulator or of LINE itself.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;

use botbox_clock::Clock;
use botbox_line::Client;
use botbox_line::secrecy::{ExposeSecret as _, SecretString};
use botbox_server::{Config, FailedEvent, Server, StartError, StoreError};
use tempfile::TempDir;

use super::channel::inline;
use super::error::StageError;
use super::line::Account;
use crate::plugin::Plugin;

/// The id of the simulator's channel.
const CHANNEL: &str = "dev";

/// Where the channel's credentials are while the configuration is read.
const CREDENTIALS: [&str; 2] = ["secret", "token"];

/// How many events run at a time: 64. A test or a developer has a handful, and each engine of a process
/// reserves addresses for them all.
const SLOTS: usize = 64;

/// How often another port is tried when somebody has taken the one that was free.
const TRIES: usize = 3;

/// The channel of a host, and where both are.
pub struct Place {
    /// The channel's id: the end of the path of its webhooks.
    pub channel: String,
    /// What webhooks are signed with.
    pub channel_secret: SecretString,
    /// What the channel's calls carry.
    pub access_token: SecretString,
    /// Where LINE is; else the LINE Platform itself.
    pub line: Option<String>,
    /// Where the host listens; else at a free port of this machine.
    pub listen: Option<SocketAddr>,
    /// How it is reached from outside; else where it listens.
    pub public_url: Option<String>,
}

impl Place {
    /// With an account of a simulator.
    #[must_use]
    pub fn of_account(bot: &Account, line: &str) -> Self {
        Self {
            channel: CHANNEL.to_owned(),
            channel_secret: bot.channel_secret.as_str().into(),
            access_token: bot.access_token.as_str().into(),
            line: Some(line.to_owned()),
            listen: None,
            public_url: None,
        }
    }
}

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
    place: Place,
    address: SocketAddr,
}

/// Credentials are on disk while this lives.
struct Credentials<'a>(&'a Settings);

impl Host {
    /// Starts a host. Its plugin comes in the background.
    ///
    /// # Errors
    ///
    /// When the configuration that is made of all this is wrong, or the machine has no port or disk left.
    pub async fn start(
        place: Place,
        plugin: &Plugin,
        compiler: &Path,
        clock: Clock,
    ) -> Result<Self, StageError> {
        let folder = tempfile::Builder::new().prefix("botbox-dev-").tempdir();
        let folder = folder.map_err(|source| StageError::Disk {
            path: std::env::temp_dir(),
            source,
        })?;
        let address = place.listen.map_or_else(free_address, Ok)?;
        let mut settings = Settings {
            folder,
            place,
            address,
        };
        let mut tries = match settings.place.listen {
            Some(_) => 0,
            None => TRIES,
        };
        let server = loop {
            let credentials = settings.lay_out()?;
            let config = settings.write(plugin)?;
            let started = Server::start(config, compiler.to_owned(), clock.clone()).await;
            drop(credentials);
            match started {
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

    /// Where webhooks are to go.
    #[must_use]
    pub fn webhook(&self) -> String {
        let Place {
            channel,
            public_url,
            ..
        } = &self.settings.place;
        match public_url {
            Some(url) => format!("{}/webhook/{channel}", url.trim_end_matches('/')),
            None => format!("http://{}/webhook/{channel}", self.server.address()),
        }
    }

    /// What makes the channel's calls of LINE, if the channel can be used.
    #[must_use]
    pub fn line_client(&self) -> Option<Client> {
        self.server.line_client(&self.settings.place.channel)
    }

    /// Has the next event run on a plugin, as it is now. When that fails, the one before goes on.
    ///
    /// # Errors
    ///
    /// When the plugin or its channel's configuration can't be used.
    pub async fn switch(&mut self, plugin: &Plugin) -> Result<(), StageError> {
        if *plugin != self.served {
            let _credentials = self.settings.lay_out()?;
            self.settings.write(plugin)?;
            self.server.reload().await?;
            self.served = plugin.clone();
        }
        self.server.redeploy(&self.settings.place.channel).await?;
        Ok(())
    }

    pub(super) async fn idle(&self) -> Result<(), StoreError> {
        self.server.idle().await
    }

    pub(super) async fn failed_events(&self) -> Result<Vec<FailedEvent>, StoreError> {
        let channel = &self.settings.place.channel;
        self.server.failed_events(channel).await
    }
}

impl Settings {
    /// Puts the channel's credentials where the configuration has them read, for the owner alone: a real
    /// channel's outlive no `kill -9` there.
    fn lay_out(&self) -> Result<Credentials<'_>, StageError> {
        let credentials = Credentials(self);
        let Place {
            channel_secret,
            access_token,
            ..
        } = &self.place;
        for (name, secret) in CREDENTIALS.into_iter().zip([channel_secret, access_token]) {
            write(&self.folder.path().join(name), secret.expose_secret())?;
        }
        Ok(credentials)
    }

    /// Writes the configuration file, and reads it as the host does.
    fn write(&self, plugin: &Plugin) -> Result<Config, StageError> {
        let Self {
            folder,
            place,
            address,
        } = self;
        let file = folder.path().join("botbox.toml");
        let line = place.line.as_ref().map_or_else(String::new, |line| {
            let line = inline(&line.as_str().into());
            format!("[line]\napi_base = {line}\ndata_api_base = {line}\naccess_base = {line}\n")
        });
        let public_url = match &place.public_url {
            Some(url) => inline(&url.as_str().into()),
            None => format!("\"http://{address}\""),
        };
        let text = format!(
            "\
[server]
listen = \"{address}\"
public_url = {public_url}

{line}
[store]
url = \"sqlite:./data\"

[runtime]
slots = {SLOTS}

[[channels]]
id = {id}
provider = \"dev\"
secret = {{ file = \"secret\" }}
access_token = {{ file = \"token\" }}
plugin = {plugin}
{channel}
",
            id = inline(&place.channel.as_str().into()),
            plugin = inline(&plugin.file.display().to_string().into()),
            channel = plugin.channel
        );
        write(&file, &text)?;
        Ok(Config::load(&file).map_err(StartError::from)?)
    }
}

impl Drop for Credentials<'_> {
    fn drop(&mut self) {
        for name in CREDENTIALS {
            // What could not be written is not there.
            let _ = fs::remove_file(self.0.folder.path().join(name));
        }
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
