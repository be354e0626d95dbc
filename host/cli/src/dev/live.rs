//! `botbox dev --live`: the bot on a real channel, behind a tunnel of the user's choice.

use std::net::SocketAddr;

use anyhow::Context as _;
use botbox_clock::Clock;
use botbox_conversation::stage::{Host, Place};
use botbox_line::Client;
use botbox_line::api::BotInfo;

use super::borrowed_webhook::BorrowedWebhook;
use super::credentials::Credentials;
use super::saves::Saves;
use crate::findings::{Finding, Tally};
use crate::output::{self, remark};
use crate::serve::own_program;
use crate::shutdown::{Shutdown, Wish};
use crate::terminal::one_line;

#[derive(clap::Args)]
pub(crate) struct LiveArguments {
    /// Runs the bot on a real channel of LINE, under this name of your choice. Its secret and access token are
    /// LINE_CHANNEL_SECRET and LINE_CHANNEL_ACCESS_TOKEN of the environment, or asked for. The channel's webhook
    /// URL is put back at the end.
    #[arg(long, value_name = "CHANNEL", requires = "public_url", value_parser = channel_name,
        conflicts_with_all = ["keep", "no_open"])]
    live: Option<String>,
    /// The https URL of the tunnel: what LINE sends there, the tunnel passes on to the host.
    #[arg(long, value_name = "URL", requires = "live")]
    public_url: Option<String>,
    /// Where the host listens, and the tunnel ends.
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8080",
        requires = "live"
    )]
    listen: SocketAddr,
}

/// A channel of LINE itself.
pub(super) struct LiveChannel {
    name: String,
    public_url: String,
    listen: SocketAddr,
}

impl LiveArguments {
    /// The channel, if one was named.
    pub(super) fn channel(self) -> Option<LiveChannel> {
        Some(LiveChannel {
            name: self.live?,
            public_url: self.public_url?,
            listen: self.listen,
        })
    }
}

/// It is a part of a path, and a file's name.
fn channel_name(name: &str) -> Result<String, String> {
    let is_fine = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
    if (1..=64).contains(&name.len()) && name.chars().all(is_fine) {
        Ok(name.to_owned())
    } else {
        Err(String::from(
            "a channel's name has 1 to 64 letters, digits, hyphens and underscores",
        ))
    }
}

/// Runs the bot until the user has enough.
pub(super) async fn run(channel: LiveChannel, saves: &mut Saves) -> anyhow::Result<()> {
    // Before signals are listened for, so that Ctrl-C ends the question.
    let credentials = Credentials::read()?;
    let mut shutdown = Shutdown::new()?;
    let name = channel.name.clone();
    let (mut host, client, bot) = tokio::select! {
        begun = begin(channel, credentials, saves) => begun?,
        () = ended(&mut shutdown) => return Ok(()),
    };
    // Whoever wants to stop meanwhile waits for LINE's answer: it has to be known what to give back.
    let (borrowed, findings) = BorrowedWebhook::take(client, &name, host.webhook()).await?;
    let served = async {
        welcome(findings, &bot)?;
        saves.serve(&mut host, None).await
    };
    let done = tokio::select! {
        done = served => done,
        () = ended(&mut shutdown) => Ok(()),
    };
    let given_back = borrowed.give_back().await;
    // The first failure is why it ended.
    done.and(given_back)
}

/// Also when the terminal is closed: nobody would see that it goes on.
async fn ended(shutdown: &mut Shutdown) {
    let (Wish::Stop | Wish::Reload) = shutdown.next().await;
}

/// Has the host serve the bot.
async fn begin(
    channel: LiveChannel,
    credentials: Credentials,
    saves: &mut Saves,
) -> anyhow::Result<(Host, Client, BotInfo)> {
    let plugin = saves.first(None).await?;
    let place = Place {
        channel: channel.name,
        channel_secret: credentials.secret,
        access_token: credentials.token,
        line: None,
        listen: Some(channel.listen),
        public_url: Some(channel.public_url),
    };
    let mut host = Host::start(place, &plugin, &own_program()?, Clock::system()).await?;
    // When this is done, the plugin serves.
    host.switch(&plugin).await?;
    let client = host.line_client();
    let client = client.context("the host does not serve the channel; see what it logs")?;
    let bot = client.bot_info().await;
    let bot = bot.context("LINE does not tell of the bot; look at the access token")?;
    Ok((host, client, bot))
}

fn welcome(findings: Vec<botbox_server::Finding>, bot: &BotInfo) -> anyhow::Result<()> {
    let findings: Vec<_> = findings.into_iter().map(Finding::from).collect();
    let mut tally = Tally::default();
    tally.tell(false, None, &findings)?;
    if tally.end().is_err() {
        remark("the bot runs all the same, and hears what arrives");
    }
    output::line(&format!(
        "chat with {} ({}) on LINE; Ctrl-C puts its webhook URL back",
        one_line(&bot.display_name),
        one_line(&bot.basic_id)
    ))
}
