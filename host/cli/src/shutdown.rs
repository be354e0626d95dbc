//! When to stop.

use anyhow::Context;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Ctrl-C, and SIGTERM, by which container managers stop a process. Once this is made, they no
/// longer end the process at once. Neither does SIGHUP, which comes when a terminal is closed, and by
/// which the configuration is read again.
pub(crate) struct Shutdown {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

/// What a signal asks for.
pub(crate) enum Wish {
    /// The process is to stop.
    Stop,
    /// The configuration is to be read again.
    Reload,
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

    /// Waits for the next wish.
    pub(crate) async fn next(&mut self) -> Wish {
        tokio::select! {
            _ = self.interrupt.recv() => Wish::Stop,
            _ = self.terminate.recv() => Wish::Stop,
            _ = self.hangup.recv() => Wish::Reload,
        }
    }

    /// Waits until the process is to stop.
    pub(crate) async fn requested(&mut self) {
        loop {
            tokio::select! {
                _ = self.interrupt.recv() => return,
                _ = self.terminate.recv() => return,
                // There is nothing to read again, or it is too late for it.
                _ = self.hangup.recv() => {}
            }
        }
    }
}
