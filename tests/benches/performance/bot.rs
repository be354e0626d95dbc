//! The bots, each a process of its own, so that what each of them uses can be told apart.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::admin::{ADMIN_TOKEN, Admin};
use crate::webhook::{CHANNELS, SECRET};
use crate::{FOLDER, PATIENCE, PLAIN_BOT};

/// For calls to LINE.
pub(crate) const TOKEN: &str = "access-token";

/// The clock of `/proc`: 100 Hz on every Linux that Rust runs on (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// A bot to be, and the folder of what it needs and keeps.
struct Program {
    command: Command,
    folder: TempDir,
}

/// What a bot prints.
type Output = Lines<BufReader<ChildStdout>>;

/// A running bot. It is killed when it is dropped.
pub(crate) struct Bot {
    pub(crate) name: &'static str,
    /// Takes webhooks at `/webhook/echo-0` and so on.
    pub(crate) address: SocketAddr,
    process: u32,
    _child: Child,
    _folder: TempDir,
}

impl Bot {
    /// The release binary, with its default settings.
    pub(crate) async fn botbox(line: &str) -> anyhow::Result<Self> {
        let (bot, _) = Self::start("botbox", configured(line, "", "")?).await?;
        Ok(bot)
    }

    /// The release binary, which lets as many events wait as come, and its admin API.
    pub(crate) async fn boundless(line: &str) -> anyhow::Result<(Self, Admin)> {
        let admin = "[admin]\nlisten = \"127.0.0.1:0\"\ntoken = { env = \"ADMIN_TOKEN\" }\n";
        let limits = "limits = { backlog_events = 10000000, backlog_mib = 100000, \
                      backlog_age_ms = 100000000 }\n";
        let mut program = configured(line, admin, limits)?;
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
            _child: child,
            _folder: folder,
        };
        Ok((bot, output))
    }

    /// The processor time that the bot has used so far.
    pub(crate) fn processor_time(&self) -> anyhow::Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process))?;
        // After the name, which ends with the last parenthesis, `utime` and `stime` are the 12th
        // and 13th field (proc_pid_stat(5)).
        let (_, fields) = stat.rsplit_once(')').context("no name in /proc/PID/stat")?;
        let times: Vec<u32> = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .map(str::parse)
            .collect::<Result<_, _>>()?;
        ensure!(times.len() == 2, "no times in /proc/PID/stat");
        Ok(TICK * times.iter().sum())
    }
}

/// The release binary with the echo plugin, with further tables and lines of its channels.
fn configured(line: &str, tables: &str, lines: &str) -> anyhow::Result<Program> {
    let folder = tempfile::tempdir_in(FOLDER)?;
    let config = folder.path().join("botbox.toml");
    let plugin = botbox_tests::plugin("echo");
    let mut toml =
        format!("[server]\nlisten = \"127.0.0.1:0\"\n[line]\napi_base = \"{line}\"\n{tables}");
    for channel in 0..CHANNELS {
        // Writing to a string does not fail.
        let _ = write!(
            toml,
            "[[channels]]\nid = \"echo-{channel}\"\nprovider = \"bench\"\n\
             secret = {{ env = \"SECRET\" }}\naccess_token = {{ env = \"TOKEN\" }}\n\
             plugin = \"{}\"\n{lines}",
            plugin.display()
        );
    }
    fs::write(&config, toml)?;
    let mut command = Command::new(botbox_tests::target_folder().join("release/botbox"));
    command.args(["serve", "--config"]).arg(config);
    command.env("SECRET", SECRET).env("TOKEN", TOKEN);
    Ok(Program { command, folder })
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
