//! A host and a simulator for one bot, in this process, with one clock.

mod channel;
mod error;
mod host;
mod line;

use std::path::Path;
use std::time::Duration;

use botbox_clock::Clock;
use botbox_server::FailedEvent;
use serde_json::{Map, Value};
use tokio::time::timeout;

pub use self::channel::ChannelError;
pub use self::error::StageError;
pub use self::host::{Host, Place};
pub use self::line::{Account, Line, LineError, Message};
use crate::plugin::Plugin;

/// How long host and simulator may be busy with what one step began: 90 s by the machine's clock. A bot
/// that asks a language model takes the most of it.
const PATIENCE: Duration = Duration::from_secs(90);

/// A bot on a host of its own, and the simulator that its users use.
pub struct Stage {
    /// The simulator, with the bot's account.
    pub line: Line,
    host: Host,
    clock: Clock,
}

impl Stage {
    /// Starts both. When it returns, the bot serves. `compiler` is the botbox program, which compiles
    /// plugins; `overrides` has keys of `[[channels]]` in the place of those that the bot brings along.
    ///
    /// # Errors
    ///
    /// When the channel's configuration is wrong, or the plugin can't be used.
    pub async fn start(
        name: &str,
        plugin: &Plugin,
        overrides: &Map<String, Value>,
        compiler: &Path,
    ) -> Result<Self, StageError> {
        let clock = Clock::movable();
        let line = Line::start(name, clock.clone(), None).await?;
        let plugin = Plugin {
            file: plugin.file.clone(),
            channel: channel::merged(&plugin.channel, overrides)?,
        };
        let place = Place::of_account(&line.bot, line.url());
        let mut host = Host::start(place, &plugin, compiler, clock.clone()).await?;
        host.switch(&plugin).await?;
        line.connect(&host.webhook()).await?;
        Ok(Self { line, host, clock })
    }

    /// Moves the time of both.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// The time by the clock of both, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Waits until nothing is left to happen before the clock is moved, or somebody acts.
    ///
    /// # Errors
    ///
    /// When that takes more than 90 s, or the host's journal can't be read.
    pub async fn idle(&self) -> Result<(), StageError> {
        let both = async {
            // What the host does may make the simulator busy, and the other way round: both are idle when
            // the host found nothing after the simulator did, and the simulator has not begun since.
            loop {
                self.line.idle().await;
                self.host.idle().await?;
                if self.line.is_idle().await {
                    return Ok(());
                }
            }
        };
        timeout(PATIENCE, both)
            .await
            .unwrap_or(Err(StageError::Busy(PATIENCE)))
    }

    /// The events that failed, oldest first.
    ///
    /// # Errors
    ///
    /// When the host's journal can't be read.
    pub async fn failed_events(&self) -> Result<Vec<FailedEvent>, StageError> {
        Ok(self.host.failed_events().await?)
    }
}
