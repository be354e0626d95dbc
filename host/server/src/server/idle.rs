//! What who tests a bot asks of a host: whether anything is left to do, and what has failed.

use std::time::Duration;

use botbox_store::{EventFilter, PAGE_EVENTS, StoreError};
use tokio::time::sleep;

use super::Server;
use crate::failed_event::FailedEvent;

/// How often it is looked whether the host is idle: each 2 ms. An event of an ordinary bot takes some
/// milliseconds, and the journal tells who claims an event of changes, and nobody else.
const LOOK: Duration = Duration::from_millis(2);

impl Server {
    /// Waits until no event runs, and none is due. Those that are tried again later, and timers, wait for
    /// the clock.
    ///
    /// # Errors
    ///
    /// When the journal can't be read.
    pub async fn idle(&self) -> Result<(), StoreError> {
        while self.is_busy().await? {
            sleep(LOOK).await;
        }
        Ok(())
    }

    /// A channel's events that failed, oldest first: at most [`PAGE_EVENTS`], the newest ones.
    ///
    /// # Errors
    ///
    /// When the journal can't be read.
    pub async fn failed_events(&self, channel: &str) -> Result<Vec<FailedEvent>, StoreError> {
        let Some(channel) = self.directory.get(channel) else {
            return Ok(Vec::new());
        };
        let filter = EventFilter {
            channel: Some((*channel.key).to_owned()),
            // Of any error it is a part.
            error: Some(String::new()),
            ..EventFilter::default()
        };
        let entries = self.journal.list(filter, None, PAGE_EVENTS).await?;
        let mut failed = Vec::new();
        for entry in entries.into_iter().rev() {
            let details = self.journal.show(&channel.key, &entry.id).await?;
            let last = details.and_then(|mut details| details.failures.pop());
            failed.push(FailedEvent {
                id: entry.id,
                chat: entry.chat,
                error: entry.error.unwrap_or_default(),
                log: last.map(|it| it.log).unwrap_or_default(),
            });
        }
        Ok(failed)
    }

    async fn is_busy(&self) -> Result<bool, StoreError> {
        if self.dispatcher.running() > 0 {
            return Ok(true);
        }
        for channel in self.directory.all() {
            let due = self.journal.next_due(&channel.key).await?;
            if due.is_some_and(|due| due <= self.clock.now_ms()) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
