//! The LINE Platform, as one channel has it: with rates of its own.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::platform::Platform;
use super::rate_limits::RateLimits;
use crate::log_rate::LogRate;

/// How many failed calls of a channel are logged in each [`FAILURES_WINDOW`]: 50, five in a second. A
/// plugin can make calls that fail as fast as it likes.
const LOGGED_FAILURES: usize = 50;

const FAILURES_WINDOW: Duration = Duration::from_secs(10);

/// What all requests of one channel share.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) platform: Arc<Platform>,
    pub(super) rates: RateLimits,
    /// Notified when LINE refuses a send for the month's quota.
    pub(super) quota_spent: Notify,
    /// How often it is logged that a call failed.
    pub(super) failures: Arc<LogRate>,
}

impl Connection {
    pub(crate) fn new(platform: Arc<Platform>) -> Self {
        let failures = LogRate::new(LOGGED_FAILURES, FAILURES_WINDOW, |more| {
            tracing::warn!(
                more,
                "more calls of the channel to LINE failed in {} s",
                FAILURES_WINDOW.as_secs()
            );
        });
        Self {
            rates: RateLimits::new(platform.clock.clone()),
            platform,
            quota_spent: Notify::new(),
            failures,
        }
    }

    /// Waits until LINE refuses a send because the month's messages are used up. One task may wait at a
    /// time.
    pub(crate) async fn quota_spent(&self) {
        self.quota_spent.notified().await;
    }
}
