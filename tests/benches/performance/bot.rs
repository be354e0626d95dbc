//! The bots, each a process of its own, so that what each of them uses can be told apart.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context as _;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::admin::{ADMIN_TOKEN, Admin};
use crate::stage::{FOLDER, PATIENCE, PLAIN_BOT};
use crate::webhook::{CHANNELS, SECRET};

/// For calls to LINE.
pub(crate) const TOKEN: &str = "access-token";

/// A bot to be, and the folder of what it needs and keeps.
struct Program {
    command: Command,
    folder: TempDir,
}

/// What a bot prints.
type Output = Lines<BufReader<ChildStdout>>;

/// A line of a channel that lets as many events wait as come.
const BOUNDLESS: &str = "limits = { backlog_events = 10000000, backlog_mib = 100000, \
                         backlog_age_ms = 100000000 }\n";

/// A running bot. It is killed when it is dropped.
pub(crate) struct Bot {
    pub(crate) name: &'static str,
    /// Takes webhooks at `/webhook/echo-0` and so on.
    pub(crate) address: SocketAddr,
    pub(crate) process: u32,
    /// How many channels it has there.
    pub(crate) channels: u64,
    _child: Child,
    _folder: TempDir,
}

impl Bot {
    /// The release binary, with its default settings.
    pub(crate) async fn botbox(line: &str) -> anyhow::Result<Self> {
        let program = Configuration::new(line).program(&released())?;
        let (bot, _) = Self::start("botbox", program).await?;
        Ok(bot)
    }

    /// The same with so many channels, and others whose plugin is not there: their events wait.
    pub(crate) async fn with_channels(
        name: &'static str,
        line: &str,
        channels: u64,
        waiting: &[String],
    ) -> anyhow::Result<Self> {
        let mut configuration = Configuration::new(line);
        configuration.channels = channels;
        for channel in waiting {
            let table = channel_table(channel, Path::new("missing.wasm"));
            configuration.tables += &format!("{table}{BOUNDLESS}");
        }
        let program = configuration.program(&released())?;
        let (mut bot, _) = Self::start(name, program).await?;
        bot.channels = channels;
        Ok(bot)
    }

    /// Another binary that is given, such as the last release.
    pub(crate) async fn before(line: &str) -> anyhow::Result<Option<Self>> {
        let Some(binary) = std::env::var_os("BOTBOX_BEFORE") else {
            return Ok(None);
        };
        let program = Configuration::new(line).program(binary.as_ref())?;
        let (bot, _) = Self::start("botbox before", program).await?;
        Ok(Some(bot))
    }

    /// A bot of LINE's SDK for Node and Express, if those are installed in `target/node`.
    pub(crate) async fn node(line: &str) -> anyhow::Result<Option<Self>> {
        let modules = botbox_tests::target_folder().join("node/node_modules");
        if !modules.join("@line/bot-sdk").exists() || !modules.join("express").exists() {
            return Ok(None);
        }
        let folder = tempfile::tempdir_in(FOLDER)?;
        // Beside it is where Node looks for modules.
        let script = modules.with_file_name("bot.cjs");
        fs::write(&script, include_str!("node_bot.cjs"))?;
        let mut command = Command::new("node");
        command.arg(script).args([line, SECRET, TOKEN]);
        command.env("NODE_ENV", "production");
        let (bot, _) = Self::start("node sdk", Program { command, folder }).await?;
        Ok(Some(bot))
    }

    /// The release binary, which lets as many events wait as come, and its admin API.
    pub(crate) async fn boundless(line: &str) -> anyhow::Result<(Self, Admin)> {
        let admin = "[admin]\nlisten = \"127.0.0.1:0\"\ntoken = { env = \"ADMIN_TOKEN\" }\n";
        let mut configuration = Configuration::new(line);
        configuration.tables = String::from(admin);
        configuration.lines = BOUNDLESS;
        let mut program = configuration.program(&released())?;
        program.command.env("ADMIN_TOKEN", ADMIN_TOKEN);
        let (bot, mut output) = Self::start("botbox", program).await?;
        let url = announced(&mut output, "admin on ").await?;
        Ok((bot, Admin::new(url)))
    }

    /// The plain native bot: this program again, in its other role.
    pub(crate) async fn plain(line: &str) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args([PLAIN_BOT, line]);
        let folder = tempfile::tempdir_in(FOLDER)?;
        let (bot, _) = Self::start("plain bot", Program { command, folder }).await?;
        Ok(bot)
    }

    async fn start(name: &'static str, program: Program) -> anyhow::Result<(Self, Output)> {
        let Program {
            mut command,
            folder,
        } = program;
        let log = folder.path().join("log");
        let mut child = command
            .stdout(Stdio::piped())
            // A file, as a service manager would have it: the terminal is for the figures.
            .stderr(File::create(&log)?)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| {
                let program = command.as_std().get_program().display();
                format!("cannot start {program}; run `cargo xtask bench`, which builds it")
            })?;
        let output = child.stdout.take().context("the output is piped")?;
        let mut output = BufReader::new(output).lines();
        let address = announced(&mut output, "listening on http://")
            .await
            .with_context(|| format!("{name} does not start: {}", said(&log)))?;
        let bot = Self {
            name,
            address: address.parse()?,
            process: child.id().context("the bot ended")?,
            channels: CHANNELS,
            _child: child,
            _folder: folder,
        };
        Ok((bot, output))
    }
}

fn released() -> PathBuf {
    botbox_tests::target_folder().join("release/botbox")
}

/// What a botbox is to serve: channels of the echo plugin, and what is added to that.
struct Configuration {
    line: String,
    channels: u64,
    /// Further tables.
    tables: String,
    /// Further lines of each channel.
    lines: &'static str,
}

impl Configuration {
    fn new(line: &str) -> Self {
        Self {
            line: line.to_owned(),
            channels: CHANNELS,
            tables: String::new(),
            lines: "",
        }
    }

    /// The binary with this configuration.
    fn program(&self, binary: &Path) -> anyhow::Result<Program> {
        let Self {
            line,
            channels,
            tables,
            lines,
        } = self;
        let folder = tempfile::tempdir_in(FOLDER)?;
        let config = folder.path().join("botbox.toml");
        let plugin = botbox_tests::plugin("echo");
        let mut toml =
            format!("[server]\nlisten = \"127.0.0.1:0\"\n[line]\napi_base = \"{line}\"\n{tables}");
        for channel in 0..*channels {
            toml += &channel_table(&format!("echo-{channel}"), &plugin);
            toml += lines;
        }
        fs::write(&config, toml)?;
        let mut command = Command::new(binary);
        command.args(["serve", "--config"]).arg(config);
        command.env("SECRET", SECRET).env("TOKEN", TOKEN);
        Ok(Program { command, folder })
    }
}

fn channel_table(id: &str, plugin: &Path) -> String {
    let plugin = plugin.display();
    format!(
        "[[channels]]\nid = \"{id}\"\nprovider = \"bench\"\nsecret = {{ env = \"SECRET\" }}\n\
         access_token = {{ env = \"TOKEN\" }}\nplugin = \"{plugin}\"\n"
    )
}

/// What a bot tells of an address when it is ready, behind `prefix`.
async fn announced(output: &mut Output, prefix: &str) -> anyhow::Result<String> {
    let line = timeout(PATIENCE, output.next_line()).await??;
    let line = line.context("it ended")?;
    let address = line.strip_prefix(prefix);
    Ok(address.context("it did not tell its address")?.to_owned())
}

fn said(log: &Path) -> String {
    fs::read_to_string(log).unwrap_or_else(|error| error.to_string())
}
