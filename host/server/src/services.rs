//! What the host does for a channel's plugin beside calling LINE.

use botbox_line::webhook::Event;
use botbox_runtime::{ServiceAnswer, ServiceError, Services};
use botbox_store::StoreError;

use crate::timers::Timers;

/// The services of one channel.
pub(crate) struct ChannelServices {
    pub(crate) timers: Timers,
}

impl Services for ChannelServices {
    fn run_at(&self, timer: Event) -> ServiceAnswer<'_, ()> {
        Box::pin(self.timers.add(timer))
    }

    fn cancel_timer<'a>(&'a self, id: &'a str) -> ServiceAnswer<'a, bool> {
        Box::pin(self.timers.cancel(id))
    }
}

/// Does `work` to its end, even when the plugin that waits for it is cut off in between.
pub(crate) async fn finish<T: Send + 'static>(
    work: impl Future<Output = Result<T, ServiceError>> + Send + 'static,
) -> Result<T, ServiceError> {
    let done = tokio::spawn(work).await;
    done.unwrap_or(Err(ServiceError::Unavailable))
}

/// What a plugin learns of a failing store; the log has the rest.
pub(crate) fn unavailable(error: &StoreError) -> ServiceError {
    let why = botbox_line::error::with_causes(error);
    tracing::error!(why, "a service failed in the store");
    ServiceError::Unavailable
}
