//! A child process that serves HTTP until the demo ends.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::Context as _;

/// How long a service may take to tell its address.
const START_LIMIT: Duration = Duration::from_secs(30);
/// How much of a log is shown when something went wrong.
const TAIL_LINES: usize = 20;

pub(super) struct Service {
    child: Child,
    /// Held open until the demo ends; see [`watch`].
    _alive: Option<ChildStdin>,
    watchdog: Child,
    url: String,
    log: PathBuf,
}

impl Service {
    /// Starts a service with its standard error in the file `log`, and waits for its address.
    pub(super) fn start(mut command: Command, log: PathBuf) -> anyhow::Result<Self> {
        let program = command.get_program().display().to_string();
        let stderr =
            File::create(&log).with_context(|| format!("cannot create {}", log.display()))?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        let stdout = child.stdout.take();
        let mut watchdog = watch(&mut child)?;
        let mut service = Self {
            child,
            _alive: watchdog.stdin.take(),
            watchdog,
            url: String::new(),
            log,
        };
        service.url = stdout.and_then(read_url).with_context(|| {
            format!(
                "{program} did not tell its address; the end of {}:\n{}",
                service.log.display(),
                service.log_tail()
            )
        })?;
        Ok(service)
    }

    /// `http://HOST:PORT`.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn log(&self) -> &Path {
        &self.log
    }

    pub(super) fn log_tail(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // The watchdog ends first: it must not kill another process that got the same id.
        for process in [&mut self.watchdog, &mut self.child] {
            // It may have ended by itself, which is as good.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Kills `child` when this process ends without dropping its [`Service`], as it does on Ctrl-C:
/// then the system closes the watchdog's standard input.
fn watch(child: &mut Child) -> anyhow::Result<Child> {
    let watchdog = Command::new("sh")
        // Ctrl-C goes to the watchdog as well.
        .args(["-c", r#"trap "" INT; read -r end; kill "$1""#, "watchdog"])
        .arg(child.id().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if watchdog.is_err() {
        // Nobody watches it, so it must not run.
        let _ = child.kill();
        let _ = child.wait();
    }
    watchdog.context("cannot start sh, which stops the services after Ctrl-C")
}

/// The address in the line `… listening on http://HOST:PORT`.
fn read_url(stdout: ChildStdout) -> Option<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        // Reads to the end, since a service whose output nobody reads stops at some point.
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if let Some((_, url)) = line.split_once("listening on ") {
                // Only the first is waited for.
                let _ = sender.send(url.trim().to_owned());
            }
        }
    });
    receiver.recv_timeout(START_LIMIT).ok()
}
