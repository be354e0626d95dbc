//! Why a stage can't be set, or does not work.

use std::path::PathBuf;
use std::time::Duration;

use botbox_server::{ReloadError, StartError, StoreError};

use super::channel::ChannelError;
use super::line::LineError;

/// Why a stage can't be set, or does not work.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The simulator.
    #[error(transparent)]
    Line(#[from] LineError),
    /// The configuration of the bot's channel.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// The host does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The plugin can't be used.
    #[error(transparent)]
    Plugin(#[from] ReloadError),
    /// The host's journal can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The host's folder can't be made, or written to.
    #[error("cannot write {}", .path.display())]
    Disk {
        /// What was to be written.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// There is no free port.
    #[error("cannot find a free port")]
    Port(#[source] std::io::Error),
    /// There is no end of what the bot does.
    #[error("the bot is still busy after {} s", .0.as_secs())]
    Busy(Duration),
}
