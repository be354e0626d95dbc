//! What the host does for plugins beside calling LINE.

use crate::bindings::botbox::line::errors::{CallError, ErrorKind};

/// What the server keeps for a channel: timers, links, media. The runtime knows no server, so the
/// server hands this to it with the [`Deployment`](crate::Deployment).
pub trait Services: Send + Sync {}

/// Why a service was not done.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The plugin asked for something that can't be.
    #[error("{0}")]
    Invalid(String),
    /// The operator's limit is reached.
    #[error("{0}")]
    LimitReached(String),
    /// The operator did not set the service up.
    #[error("{0}")]
    NotConfigured(String),
    /// The host's own store or disk failed. The log says more than the plugin learns.
    #[error("the host can't do it now; try again later")]
    Unavailable,
}

impl From<ServiceError> for CallError {
    fn from(error: ServiceError) -> Self {
        let kind = match error {
            ServiceError::Invalid(_) => ErrorKind::Invalid,
            ServiceError::LimitReached(_) => ErrorKind::QuotaExceeded,
            ServiceError::NotConfigured(_) => ErrorKind::Denied,
            ServiceError::Unavailable => ErrorKind::Unavailable,
        };
        crate::capabilities::call_error(kind, error.to_string())
    }
}
