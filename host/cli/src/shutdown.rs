//! When to stop.

use anyhow::Context;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Ctrl-C, and SIGTERM, by which container managers stop a process. From its making on they no
/// longer end the process at once. Neither does SIGHUP, which comes when a terminal is closed, and by
/// which other servers read their configuration again.
pub(crate) struct Shutdown {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Shutdown {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("cannot listen for signals");
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hangup: listen(SignalKind::hangup())?,
        })
    }

    pub(crate) async fn requested(&mut self) {
        loop {
            tokio::select! {
                _ = self.interrupt.recv() => return,
                _ = self.terminate.recv() => return,
                _ = self.hangup.recv() => tracing::warn!(
                    "SIGHUP changes nothing: a new configuration needs a new start"
                ),
            }
        }
    }
}
