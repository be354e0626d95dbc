//! The bots, each a process of its own, so that what each of them uses can be told apart.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::{PATIENCE, PLAIN_BOT};

/// Signs the webhooks.
pub(crate) const SECRET: &str = "8c570fa6dd201bb328f1c1eac23a96d8";
/// For calls to LINE.
pub(crate) const TOKEN: &str = "access-token";

/// The clock of `/proc`: 100 Hz on every Linux that Rust runs on (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// A running bot. It is killed when it is dropped.
pub(crate) struct Bot {
    pub(crate) name: &'static str,
    /// Takes webhooks at `/webhook/echo`.
    pub(crate) address: SocketAddr,
    process: u32,
    _child: Child,
    _folder: TempDir,
}

impl Bot {
    /// The release binary, with its default settings.
    pub(crate) async fn botbox(line: &str) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let config = folder.path().join("botbox.toml");
        let plugin = botbox_tests::plugin("echo");
        fs::write(
            &config,
            format!(
                "[server]\nlisten = \"127.0.0.1:0\"\n\
                 [line]\napi_base = \"{line}\"\n\
                 [[channels]]\nid = \"echo\"\nprovider = \"bench\"\n\
                 secret = {{ env = \"SECRET\" }}\naccess_token = {{ env = \"TOKEN\" }}\n\
                 plugin = \"{}\"\n",
                plugin.display()
            ),
        )?;
        let mut command = Command::new(botbox_tests::target_folder().join("release/botbox"));
        command.args(["serve", "--config"]).arg(config);
        command.env("SECRET", SECRET).env("TOKEN", TOKEN);
        Self::start("botbox", command, folder).await
    }

    /// The plain native bot: this program again, in its other role.
    pub(crate) async fn plain(line: &str) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args([PLAIN_BOT, line]);
        Self::start("plain bot", command, tempfile::tempdir()?).await
    }

    async fn start(
        name: &'static str,
        mut command: Command,
        folder: TempDir,
    ) -> anyhow::Result<Self> {
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
        let address = timeout(PATIENCE, announced(&mut child))
            .await?
            .with_context(|| format!("{name} does not start: {}", said(&log)))?;
        Ok(Self {
            name,
            address,
            process: child.id().context("the bot ended")?,
            _child: child,
            _folder: folder,
        })
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

/// The address that a bot tells when it is ready.
async fn announced(child: &mut Child) -> anyhow::Result<SocketAddr> {
    let output = child.stdout.take().context("the output is piped")?;
    let line = BufReader::new(output).lines().next_line().await?;
    let line = line.context("it ended")?;
    let address = line.strip_prefix("listening on http://");
    Ok(address.context("it did not tell its address")?.parse()?)
}

fn said(log: &Path) -> String {
    fs::read_to_string(log).unwrap_or_else(|error| error.to_string())
}
