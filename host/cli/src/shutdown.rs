//! When to stop.

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};

/// Waits for Ctrl-C or SIGTERM, by which container managers stop a process.
pub(crate) async fn requested() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result.context("cannot wait for Ctrl-C"),
        _ = terminate.recv() => Ok(()),
    }
}
