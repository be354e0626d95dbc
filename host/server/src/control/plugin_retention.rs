//! Which plugins are kept: those that a channel can be rolled back to, and those that have just come.

use std::sync::Arc;
use std::time::Duration;

use botbox_clock::Clock;
use botbox_line::error::with_causes;
use botbox_store::{Blobs, Deployments, StoreError, Viewer};

use super::Control;

/// How many deployments of a channel can be rolled back to, or replayed with: the newest 20. What serves
/// is kept in any case.
const KEPT_DEPLOYMENTS: usize = 20;

/// How long a plugin is kept that no deployment needs: a day, for whoever uploads it before they decide.
const KEPT_UNUSED: Duration = Duration::from_secs(24 * 3_600);

/// How often it is tried while plugins come in: every 10 s.
const LOOK: Duration = Duration::from_secs(10);

/// How often it is looked for what nobody needs: every hour.
const INTERVAL: Duration = Duration::from_secs(3_600);

impl Control {
    /// Removes plugins that nobody needs, for ever.
    pub(crate) async fn retain_plugins(self: Arc<Self>, clock: Clock) {
        self.wait_for_first_loads().await;
        loop {
            if let Err(error) = self.forget_plugins(&clock).await {
                let why = with_causes(&error);
                tracing::warn!(why, "cannot remove plugins that nobody needs");
            }
            clock.sleep(INTERVAL).await;
        }
    }

    /// Waits until each channel's plugin is there or was tried.
    async fn wait_for_first_loads(&self) {
        use crate::channel::traffic::State;
        let (mut ready, mut failed) = (0, self.directory.failed().len());
        for channel in self.directory.all() {
            channel.traffic.tried().await;
            match channel.traffic.state() {
                State::Serving(_) => ready += 1,
                State::Empty => {}
                State::Loading | State::Failed(_) => failed += 1,
            }
        }
        tracing::info!(
            ready,
            failed,
            "all channels are loaded, but those that failed"
        );
    }

    async fn forget_plugins(&self, clock: &Clock) -> Result<(), StoreError> {
        // Nothing comes in meanwhile that is about to go. Who brings one must not wait behind this, which
        // would wait for another one to be compiled.
        let _alone = loop {
            match self.plugins.try_write() {
                Ok(alone) => break alone,
                Err(_) => clock.sleep(LOOK).await,
            }
        };
        let kept = i64::try_from(KEPT_UNUSED.as_millis()).unwrap_or(i64::MAX);
        let before = clock.now_ms().saturating_sub(kept);
        let forgotten = self.store.forget_plugins(before, KEPT_DEPLOYMENTS).await?;
        for digest in &forgotten {
            self.store.remove(digest).await?;
        }
        let needed = self.store.plugins(Viewer::Host).await?;
        let needed = needed.into_iter().map(|it| it.digest).collect();
        match self.runtime.plugins().retain(needed).await {
            Ok(0) => {}
            Ok(removed) => {
                tracing::info!(removed, "removed compiled plugins that nobody needs");
            }
            Err(error) => {
                tracing::warn!(%error, "cannot remove compiled plugins that nobody needs");
            }
        }
        Ok(())
    }
}
