//! `--watch`: what a command prints, again and again.

use std::time::Duration;

use tokio::time::sleep;

use crate::output;

/// How often: every 2 s, as `watch` does.
const INTERVAL: Duration = Duration::from_secs(2);

/// What makes a terminal empty: the cursor goes home, and all from there on is erased (ECMA-48).
const CLEAR: &str = "\x1b[H\x1b[J";

/// Whether a command goes on.
#[derive(clap::Args)]
pub(crate) struct WatchArguments {
    /// Prints it again every 2 seconds, until it is stopped (Ctrl-C).
    #[arg(long, short)]
    watch: bool,
}

impl WatchArguments {
    /// Prints once, or again and again.
    pub(crate) async fn repeat(
        &self,
        print: impl AsyncFn() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        loop {
            if self.watch && output::is_seen() {
                output::raw(CLEAR)?;
            }
            print().await?;
            if !self.watch {
                return Ok(());
            }
            sleep(INTERVAL).await;
        }
    }
}
