//! The host, with one channel.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;

use anyhow::Context as _;
use botbox_clock::Clock;
use botbox_server::{Config, Server};
use tempfile::TempDir;

use super::plugin::Plugin;
use super::stage::Bot;
use crate::build::toml_text;
use crate::serve::own_program;

/// The id of the channel.
const CHANNEL: &str = "dev";

/// A running host. Its data are gone with it.
pub(crate) struct Host {
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
    pub(crate) async fn start(
        bot: &Bot,
        plugin: &Plugin,
        line: &str,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("botbox-dev-").tempdir();
        let folder = folder.context("cannot make a folder for the host's data")?;
        write(&folder.path().join("secret"), &bot.channel_secret)?;
        write(&folder.path().join("token"), &bot.access_token)?;
        let settings = Settings {
            folder,
            address: free_address()?,
            line: line.to_owned(),
        };
        let config = settings.write(plugin)?;
        let server = Server::start(config, own_program()?, clock).await?;
        Ok(Self {
            server,
            settings,
            served: plugin.clone(),
        })
    }

    /// Where the simulator sends webhooks.
    pub(crate) fn webhook(&self) -> String {
        format!("http://{}/webhook/{CHANNEL}", self.server.address())
    }

    /// Has the next event run on a plugin, as it is now. When that fails, the one before goes on.
    pub(crate) async fn switch(&mut self, plugin: &Plugin) -> anyhow::Result<()> {
        if *plugin != self.served {
            self.settings.write(plugin)?;
            self.server.reload().await?;
            self.served = plugin.clone();
        }
        self.server.redeploy(CHANNEL).await?;
        Ok(())
    }
}

impl Settings {
    /// Writes the configuration file, and reads it as the host does.
    fn write(&self, plugin: &Plugin) -> anyhow::Result<Config> {
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

[[channels]]
id = \"{CHANNEL}\"
provider = \"dev\"
secret = {{ file = \"secret\" }}
access_token = {{ file = \"token\" }}
plugin = {plugin}
{channel}
",
            plugin = toml_text(&plugin.file),
            channel = plugin.channel
        );
        write(&file, &text)?;
        Ok(Config::load(&file)?)
    }
}

/// One that nobody listens on. It is chosen before the host starts, because the addresses of what the bot
/// publishes are made of it.
fn free_address() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let address = listener.and_then(|listener| listener.local_addr());
    address.context("cannot find a free port")
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
