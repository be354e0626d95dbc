//! A configured host, and its start.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::time::timeout;

use crate::compiled::Compiled;
use crate::host::{ADMIN_TOKEN, Host};
use crate::line::{Bot, Line};
use crate::log::Log;
use crate::patience::PATIENCE;

/// A host that is configured. It can be started any number of times, as after a crash.
pub struct Setup {
    pub(crate) binary: PathBuf,
    pub(crate) folder: Arc<TempDir>,
    pub(crate) environment: Vec<(String, String)>,
    /// The channels' ids and bots.
    pub(crate) channels: Vec<(String, Bot)>,
    pub(crate) plugins: Vec<PathBuf>,
    /// The data folder is none of ours.
    pub(crate) has_own_data: bool,
    pub(crate) log_is_read: bool,
    pub(crate) control_group: Option<PathBuf>,
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

impl Setup {
    /// Starts the host, and waits until its plugins are loaded. Its channels' bots need not know.
    pub async fn start(&self) -> Host {
        // Where a test looks into the data folder, only its own hosts have been there.
        if self.has_own_data {
            return self.start_as_is().await;
        }
        let data = self.folder.path().join("botbox-data");
        let compiled = Compiled::by(&self.binary).unwrap();
        compiled.give(&self.plugins, &data).unwrap();
        let host = self.start_as_is().await;
        compiled.keep(&data).unwrap();
        host
    }

    async fn start_as_is(&self) -> Host {
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

    /// The host's program, in its control group if it has one.
    fn command(&self) -> Command {
        let Some(group) = &self.control_group else {
            return Command::new(&self.binary);
        };
        // It becomes the host: its process is the same.
        let mut command = Command::new("sh");
        command
            .args(["-c", "echo $$ > \"$0\" && exec \"$@\""])
            .args([group, &self.binary]);
        command
    }

    /// Starts the host, and does not wait until it listens.
    #[must_use]
    pub fn spawn(&self) -> Starting {
        let mut child = self
            .command()
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
