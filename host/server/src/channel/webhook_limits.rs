//! What all webhooks of a channel share: how much of them is logged, and how many large ones are parsed at
//! a time.

use std::sync::Arc;
use std::time::Duration;

use botbox_line::log_rate::LogRate;
use tokio::sync::Semaphore;

/// How many refused webhooks of a channel are logged within [`WINDOW`]: 5 tell what is wrong. Anybody
/// who knows the channel's webhook URL can have them refused.
const LINES: usize = 5;

const WINDOW: Duration = Duration::from_secs(60);

/// Limits of a channel's webhooks.
pub(crate) struct WebhookLimits {
    /// How much of what is refused is logged.
    pub(crate) refusals: Arc<LogRate>,
    /// One permit: large bodies are checked and parsed one after the other, so that a channel with
    /// many of them does not take the machine.
    pub(crate) large_body: Semaphore,
}

impl WebhookLimits {
    pub(crate) fn new(channel: &str) -> Self {
        let channel = channel.to_owned();
        Self {
            refusals: LogRate::new(LINES, WINDOW, move |more| {
                tracing::warn!(
                    channel,
                    more,
                    "refused more webhooks of the channel in {} s",
                    WINDOW.as_secs()
                );
            }),
            large_body: Semaphore::new(1),
        }
    }
}
