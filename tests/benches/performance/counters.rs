//! What `perf` counts of a process, where it is installed and may look: system calls, and instructions where the
//! machine has counters for them.

use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::time::sleep;

const SYSTEM_CALLS: &str = "raw_syscalls:sys_enter";
const INSTRUCTIONS: &str = "instructions";

/// How long `perf` takes to attach to all threads, at most.
const ATTACHING: Duration = Duration::from_millis(300);

/// Counts until it is read.
pub(crate) struct Counters(Child);

/// What was counted. Nothing of what could not be.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) system_calls: Option<f64>,
    pub(crate) instructions: Option<f64>,
}

impl Counters {
    pub(crate) async fn of(process: u32) -> Option<Self> {
        let events = format!("{SYSTEM_CALLS},{INSTRUCTIONS}");
        let mut perf = Command::new("perf");
        perf.args(["stat", "-x", ",", "-e", &events, "-p", &process.to_string()]);
        perf.stdout(Stdio::null()).stderr(Stdio::piped());
        let perf = perf.kill_on_drop(true).spawn().ok()?;
        sleep(ATTACHING).await;
        Some(Self(perf))
    }

    pub(crate) async fn read(self) -> anyhow::Result<Counts> {
        // So it prints what it has.
        let perf = self.0.id().and_then(|it| i32::try_from(it).ok());
        if let Some(perf) = perf.and_then(Pid::from_raw) {
            kill_process(perf, Signal::INT).context("perf has ended")?;
        }
        let said = self.0.wait_with_output().await?.stderr;
        Ok(Counts::parse(&String::from_utf8_lossy(&said)))
    }
}

impl Counts {
    /// Lines of a count, its unit, and what was counted (perf-stat(1), "CSV FORMAT").
    fn parse(text: &str) -> Self {
        let count = |name: &str| {
            let line = text.lines().find(|line| line.contains(name))?;
            line.split(',').next()?.parse().ok()
        };
        Self {
            system_calls: count(SYSTEM_CALLS),
            instructions: count(INSTRUCTIONS),
        }
    }
}
